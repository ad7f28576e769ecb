"""RFPs and contracts as open contracting data."""
