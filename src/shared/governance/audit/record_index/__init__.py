"""The committed index: how much there is of each case and body of work, put on the record itself."""
