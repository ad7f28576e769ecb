"""What is said of a command that can't do what it was asked for."""

import os
import socket

from pydantic import ValidationError

from shared.embedded.errors import EmbeddedPostgresFailed
from shared.governance.audit.bundle.contents import NotABundle
from shared.kernel.errors import Refused
from shared.ledger.notes import BadNote
from shared.settings import NotConfigured

FOLLOWS_FROM_ANOTHER = "default_factory_not_called"


def sentence_about(error: Exception) -> str:
    """Return what is wrong in a sentence; nothing if it is the program that is wrong."""
    match error:
        case NotConfigured() | EmbeddedPostgresFailed() | BadNote() | NotABundle():
            return str(error)
        case Refused():
            return f"{error.sentence()} {dict(error.facts) or ''}".rstrip()
        case OSError(filename=str() | bytes(), strerror=str()):
            return f"{os.fsdecode(error.filename)} can't be used: {error.strerror}."
        case ValidationError():
            return _about_settings(error)
        case _:
            return _about_database(error)


def _about_settings(error: ValidationError) -> str:
    """Say of each variable what is wrong with it, once; not what follows from another's fault."""
    wrong: dict[str, str] = {}
    for each in error.errors():
        if each["type"] != FOLLOWS_FROM_ANOTHER:
            wrong.setdefault(str(each["loc"][0] if each["loc"] else "").upper(), each["msg"])
    return ", ".join(f"{name}: {what}" if name else what for name, what in wrong.items())


def _about_database(error: Exception) -> str:
    import asyncpg  # slow to import, and most that goes wrong is not about the database
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):  # of a migration; what was asked, and with what, is not for a sentence
        return f"the database can't be used: {str(error.orig).rpartition('>: ')[2]}"

    if isinstance(error, asyncpg.UndefinedFunctionError | asyncpg.UndefinedTableError):
        return (
            "this database has not been set up by this program: run `rfp-service migrate`,"
            " or set DATABASE_URL or DATA_DIR to one that has."
        )
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return "the database only reads: DATABASE_URL leads to a standby, and to no host that takes writes."
    if isinstance(error, socket.gaierror):
        return f"the database's host can't be found: {error.strerror}. Look at DATABASE_URL."
    away = ConnectionError | TimeoutError | asyncpg.PostgresError | asyncpg.InterfaceError
    return f"the database can't be used: {error}" if isinstance(error, away) else ""
