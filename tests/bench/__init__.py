"""How fast it is, as ratios in one run against what one would use instead; nothing here can fail a test."""
