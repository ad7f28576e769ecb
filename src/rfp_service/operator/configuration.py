"""The configuration of a command that works on the service, and its logs."""

from contextlib import AbstractContextManager, nullcontext

from rfp_service import logs
from shared.settings import Settings


def configured() -> Settings:
    """Read the configuration, and set up the logs by it."""
    settings = Settings().checked()
    logs.configure(settings.log_level)
    return settings


def traced(settings: Settings) -> AbstractContextManager[None]:
    """Return what sends traces, where that is wanted: its library is an extra, and imported only then."""
    if not settings.traces_to:
        return nullcontext()
    from rfp_service.traces import traces_sent

    return traces_sent(settings)
