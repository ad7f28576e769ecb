"""What an RFP is, what can have happened to it, and the rules that may refuse."""
