"""The people directory: names that can be erased, accounts linked to one person, ids that stay."""
