"""What two registers differ in, as pandas shows it: not in the tests' environment, for it is large."""
