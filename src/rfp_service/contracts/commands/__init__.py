"""What may be asked of a contract, and of a month's round, and the rules that answer."""
