"""The database's shape, in steps that are only ever added to."""
