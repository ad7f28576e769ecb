"""From where somebody asks, whose turn it is, and what is noted of what was refused."""
