"""What a room says of its own things for others: facts, figures, cases, decisions, tags, prerequisites."""
