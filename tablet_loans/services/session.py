"""The session of a person at a station: base, actor, clock, settings, and the one write path."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import wraps
from typing import Generic, ParamSpec, TypeVar

from tablet_loans.domain.act import Action, Change, LedgerId, Subject, changes_as_facts
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.loan import LoanNumber, loan_number
from tablet_loans.domain.roles import Actor, Permission
from tablet_loans.domain.settings import Settings
from tablet_loans.storage import ledger, rows, stations
from tablet_loans.storage.database import Base, RaceLost
from tablet_loans.storage.ledger import Entry
from tablet_loans.storage.stations import StationHead

Value = TypeVar("Value")
Asked = ParamSpec("Asked")


class Topic(StrEnum):
    """What a screen shows; a write names the topics it touched."""

    DEVICES = "devices"
    LOANS = "loans"
    PUPILS = "pupils"
    SCHOOLS = "schools"
    NEEDS = "needs"
    CAMPAIGNS = "campaigns"
    AGREEMENTS = "agreements"
    PLANS = "plans"
    MDM = "mdm"


@dataclass(frozen=True, slots=True)
class Receipt(Generic[Value]):
    """What a write answers: its value, its ledger line, and the topics it touched."""

    value: Value
    ledger_id: LedgerId
    topics: frozenset[Topic]


class Cancelled(Exception):
    """The person asked to stop; nothing was written."""


@dataclass(slots=True)
class Progress:
    """How far long work has come; `report` may be called from any thread."""

    report: Callable[[int, int], None] = lambda _done, _total: None
    is_cancelled: Callable[[], bool] = lambda: False

    def step(self, done: int, total: int) -> None:
        """Say that `done` of `total` is done. Raises: Cancelled."""
        if self.is_cancelled():
            raise Cancelled
        self.report(done, total)


def settled(act: Callable[Asked, Value]) -> Callable[Asked, Value]:
    """Run an act again when another station was faster: the rules then see what the other did, and refuse."""

    @wraps(act)
    def run(*args: Asked.args, **kwargs: Asked.kwargs) -> Value:
        try:
            return act(*args, **kwargs)
        except RaceLost:
            return act(*args, **kwargs)

    return run


def system_clock() -> datetime:
    """Return the time now, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Session:
    """A person at a station, working in a base."""

    base: Base
    actor: Actor
    station: str
    settings: Settings
    clock: Callable[[], datetime] = system_clock

    def now(self) -> datetime:
        """Return the time now, aware UTC."""
        return self.clock()

    def today(self) -> date:
        """Return the local date."""
        return self.clock().astimezone().date()

    def require(self, permission: Permission) -> None:
        """Refuse unless the actor holds the permission. Raises: NotPermitted."""
        if not self.actor.may(permission):
            raise NotPermitted(permission=permission.value)

    @contextmanager
    def transaction(self, effective_at: datetime | None = None) -> Iterator["Recorder"]:
        """Give a recorder; what it wrote and its ledger line are kept together, or not at all.

        Raises: BaseTrouble.
        """
        with self.base.atomic():
            yield Recorder(self, effective_at or self.now(), stations.locked(self.base, self.station))


@dataclass(slots=True)
class Recorder:
    """Acts being written: it changes rows, remembers what they were, and chains one line an act."""

    session: Session
    at: datetime
    head: StationHead
    changes: list[Change] = field(default_factory=list)

    def next_loan_number(self) -> LoanNumber:
        """Return the station's next loan number; an undone act does not give its number back."""
        year = max(self.at.astimezone().year, self.head.loan_year)  # a clock that goes back repeats no number
        counter = self.head.loan_counter + 1 if self.head.loan_year == year else 1
        self.head = replace(self.head, loan_year=year, loan_counter=counter)
        return loan_number(year, self.head.code, counter)

    def change(self, subject: Subject, row_id: int, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        """Write `after` into a row; `before` says, for the same columns, what undo restores."""
        if not after:
            return
        rows.update(self.session.base, subject.value, row_id, after)
        self.changed(subject, row_id, before, after)

    def changed(self, subject: Subject, row_id: int, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        """Remember a row's change that is written apart."""
        self.changes.append(Change(subject, row_id, _stored(before), _stored(after)))

    def created(self, subject: Subject, row_id: int, **state: object) -> None:
        """Remember a row that the act inserted."""
        self.changes.append(Change(subject, row_id, None, _stored(state)))

    def __call__(
        self,
        action: Action,
        value: Value,
        *,
        topics: set[Topic],
        about: Iterable[tuple[Subject, int]] = (),
        undoes: LedgerId | None = None,
        line_id: LedgerId | None = None,
        **facts: object,
    ) -> Receipt[Value]:
        """Chain the act's line and return its receipt."""
        entry = self.entry(action, about, undoes, **facts)
        made = ledger.append(self.session.base, self.head, entry, line_id)
        self.head, self.changes = ledger.head_after(self.head, made), []
        return Receipt(value, made.line.id, frozenset(topics))

    def entry(
        self,
        action: Action,
        about: Iterable[tuple[Subject, int]] = (),
        undoes: LedgerId | None = None,
        **facts: object,
    ) -> Entry:
        """Return what the act says: its facts, and all it is about."""
        subjects = {(change.subject.value, change.row_id) for change in self.changes}
        subjects |= {(subject.value, row_id) for subject, row_id in about}
        return Entry(
            action=action,
            actor=self.session.actor.name,
            recorded_at=self.session.now(),
            effective_at=self.at,
            facts={**facts, "changes": changes_as_facts(self.changes)},
            subjects=tuple(sorted(subjects)),
            undoes=undoes,
        )


def _stored(values: Mapping[str, object]) -> dict[str, object]:
    return {column: rows.stored(value) for column, value in values.items()}
