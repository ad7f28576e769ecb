"""The specification: what the service promises, checked against real parts."""
