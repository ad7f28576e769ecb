"""Taking a register in: read, compared with how things stand, what is accepted carried out as a batch."""

import asyncio
import hashlib
import pickle
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any
from uuid import UUID, uuid4

from fastapi import Request, UploadFile
from pydantic import TypeAdapter, ValidationError

from shared.kernel.errors import NotFound
from shared.kernel.messages import Stamp
from shared.web.bulk.batch_runs import BatchRun
from shared.web.bulk.batch_service import batch_service
from shared.web.bulk.batches import Counts, cause_of
from shared.web.bulk.blocks import unpickled
from shared.web.bulk.bodies import views_have_come
from shared.web.bulk.outcomes import Outcome
from shared.web.bulk.requests import BatchRequest, Operation, known_to_all
from shared.web.bulk.responses import Batches
from shared.web.decisions.commands import CommandHandler
from shared.web.registers.cells import ReadingOptions
from shared.web.registers.column_styles import styles_of
from shared.web.registers.comparison import BLOCK_ROWS, RegisterComparison
from shared.web.registers.difference import accepting
from shared.web.registers.form import Acceptance, CellOptions, TableOptions
from shared.web.registers.hand_ins import KeepHandIn, RegisterHistory, history_id
from shared.web.registers.mappings import (
    ID,
    UnreadableMapping,
    corrected,
    mapping_id,
    must_be_complete,
    suggested,
)
from shared.web.registers.register import REFERENCE, TITLE, Extras, Register, RowRules
from shared.web.registers.report import RegisterReport, how_read, reported
from shared.web.registers.rows import RegisterRow, RowReport, read_rows
from shared.web.registers.saved_mappings import RegisterMapping
from shared.web.requests.json_names import must_be_named_once
from shared.web.tabular.headings import key_words
from shared.web.tabular.tables import Table, TableWanted, open_table

