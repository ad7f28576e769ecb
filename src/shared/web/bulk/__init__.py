"""One decision on many things at once: items streamed in, an outcome for each streamed out."""
