"""What each person chooses: whether they are told by mail or Teams, and in which hours they are not."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, BeforeValidator, Field

from shared.kernel.calendar import LONDON, WorkingDays, day_in_london, start_of
from shared.kernel.errors import Refused
from shared.kernel.fields import or_null
from shared.kernel.messages import Command, Event, Stamp

CHOICES = UUID("0d1b2f5c-9a0e-4f39-8f5e-6a2f0c7d5e31")
DAYS_AHEAD = 30  # without a working day among them, something is told all the same
HOUR_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"

Hour = Annotated[str, Field(pattern=HOUR_PATTERN, examples=["18:00"])]
AskedHour = Annotated[Hour | Literal[""] | None, BeforeValidator(or_null)]  # a form sends a blank


class NoTeamsAddress(Refused):
    """To be told by Teams, name the address of a workflow once: one that the allow-list allows."""


class DigestGoesByMail(Refused):
    """A digest comes by email: choose email to get one a day."""


class QuietAllDay(Refused):
    """Quiet hours must end at another time than they begin: somebody who is never told can't act."""


@dataclass(frozen=True)
class NotificationChoice:
    """How a person is told, and when not, by London's clocks; until they choose, by mail at any time."""

    kind: ClassVar[str] = "notification-choice"

    mail: bool = True
    quiet_from: str = ""
    quiet_until: str = ""
    working_days_only: bool = False
    teams_address_id: UUID | None = None  # of the secret that it is kept as
    digest_at: str = ""  # when one mail a day comes in place of one each

    def digested_at(self, at: datetime, days: WorkingDays) -> datetime:
        """Return when the next digest comes after an instant, on one of their days, outside quiet hours."""
        day = day_in_london(at)
        if _at(day, self.digest_at) <= at:
            day += timedelta(days=1)
        for _ in range(DAYS_AHEAD):
            if days.works(day) or not self.working_days_only:
                break
            day += timedelta(days=1)
        return self.told_at(_at(day, self.digest_at), days)

    def told_at(self, at: datetime, days: WorkingDays) -> datetime:
        """Return when somebody is told of what happens at an instant: then, or when their quiet is over."""
        for _ in range(DAYS_AHEAD):
            today = day_in_london(at)
            if self.working_days_only and not days.works(today):
                at = start_of(today + timedelta(days=1))
            elif self.quiet_from and (until := self._quiet_until(at)) is not None:
                at = until
            else:
                break
        return at

    def _quiet_until(self, at: datetime) -> datetime | None:
        """Return when the quiet is over that holds at an instant; nothing if none does."""
        today, clock = day_in_london(at), f"{at.astimezone(LONDON):%H:%M}"
        begins, ends = self.quiet_from, self.quiet_until
        if begins < ends:
            return _at(today, ends) if begins <= clock < ends else None
        if clock >= begins:
            return _at(today + timedelta(days=1), ends)
        return _at(today, ends) if clock < ends else None


class NotificationsChosen(Event[NotificationChoice]):
    """Somebody chose how they are told, and when not."""

    kind: ClassVar[str] = "notification-choice"

    person: str
    mail: bool
    quiet_from: str
    quiet_until: str
    working_days_only: bool
    teams_address_id: UUID | None = None
    digest_at: str = ""

    def apply(self, choice: NotificationChoice) -> NotificationChoice:
        return NotificationChoice(
            self.mail,
            self.quiet_from,
            self.quiet_until,
            self.working_days_only,
            self.teams_address_id,
            self.digest_at,
        )


class ChosenWays(BaseModel):
    """How somebody wants to be told, and when not."""

    mail: bool = True
    teams: bool = Field(default=False, description="By a workflow of Teams, whose address you have named.")
    quiet_from: AskedHour = Field(None, description="Null: there are no quiet hours.")
    quiet_until: AskedHour = Field(None, examples=["08:00"])
    working_days_only: bool = False
    digest_at: AskedHour = Field(
        None,
        description="When one mail a day lists what still waits; null: one mail each.",
        examples=["07:30"],
    )


class ChooseNotifications(ChosenWays, Command[NotificationChoice]):
    """Choose for yourself whether you are told by mail or Teams, and in which hours and days you are not."""

    decision: Literal["choose"] = "choose"

    def decide(self, choice: NotificationChoice, stamp: Stamp) -> NotificationsChosen:
        """Take it for whoever decides, and nobody else."""
        if self.quiet_from == self.quiet_until is not None or bool(self.quiet_from) is not bool(
            self.quiet_until
        ):
            raise QuietAllDay(quiet_from=self.quiet_from, quiet_until=self.quiet_until)
        if self.digest_at and not self.mail:
            raise DigestGoesByMail
        named = stamp.known.facts.get("address_id")
        address = UUID(str(named)) if named else choice.teams_address_id
        if self.teams and address is None:
            raise NoTeamsAddress
        return NotificationsChosen(
            teams_address_id=address if self.teams else None,
            person=stamp.by,
            mail=self.mail,
            quiet_from=self.quiet_from or "",
            quiet_until=self.quiet_until or "",
            working_days_only=self.working_days_only,
            digest_at=self.digest_at or "",
        )


def choice_of(person: str) -> UUID:
    """Return the id under which a person's choice is kept."""
    return uuid5(CHOICES, person)


def _at(day: date, clock: str) -> datetime:
    """Return an instant by London's clocks."""
    return datetime.combine(day, time.fromisoformat(clock), LONDON)


CHOICE_EVENTS = (NotificationsChosen,)
