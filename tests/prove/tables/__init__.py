"""What two registers differ in, as pandas shows it: apart from the tests' own environment, for it is large."""
