"""What may be asked of an RFP, and the rules that answer."""
