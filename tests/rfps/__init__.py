"""The rules of an RFP, one line each."""
