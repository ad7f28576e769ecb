"""Service accounts: programs of the council's that ask with keys, kept as hashes, scoped and expiring."""
