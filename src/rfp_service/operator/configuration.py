"""The configuration of a command that works on the service, and its logs."""

from rfp_service import logs
from shared.settings import Settings


def configured() -> Settings:
    """Read the configuration, and set up the logs by it."""
    settings = Settings().checked()
    logs.configure(settings.log_level)
    return settings
