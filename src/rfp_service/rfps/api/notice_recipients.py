"""Who is meant where a notice tells a party of an RFP: its requester, lead or evaluators, or a whole role."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, any_, literal, or_, select

from rfp_service.rfps.domain.stages import PARTY, PERSON, Party
from rfp_service.rfps.views.board import rfps
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.record.projecting.views import STILL_VALID

ROLES = {Role.LEGAL: Party.LEGAL, Role.SCRUTINY_MEMBER: Party.SCRUTINY, Role.FINANCE: Party.FINANCE}


def notified(notices: Table, person: Person) -> "ColumnElement[bool]":
    """Return the condition on the notices that tell this person as a party."""
    told, ids = notices.c.told, person.ids
    whole = [f"{PARTY}{party}" for role, party in ROLES.items() if role in person.roles]
    mine = or_(*(literal(each) == any_(rfps.c.evaluators) for each in ids))
    one_of = [
        told.in_([*whole, *(f"{PERSON}{each}" for each in ids)]),
        and_(told == f"{PARTY}{Party.REQUESTER}", _case(notices, rfps.c.raised_by.in_(ids))),
        and_(told == f"{PARTY}{Party.EVALUATORS}", _case(notices, mine)),
    ]
    if Role.PROCUREMENT_OFFICER in person.roles:
        theirs = or_(rfps.c.lead.in_(ids), rfps.c.lead.is_(None))
        one_of.append(and_(told == f"{PARTY}{Party.PROCUREMENT}", _case(notices, theirs)))
    return or_(*one_of)


def _case(notices: Table, condition: "ColumnElement[bool]") -> "ColumnElement[bool]":
    found: Select[Any] = select(rfps.c.id).where(rfps.c.valid_to == STILL_VALID, condition)
    return notices.c.case_id.in_(found)
