"""A spreadsheet handed in: how it was read, how it differs from what is known, what of it is accepted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Query, Request, Response

from projects.api.registers import FIELDS as PROJECT_FIELDS
from rfp_service.console import session_files
from rfp_service.console.api_calls import ApiAnswer, SentFile
from rfp_service.console.pages.progress import refused_of
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Sent, SentForm, SentWithFile, Visiting
from rfp_service.contracts.api.registers import FIELDS as CONTRACT_FIELDS
from rfp_service.rfps.api.registers import FIELDS as RFP_FIELDS
from shared.kernel.errors import NotFound
from shared.web.core_service import core_service
from shared.web.registers.register import RegisterField

FILE_BYTES_LIMIT = 20 * 1024 * 1024
SHOWN_LIMIT = 300  # differences on one page; all of them are accepted or not all the same
CHANGES = ("new", "changed", "conflicting")
SEPARATELY = ("sheet", "heading_row", "amounts_in", "dates", "source")

router = page_router()
files_router = page_router(FILE_BYTES_LIMIT)


@dataclass(frozen=True, slots=True)
class RegisterPages:
    """A register that is handed in: what it holds, and where its pages are."""

    path: str
    at: str
    noun: str
    fields: Sequence[RegisterField]
    batches: str
    back: str


REGISTERS: Mapping[str, RegisterPages] = {
    each.path: each
    for each in (
        RegisterPages(
            "project-registers",
            "projects",
            "projects",
            PROJECT_FIELDS,
            "project-batches",
            "/console/projects",
        ),
        RegisterPages(
            "contract-registers",
            "contracts",
            "contracts",
            CONTRACT_FIELDS,
            "contract-batches",
            "/console/contracts/register",
        ),
        RegisterPages("rfp-registers", "rfps", "RFPs", RFP_FIELDS, "", "/console/rfps"),
    )
}


def register_of(path: str) -> RegisterPages:
    """Return a register by its address."""
    if path not in REGISTERS:
        raise NotFound
    return REGISTERS[path]


@router.get("/registers/{path}")
async def ask_for_file(request: Request, _: Visiting, path: str) -> Response:
    """Ask for a spreadsheet."""
    return page(request, "register_file", register=register_of(path), errors={})


@files_router.post("/registers/{path}")
async def take_file(request: Request, sent: SentWithFile, path: str) -> Response:
    """Keep a spreadsheet, and show how it would be read; nothing is decided."""
    register = register_of(path)
    if sent.file is None:
        return page(request, "register_file", 422, register=register, errors={"file": "Choose a file"})
    answer = await sent.visit.send_file(f"/v1/{path}", sent.file, {"dry_run": "true"})
    if not answer.is_success:
        errors = {"file": _problem(answer)}
        return page(request, "register_file", answer.status, register=register, errors=errors)
    kept_as = await session_files.keep(core_service(request).pool, sent.visit.who, sent.file)
    return _compared(request, register, kept_as, sent.file, answer.body, {})


@router.post("/registers/{path}/{kept_as}")
async def compare_or_accept(request: Request, sent: Sent, path: str, kept_as: UUID) -> Response:
    """Read a spreadsheet as corrected and compare again, or accept what was ticked."""
    register = register_of(path)
    file = await session_files.kept(core_service(request).pool, sent.visit.who, kept_as)
    if file is None:
        error = {"file": "The file is no longer kept: it was handed in over two hours ago. Choose it again"}
        return page(request, "register_file", 422, register=register, errors=error)
    said = _as_corrected(sent)
    is_accepted = sent["act"] == "accept"
    if not is_accepted:
        said |= {"dry_run": "true"}
    elif sent["which"] == "some":
        ticked = [name.removeprefix("accept.") for name in sent.fields if name.startswith("accept.")]
        said |= {"accept": "some" if ticked else "none", "accepted": ",".join(ticked), "mode": "each"}
    else:
        said |= {"accept": sent["which"] or "unless_conflicting", "mode": "each"}
    answer = await sent.visit.send_file(f"/v1/{path}", file, said)
    if not answer.is_success:
        found = await sent.visit.send_file(f"/v1/{path}", file, {"dry_run": "true"})
        errors = {"": _problem(answer)}
        return _compared(request, register, kept_as, file, found.body, errors, answer.status)
    if not is_accepted:
        return _compared(request, register, kept_as, file, answer.body, {})
    refused = refused_of(answer.body["refused"])
    if answer.body["batch"] and register.batches and not refused:
        return go_to(f"{HOME}/batches/{register.batches}/{answer.body['batch']}?done=accepted")
    return page(request, "register_done", register=register, report=answer.body, refused=refused)


def _as_corrected(sent: SentForm) -> dict[str, str]:
    """Return how a file is read, as somebody put it right."""
    said = {name: sent[name] for name in SEPARATELY if sent[name]}
    columns = {
        sent[f"heading.{n}"]: sent[f"field.{n}"] for n in range(len(sent.fields)) if f"heading.{n}" in sent
    }
    if columns:
        said["mapping"] = json.dumps(columns)
    return said


def _problem(answer: ApiAnswer) -> str:
    errors = answer.body.get("errors", ())
    said = " ".join(str(each["detail"]) for each in errors)
    return f"{answer.body.get('title', '')} {said}".strip()


def _compared(
    request: Request,
    register: RegisterPages,
    kept_as: UUID,
    file: SentFile,
    report: Mapping[str, Any],
    errors: Mapping[str, str],
    status: int = 200,
) -> Response:
    differs = [each for each in report["differences"] if each["what"] in CHANGES]
    return page(
        request,
        "register",
        status,
        register=register,
        kept_as=kept_as,
        name=file.name,
        report=report,
        differs=differs[:SHOWN_LIMIT],
        left=max(0, len(differs) - SHOWN_LIMIT),
        total=sum(report["difference_counts"][what] for what in CHANGES),
        fields=[each.name for each in register.fields],
        errors=errors,
    )


@router.get("/batches/{path}/{batch_id}")
async def one_batch(
    request: Request,
    visit: Visiting,
    path: str,
    batch_id: UUID,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show what was decided at once, and that it can be undone."""
    register = _batch_of(path)
    batch = await visit.get(f"/v1/{path}/{batch_id}")
    shown: dict[str, Any] = {"batch": batch, "errors": {}, "typed": {}, "done": done, "key": str(uuid4())}
    return page(request, "batch", register=register, path=path, **shown)


@router.post("/batches/{path}/{batch_id}")
async def undo(request: Request, sent: Sent, path: str, batch_id: UUID) -> Response:
    """Undo what was decided at once: everything is as it was, and both stay on the record."""
    register = _batch_of(path)
    address, typed = f"/v1/{path}/{batch_id}", {"reason": sent["reason"]}
    errors, status = {"reason": "Give a reason"}, 422
    if typed["reason"]:
        body = {"decision": "undo", **typed}
        answer = await sent.visit.post(f"{address}/decisions", body, sent["key"], sent["version"])
        if answer.is_success:
            return go_to(f"{HOME}/batches/{path}/{batch_id}?done=undone")
        errors, status = {"": _problem(answer)}, answer.status
    batch = await sent.visit.get(address)
    shown: dict[str, Any] = {
        "batch": batch,
        "errors": errors,
        "typed": typed,
        "done": "",
        "key": str(uuid4()),
    }
    return page(request, "batch", status, register=register, path=path, **shown)


def _batch_of(path: str) -> RegisterPages:
    found = next((each for each in REGISTERS.values() if each.batches and each.batches == path), None)
    if found is None:
        raise NotFound
    return found
