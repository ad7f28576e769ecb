"""`audit succeed`, `audit rehearse` and `audit rehearsed`: going on after a restore, and rehearsing one."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
import uvloop

from rfp_service.databases import Database, database
from rfp_service.operator.audit import OPERATOR, operator_name
from rfp_service.operator.compared_views import compared_views
from rfp_service.operator.configuration import configured
from rfp_service.operator.preparation import prepare
from rfp_service.operator.verification import mapper
from rfp_service.service import Service, opened
from rfp_service.terminal import say
from shared.governance.audit.log_history.domain import HISTORY_ID, LogHistory, RecordRehearsal, SucceedLog
from shared.governance.audit.log_history.receipts import Rehearsal, opened_receipt, signed_receipt
from shared.governance.audit.log_history.recorded_successions import successions
from shared.governance.audit.record_index.index_reader import IndexReader, index_differences
from shared.kernel.messages import Stamp
from shared.ledger.checkpoints import Checkpoint, hash_text
from shared.ledger.checkpoints import opened as opened_checkpoint
from shared.ledger.log_keys import log_keys, read_policy, read_signers
from shared.ledger.log_reader import LogReader
from shared.ledger.notes import BadNote, signed_note
from shared.ledger.record_check import check
from shared.ledger.successions import Succession
from shared.settings import NotConfigured, Settings
from shared.web.reads.readings import instant_of

T = TypeVar("T")
Keys = Annotated[Path, typer.Option(exists=True, help="Whose signatures count, from somewhere else.")]


def succeed(
    checkpoint: Annotated[
        Path, typer.Argument(exists=True, help="The old log's last checkpoint that witnesses signed.")
    ],
    *,
    keys: Keys,
    reason: Annotated[str, typer.Option(help="Why there was a restore.")],
    old_key: Annotated[
        Path | None, typer.Option(exists=True, help="The old log's private key, where it is still there.")
    ] = None,
) -> None:
    settings = configured()
    signers = [*log_keys(settings).signers, *(read_signers(old_key) if old_key else ())]
    note = checkpoint.read_text()
    try:
        vouched = opened_checkpoint(note, read_policy(keys))
    except BadNote as error:
        raise NotConfigured(f"{checkpoint}: {error}") from None
    if not vouched.witnesses:
        raise NotConfigured(f"No witness signed {checkpoint}: take one that a witness vouches for.")
    old = vouched.checkpoint

    async def go_on(service: Service) -> Succession:
        if done := await _done_already(service, old, signers[0].verifier.name):
            return done
        kept = await service.record.head()
        said = Succession(old.origin, old.size, hash_text(old.root), kept, signers[0].verifier.name)
        statement = signed_note(said.text(), signers)
        command = SucceedLog(**said._asdict(), old_checkpoint=note, statement=statement, reason=reason)
        await service.store.handle(HISTORY_ID, command, operator_stamp(), blank=LogHistory(), absent=True)
        return said

    said = _with_service(settings, go_on)
    say(
        f"{said.new_origin} goes on from {said.old_origin}: entries 1 to {said.kept} are kept,"
        f" {said.kept + 1} to {said.old_size} are lost."
        " Give the witnesses the new key, then start the worker."
    )


async def _done_already(service: Service, old: Checkpoint, new_origin: str) -> Succession | None:
    """Return the same succession where it is on the record: whoever was killed afterwards asks again."""
    asked = (old.origin, old.size, hash_text(old.root), new_origin)
    for _, said in await successions(service.pool):
        if (said.old_origin, said.old_size, said.old_root, said.new_origin) == asked:
            return said
    return None


def rehearse(
    receipt: Annotated[Path, typer.Argument(help="The receipt to write.")],
    *,
    taken: Annotated[str, typer.Option(help="When the backup was taken, as 2026-03-01T02:00Z.")],
) -> None:
    settings, taken_at = configured(), instant_of(taken)
    if taken_at is None:
        raise typer.BadParameter("give the time of the backup")
    signers = log_keys(settings).signers

    async def look(service: Service) -> Rehearsal:
        async with service.pool.acquire() as connection:
            checked = await check(connection, [], await LogReader(connection).policy(0))
            unindexed = await index_differences(IndexReader(connection, mapper().topics))
            differing = await compared_views(connection)
        for finding in (*checked.findings, *unindexed):
            say(f"WRONG: {finding}")
        findings = len(checked.findings) + len(unindexed) + differing
        return Rehearsal(
            signers[0].verifier.name,
            checked.edge.size,
            checked.edge.root(),
            findings,
            taken_at,
            datetime.now(UTC),
        )

    rehearsal = _with_service(settings, look)
    receipt.write_text(signed_receipt(rehearsal, signers))
    say(f"{rehearsal.size} entries restored, {rehearsal.findings} findings: {receipt}")
    if rehearsal.findings or not rehearsal.size:
        raise typer.Exit(1)


def rehearsed(receipt: Annotated[Path, typer.Argument(exists=True, help="What `rehearse` wrote.")]) -> None:
    settings, text = configured(), receipt.read_text()

    async def keep(service: Service) -> Rehearsal:
        try:
            rehearsal = opened_receipt(text, await LogReader(service.pool).policy(0))
        except BadNote as error:
            raise NotConfigured(f"{receipt}: {error}") from None
        await _must_be_of_this_record(service, rehearsal)
        command = RecordRehearsal(
            size=rehearsal.size,
            root=hash_text(rehearsal.root),
            findings=rehearsal.findings,
            backup_taken_at=rehearsal.backup_taken_at,
            rehearsed_at=rehearsal.rehearsed_at,
            receipt=text,
        )
        await service.store.handle(HISTORY_ID, command, operator_stamp(), blank=LogHistory(), absent=True)
        return rehearsal

    rehearsal = _with_service(settings, keep)
    say(f"On the record: a restore of {rehearsal.size} entries was rehearsed, {rehearsal.findings} findings.")


async def _must_be_of_this_record(service: Service, rehearsal: Rehearsal) -> None:
    """Expect what was restored to have been the beginning of this record, by its signed tree."""
    signed = await LogReader(service.pool).latest()
    there = signed is not None and 0 < rehearsal.size <= signed.size
    if not there or await service.tiles.root(rehearsal.size) != rehearsal.root:
        raise NotConfigured("What was restored is not the beginning of this record.")


def _with_service(settings: Settings, look: Callable[[Service], Awaitable[T]]) -> T:
    async def run(base: Database) -> T:
        await prepare(base)
        async with opened(settings, base.service) as service:
            return await look(service)

    with database(settings) as base:
        return uvloop.run(run(base))


def operator_stamp() -> Stamp:
    """Return who decides where an operator does, at a terminal."""
    return Stamp(by=operator_name(), authority=OPERATOR, at=datetime.now(UTC), causation="cli")
