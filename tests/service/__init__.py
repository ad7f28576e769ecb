"""The service as its users meet it: over HTTP, with everything behind it."""
