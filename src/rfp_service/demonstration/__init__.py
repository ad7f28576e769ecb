"""A year of a fictional council's work, for whoever wants to see the service before using it."""
