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
from rfp_service.databases import Database, database, must_be_set_up
from rfp_service.events import EVENTS
from rfp_service.operator.compared_views import compared_views
from rfp_service.operator.verification import PROGRAM, mapper
from rfp_service.permissions import PERMISSIONS
from rfp_service.terminal import say
from shared.governance.audit.bundle.assembly import made, nothing_withheld
from shared.governance.audit.bundle.borders import FindWithheld
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import Files
from shared.governance.audit.bundle.parts import after, parts_of
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
from shared.ledger.record_check import Checked, check
from shared.ledger.tiles import Tiles
from shared.record.database import TO_WRITE, Connection
from shared.record.eventstore.changes import StreamChanges
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.projecting.visibility import Visibility
from shared.settings import NotConfigured, Settings
from shared.web.reads.readings import instant_of

OPERATOR = "operator"
BUNDLE_LIMIT = 200_000  # of one case: a longer period becomes a row of bundles
ONLY_A_STANDBY = (
    "This database only reads, and each read of the audit is put on the record before it is answered: let"
    " DATABASE_URL lead to the primary, and DATABASE_READER_URL to the standby."
)
NOTHING_SIGNED = 3
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

    async def look(connection: Connection) -> int:
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
        _say_how_far_it_is_signed(checked)
        if checked.witnessed_size is not None:
            say(f"{policy.quorum} witnesses signed the first {checked.witnessed_size} entries.")
        unindexed = await index_differences(IndexReader(connection, mapper().topics))
        for difference in unindexed:
            say(f"WRONG: {difference}")
        differing = await compared_views(connection)
        if checked.findings or unindexed or differing:
            return 1
        return NOTHING_SIGNED if checked.edge.size and not checked.signed_size else 0

    if status := _read("fsck", "all", look):
        raise typer.Exit(status)


def _say_how_far_it_is_signed(checked: Checked) -> None:
    """Say which entries no checkpoint vouches for: whoever holds the database could write them again."""
    size, signed = checked.edge.size, checked.signed_size
    if size and not signed:
        say("NOT SIGNED: no checkpoint vouches for any entry of this record. Is a worker running?")
    elif signed < size:
        say(f"note: entries {signed + 1} to {size} are not signed; a worker signs them within a second.")


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
    first, until = instant_of(start), instant_of(end)
    whole_period = first is not None and until is not None and first < until
    if (case is None) != whole_period or (case is not None and (start or end or body_of_work)):
        raise typer.BadParameter("give --case alone, or --from and a later --to")
    earlier = Files.read(last).manifest() if last else None
    wanted = BundleRequest(case, first, until, body_of_work)

    async def pack(connection: Connection) -> None:
        find_withheld = nothing_withheld if whole else _withheld_from_the_public(connection)
        parts = await parts_of(connection, mapper(), wanted)
        before = earlier
        for number, part in enumerate(parts, start=1):
            asked = after(part, before) if before else part
            files = await made(connection, mapper(), asked, PROGRAM, BUNDLE_LIMIT, find_withheld)
            place = out if len(parts) == 1 else out.with_stem(f"{out.stem}-{number:03}")
            place.write_bytes(files.zipped())
            before = files.manifest()
            say(f"{place}: {before.entries} entries. READ-ME-FIRST.txt in it says how to check it.")

    _read("bundle", str(wanted.filters()), pack)


async def _latest(connection: Connection) -> Signed:
    signed = await LogReader(connection).latest()
    return signed or _nothing_signed()


def _nothing_signed() -> NoReturn:
    raise NotConfigured("Nothing has been signed yet: is a worker running?")


def _withheld_from_the_public(connection: Connection) -> FindWithheld:
    """Return what picks the entries whose words somebody without any right may not see."""
    texts = PersonalTexts(connection, bytes(32))  # type: ignore[arg-type]  # without a right, none is opened
    exemptions = Exemptions(connection, Visibility(connection))  # type: ignore[arg-type]  # they only fetch
    changes = StreamChanges(connection)  # type: ignore[arg-type]  # the same
    redact = DisclosureFilter(connection, changes, SealedFields(EVENTS), exemptions, texts, PERMISSIONS)  # type: ignore[arg-type]  # the same

    async def find_withheld(entries: Sequence[Entry]) -> Mapping[int, str]:
        items = [entry.item() for entry in entries]
        return await redacted_entries(lambda shown: redact.draw(Person("", ()), shown), items)

    return find_withheld


def _read(operation: str, target: str, look: Callable[[Connection], Awaitable[T]], *, kept: bool = True) -> T:
    """Read the audit, after keeping that it was read."""
    settings = Settings().checked()
    logs.configure(settings.log_level)
    must_be_set_up(settings)

    async def run(base: Database) -> T:
        address = settings.database_reader_url or base.service
        connection = await asyncpg.connect(address, server_settings={"timezone": "UTC"})
        try:
            if kept:
                await _keep(connection, base.service, f"audit {operation}", target)
            return await look(connection)
        finally:
            await connection.close()

    with database(settings) as base:
        return uvloop.run(run(base))


async def _keep(connection: Connection, primary: str, operation: str, target: str) -> None:
    """Keep that something was read: where a standby is read, on its primary."""
    who = operator_name()
    if not await connection.fetchval("SELECT pg_is_in_recovery()"):
        await keep_read(connection, who, OPERATOR, operation, target)
        return
    try:
        writing = await asyncpg.connect(primary, **TO_WRITE)
    except asyncpg.TargetServerAttributeNotMatched:
        raise NotConfigured(ONLY_A_STANDBY) from None
    try:
        await keep_read(writing, who, OPERATOR, operation, target)
    finally:
        await writing.close()


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
