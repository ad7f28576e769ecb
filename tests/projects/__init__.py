"""Projects in flight: the rules, the register, who will miss the date, and hundreds at once."""
