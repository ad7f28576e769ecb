"""What can go wrong with the embedded server."""


class EmbeddedPostgresFailed(Exception):
    """The embedded PostgreSQL could not be started."""
