"""The auditor's door: checkpoints, proofs, a witness, and the check of the whole record."""

import os
import pwd
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar
from uuid import UUID

import asyncpg
import typer
import uvloop

from rfp_service import logs
from rfp_service.databases import database, must_be_set_up
from rfp_service.events import EVENTS
from rfp_service.operator.compared_views import compared_views
from rfp_service.operator.verification import PROGRAM, mapper
from rfp_service.permissions import PERMISSIONS
from rfp_service.terminal import say
from shared.governance.audit.bundle.assembly import made, nothing_hidden
from shared.governance.audit.bundle.borders import Hidden
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import Files
from shared.governance.audit.log_history.recorded_successions import successions
from shared.governance.audit.reads import keep_read
from shared.governance.audit.record_index.index_reader import IndexReader, index_differences
from shared.governance.audit.redaction import redacted_entries
from shared.governance.disclosure.disclosure_filter import DisclosureFilter
from shared.governance.disclosure.exemptions import Exemptions
from shared.governance.disclosure.sealed_fields import SealedFields
from shared.kernel.errors import NotFound
from shared.kernel.fields import CODE_LIMIT
from shared.kernel.person import Person
from shared.ledger.checkpoints import proof_text
from shared.ledger.entries import Entry
from shared.ledger.log_keys import read_policy
from shared.ledger.log_reader import LogReader, Signed
from shared.ledger.read_checkpoints import newest_of_reads
from shared.ledger.record_check import check
from shared.ledger.tiles import Tiles
from shared.record.database import Connection
from shared.record.eventstore.changes import StreamChanges
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.projecting.visibility import Visibility
from shared.settings import NotConfigured, Settings
from shared.web.reads.readings import instant_of

OPERATOR = "operator"
BUNDLE_LIMIT = 200_000
T = TypeVar("T")

Out = Annotated[Path | None, typer.Option(help="Write it to this file instead.")]


def checkpoint(
    *, reads: Annotated[bool, typer.Option("--reads", help="Of the log of reads.")] = False, out: Out = None
) -> None:
    async def see(connection: Connection) -> str:
        if not reads:
            return (await _latest(connection)).note
        return await newest_of_reads(connection) or _nothing_signed()

    _tell(_read("checkpoint", "newest", see), out)


def prove(position: Annotated[int, typer.Argument(min=1)], *, out: Out = None) -> None:
    async def see(connection: Connection) -> str:
        signed = await LogReader(connection).witnessed(position) or await _latest(connection)
        if position > signed.size:
            raise NotFound(position=position)
        hashes = await Tiles(connection).inclusion(position - 1, signed.size)
        [entry] = await LogReader(connection).entries([position])
        return proof_text(position - 1, hashes, signed.note, entry.leaf)

    _tell(_read("prove", str(position), see), out)


def keys(
    *,
    quorum: Annotated[
        int | None,
        typer.Option(min=0, help="So many witnesses must have signed; otherwise as the log's policy says."),
    ] = None,
    out: Out = None,
) -> None:
    async def see(connection: Connection) -> str:
        policy = await LogReader(connection).policy(quorum)
        known = (*policy.logs, *policy.witnesses)
        return policy.text() + "".join(f"# {key.name}: {key.fingerprint}\n" for key in known)

    _tell(_read("keys", "all", see), out)


def fsck(
    *,
    saved: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", exists=True, help="A checkpoint that was kept elsewhere."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(exists=True, help="Whose signatures count, from elsewhere too.")
    ] = None,
) -> None:
    notes = [path.read_text() for path in saved or []]

    async def look(connection: Connection) -> bool:
        policy = read_policy(keys) if keys else await LogReader(connection).policy(0)
        succeeded = [each.succession for each in await successions(connection)]
        checked = await check(connection, notes, policy, succeeded)
        for lost in checked.lost:
            say(f"note: {lost}")
        for finding in checked.findings:
            say(f"WRONG: {finding}")
        say(
            f"{checked.edge.size} entries, {checked.checkpoints} checkpoints"
            f" ({checked.witnessed} countersigned), {checked.reads} checkpoints of the log of reads,"
            f" {len(checked.findings)} findings."
        )
        if checked.witnessed_size is not None:
            say(f"{policy.quorum} witnesses signed the first {checked.witnessed_size} entries.")
        unindexed = await index_differences(IndexReader(connection, mapper().topics))
        for difference in unindexed:
            say(f"WRONG: {difference}")
        differing = await compared_views(connection)
        return not checked.findings and not unindexed and not differing

    if not _read("fsck", "all", look):
        raise typer.Exit(1)