_COLUMNS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True)
class HandIn:
    """One register that was handed in, and all that was said of it."""

    register: Register[Any]
    request: Request
    handler: CommandHandler
    table: TableOptions
    cells: CellOptions
    acceptance: Acceptance
    extras: Extras

    async def taken_in(self, file: UploadFile, told: Any) -> RegisterReport:
        """Compare a register with how things stand, decide what is accepted; `told` takes the rest."""
        stamp = await self.handler.stamp_for(self.register.command)
        with (
            TemporaryDirectory(prefix="rfp-register-") as folder,
            TemporaryFile() as accepted,
            TemporaryFile() as kept,
        ):
            path = Path(folder, "register")
            digest = await asyncio.to_thread(_kept, file, path)
            mapping = await self._mapping()
            table = await open_table(
                path, self._service.sandbox, self.table.encoding, wanted=self._wanted(mapping)
            )
            history = await self._history()
            scheme = await self.register.prepare(self.handler.store, stamp)
            how = await self._how(table, mapping, history, scheme)
            await views_have_come(self._service.record, self._service.visibility)
            report = RowReport()
            comparison = self._comparison(how, history, told, accepted, report)
            await comparison.compare(await self._rows(table, how, report, kept))
            await comparison.find_gone(self._service.pool)
            outcomes, done = await self._decided(comparison, stamp, scheme, digest)
            read = how_read(table, how)
        return reported(read, report, comparison, outcomes, done)

    async def _rows(
        self, table: Table, how: ReadingOptions, report: RowReport, kept: IO[bytes]
    ) -> Iterator[RegisterRow]:
        """Return the rows; where only all of them together tell something of each, they wait on disk."""
        rows = read_rows(table, how, report)
        if self.register.survey is None:
            return rows
        told = await asyncio.to_thread(self.register.survey, _keeping(rows, kept))
        kept.seek(0)
        return map(told, chain.from_iterable(unpickled(kept)))

    @property
    def _service(self) -> Any:
        return batch_service(self.request)

    async def _history(self) -> RegisterHistory:
        stream = await self.handler.store.load(history_id(self.register.name), RegisterHistory())
        return stream.state

    async def _mapping(self) -> dict[str, str]:
        """Return the mapping that was sent, or that was saved."""
        if self.table.mapping is not None:
            try:
                columns = _COLUMNS.validate_json(self.table.mapping, strict=True)
            except ValidationError:
                raise UnreadableMapping from None
            must_be_named_once(self.table.mapping.encode())
            return columns
        if self.table.mapping_name is None:
            return {}
        named = mapping_id(self.table.mapping_name, self.register.route_prefix)
        saved = await self.handler.store.load(named, RegisterMapping())
        if saved.version == 0:
            raise NotFound
        return dict(saved.state.columns)

    def _wanted(self, mapping: Mapping[str, str]) -> TableWanted:
        """Return which table is meant, by the names that its headings may have."""
        named = {key_words(heading): field for heading, field in mapping.items() if field}
        known = {**self.register.known, ID: ID, **named}
        return TableWanted(known, (TITLE,), self.table.sheet, self.table.heading_row)

    async def _how(
        self, table: Table, mapping: Mapping[str, str], history: RegisterHistory, scheme: RowRules
    ) -> ReadingOptions:
        suggestion = suggested(self.register, table)
        columns = corrected(self.register, table, suggestion, mapping)
        form = table.form
        seen = {"headings": list(table.headings), "row": table.heading.first}
        if form.sheet:
            width = len(table.headings)
            first = f"sheet '{form.sheet}' has {width} column{'s' * (width != 1)}"
            seen |= {"seen": f"{first}; sheets: {', '.join(form.sheets)}"}
        must_be_complete(columns.values(), **seen)
        corrected(self.register, table, {}, dict.fromkeys(self.table.key, ""))  # they are columns of it
        source = history.source if self.acceptance.source is None else self.acceptance.source
        key = self.table.key
        if key:  # somebody has chosen it
            columns = {heading: field for heading, field in columns.items() if field != REFERENCE}
        if not {REFERENCE, ID} & {*columns.values()} and not key:
            key = tuple(heading for heading, field in columns.items() if field == TITLE)[:1]
        styles = await asyncio.to_thread(styles_of, table, columns, self.register, self.cells)
        return ReadingOptions(
            self.register,
            columns,
            self.extras,
            self.cells.amounts_in,
            styles.days,
            styles.commas,
            styles.units,
            key,
            source,
            self.cells.withdraw,
            lambda said: {**self.register.doubts(said), **scheme.doubts(said)},
            scheme.of_known,
        )

    def _comparison(
        self, how: ReadingOptions, history: RegisterHistory, told: Any, accepted: Any, report: RowReport
    ) -> RegisterComparison:
        asked = self.acceptance
        return RegisterComparison(
            self.handler.store,
            how,
            accepting(asked.accept, asked.accepted),
            history.linked(how.source),
            self.handler.person,
            self._service.redact,
            self.handler.areas(self.register.command),
            told,
            accepted,
            report,
        )

    async def _decided(
        self, comparison: RegisterComparison, stamp: Stamp, scheme: RowRules, digest: str
    ) -> tuple[list[Outcome], dict[str, Any]]:
        """Carry out what is accepted; of its outcomes, keep those that somebody must look at."""
        batch = uuid4()
        work = self._work(batch, comparison, stamp, scheme, digest)
        batches: Batches = self._service.batches
        begins = comparison.items > 0 and not self.acceptance.dry_run
        kept: list[Outcome] = []
        counts, position = Counts(), 0
        if begins:
            await batches.runs.begin(work)
            await self._keep(batch, comparison, work.asked.stamp, digest)
        outcomes_of = batches.runs.carried_out(work) if begins else batches.runs.tried(work)
        async for outcomes, so_far in outcomes_of:
            position = max((position, *(outcome.position or 0 for outcome in outcomes)))
            kept += [outcome for outcome in outcomes if outcome.result in ("refused", "not-done")]
            counts = so_far
        return kept, {
            "batch": batch if begins else None,
            "dry_run": self.acceptance.dry_run,
            "mode": self.acceptance.mode,
            "counts": counts,
            "position": position or None,
        }

    def _work(
        self, batch: UUID, comparison: RegisterComparison, stamp: Stamp, scheme: RowRules, digest: str
    ) -> BatchRun:
        known = known_to_all(stamp, self.register.command)
        stamp = stamp.model_copy(update={"causation": cause_of(batch), "known": known})
        asked = BatchRequest(
            stamp,
            self.acceptance.mode,
            self.acceptance.dry_run,
            areas=self.handler.areas(self.register.command),
        )
        operation = taking_in(self.register, scheme, self.extras)
        return BatchRun(batch, operation, asked, digest, comparison.found(), comparison.items)

    async def _keep(self, batch: UUID, comparison: RegisterComparison, stamp: Stamp, digest: str) -> None:
        """Keep what was handed in, as the evidence of all that is decided by it."""
        command = KeepHandIn(
            register_name=self.register.name,
            source=comparison.how.source,
            batch=batch,
            sha256=digest,
            rows=comparison.rows,
            accepted=comparison.items,
        )
        named = history_id(self.register.name)
        await self.handler.store.handle(named, command, stamp, blank=RegisterHistory(), absent=True)


def _keeping(rows: Iterator[RegisterRow], kept: IO[bytes]) -> Iterator[RegisterRow]:
    """Yield rows, and keep them on disk."""
    while block := list(islice(rows, BLOCK_ROWS)):
        pickle.dump(block, kept, pickle.HIGHEST_PROTOCOL)
        yield from block


def taking_in(register: Register[Any], scheme: RowRules, extras: Extras) -> Operation[Any, Any]:
    """Return how what is accepted of a register is decided, each row on its thing."""
    return Operation(
        register.name,
        register.command,
        register.blank,
        lambda row: row.target,
        lambda row: row.version,
        lambda row: register.asked(row.said, extras),
        scheme.facts,
        lambda _command, _event: True,
        begins=True,
    )


def _kept(file: UploadFile, path: Path) -> str:
    """Keep an upload; return the digest of its content."""
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
