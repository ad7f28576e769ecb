"""How much may be asked for: by rate, and at once under one key."""