def bundle(  # the options of one command
    out: Annotated[Path, typer.Argument(help="The zip file to write.")],
    *,
    case: Annotated[UUID | None, typer.Option(help="Everything on this case.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="What was recorded from then …")] = None,
    end: Annotated[str | None, typer.Option("--to", help="… until then.")] = None,
    body_of_work: Annotated[str, typer.Option(help="Of a period, only this body of work.")] = "",
    last: Annotated[
        Path | None, typer.Option(exists=True, help="Your last bundle, to prove that nothing changed.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="With what is sealed or exempt, for eyes that may see it.")
    ] = False,
) -> None:
    earlier = Files.read(last).manifest() if last else None
    wanted = BundleRequest(
        case,
        instant_of(start),
        instant_of(end),
        body_of_work,
        last_size=earlier.size if earlier else None,
        last_origin=earlier.origin if earlier else "",
    )
    if (case is None) != (start is not None and end is not None):
        raise typer.BadParameter("give --case, or --from and --to")

    async def pack(connection: Connection) -> Files:
        hidden = nothing_hidden if whole else _hidden_from_the_public(connection)
        return await made(connection, mapper(), wanted, PROGRAM, BUNDLE_LIMIT, hidden)

    files = _read("bundle", str(wanted.filters()), pack)
    out.write_bytes(files.zipped())
    say(f"{out}: {files.manifest().entries} entries. READ-ME-FIRST.txt in it says how to check it.")


async def _latest(connection: Connection) -> Signed:
    signed = await LogReader(connection).latest()
    return signed or _nothing_signed()


def _nothing_signed() -> NoReturn:
    raise NotConfigured("Nothing has been signed yet: is a worker running?")


def _hidden_from_the_public(connection: Connection) -> Hidden:
    """Return what picks the entries whose words somebody without any right may not see."""
    texts = PersonalTexts(connection, bytes(32))  # type: ignore[arg-type]  # without a right, none is opened
    exemptions = Exemptions(connection, Visibility(connection))  # type: ignore[arg-type]  # they only fetch
    changes = StreamChanges(connection)  # type: ignore[arg-type]  # the same
    redact = DisclosureFilter(connection, changes, SealedFields(EVENTS), exemptions, texts, PERMISSIONS)  # type: ignore[arg-type]  # the same

    async def hidden(entries: Sequence[Entry]) -> Mapping[int, str]:
        items = [entry.item() for entry in entries]
        return await redacted_entries(lambda shown: redact.draw(Person("", ()), shown), items)

    return hidden


def _read(operation: str, target: str, look: Callable[[Connection], Awaitable[T]], *, kept: bool = True) -> T:
    """Read the audit, after keeping that it was read."""
    settings = Settings().checked()
    logs.configure(settings.log_level)
    must_be_set_up(settings)

    async def run(address: str) -> T:
        connection = await asyncpg.connect(address, server_settings={"timezone": "UTC"})
        try:
            if kept:
                await keep_read(connection, operator_name(), OPERATOR, f"audit {operation}", target)
            return await look(connection)
        finally:
            await connection.close()

    with database(settings) as base:
        return uvloop.run(run(settings.database_reader_url or base.service))


def operator_name() -> str:
    """Return who reads: the account that signed in at this terminal, or else that of this process."""
    try:
        account = os.getlogin()
    except OSError:  # no terminal
        try:
            account = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:  # an account without a name
            account = str(os.getuid())
    return f"{OPERATOR}:{account}"[:CODE_LIMIT]


def _tell(text: str, out: Path | None) -> None:
    if out is None:
        say(text.rstrip("\n"))
    else:
        out.write_text(text)
