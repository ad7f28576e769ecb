"""What is said of a command that can't do what it was asked for."""

import os

from pydantic import ValidationError

from shared.embedded.errors import EmbeddedPostgresFailed
from shared.kernel.errors import Refused
from shared.settings import NotConfigured


def sentence_about(error: Exception) -> str:
    """Return what is wrong in a sentence; nothing where it is the program that is wrong."""
    match error:
        case NotConfigured() | EmbeddedPostgresFailed():
            return str(error)
        case Refused():
            return f"{error.sentence()} {dict(error.facts) or ''}".rstrip()
        case OSError(filename=str() | bytes(), strerror=str()):
            return f"{os.fsdecode(error.filename)} can't be used: {error.strerror}."
        case ValidationError():
            return ", ".join(
                f"{'.'.join(map(str, wrong['loc'])).upper()}: {wrong['msg']}" for wrong in error.errors()
            )
        case _:
            return _about_database(error)


def _about_database(error: Exception) -> str:
    import asyncpg  # slow to import, and most that goes wrong is not about the database

    if isinstance(error, asyncpg.UndefinedFunctionError | asyncpg.UndefinedTableError):
        return (
            "this database has not been set up by this program: run `rfp-service migrate`,"
            " or set DATABASE_URL or DATA_DIR to one that has."
        )
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return "the database only reads: DATABASE_URL leads to a standby, and to no host that takes writes."
    away = ConnectionError | TimeoutError | asyncpg.PostgresError | asyncpg.InterfaceError
    return f"the database can't be used: {error}" if isinstance(error, away) else ""
