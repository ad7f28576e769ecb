"""Pure words and rules: no input, no output, no framework."""
