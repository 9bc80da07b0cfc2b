"""An MDM for tests: the adapter's protocol over records in memory, by pages, that can break off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tablet_loans.domain.enrolment import (
    Connected,
    ExternalRecord,
    MdmAct,
    MdmTrouble,
    OddRecord,
    Order,
    Page,
    Provider,
    Reach,
    TaskState,
    Told,
)
from tablet_loans.services.connecting_mdm import known_account
from tablet_loans.services.session import Session
from tablet_loans.storage import mdm_accounts, rows
from tablet_loans.storage.database import Base
from tablet_loans.storage.ledger_models import Station
from tablet_loans.storage.mdm_accounts import Account
from tablet_loans.storage.models import TABLES
from tests.builders import NOON, World

EVERY_ACT = frozenset(MdmAct)
MDM = "School"


@dataclass
class Console:
    """An MDM with these devices; `breaks_at` is the page before which it raises `trouble`."""

    records: Sequence[ExternalRecord] = ()
    page: int = 2
    breaks_at: int | None = None
    trouble: MdmTrouble | None = None
    odd: tuple[OddRecord, ...] = ()
    answers: TaskState = TaskState.ACCEPTED
    reason: str = ""
    becomes: TaskState = TaskState.DONE
    orders: list[Order] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    acts: frozenset[MdmAct] = EVERY_ACT

    def check(self) -> Connected:
        """Return how many devices it has."""
        return Connected(MDM, len(self.records))

    def pages(self, start: str = "") -> Iterator[Page]:
        """Yield them."""
        self.starts.append(start)
        first = int(start or 0)
        for begun in range(first, max(len(self.records), 1), self.page):
            if self.trouble is not None and begun // self.page == self.breaks_at:
                raise self.trouble
            after = begun + self.page
            odd = self.odd if begun == first else ()
            some = tuple(self.records[begun:after])
            yield Page(some, odd, str(after) if after < len(self.records) else "", len(self.records))

    def ask(self, order: Order) -> Told:
        """Take an order."""
        if self.trouble is not None:
            raise self.trouble
        self.orders.append(order)
        return Told(self.answers, f"ref-{len(self.orders)}", self.reason)

    def outcome(self, order: Order, reference: str) -> Told:  # noqa: ARG002
        """Say what became of it."""
        return Told(self.becomes, reference)

    def close(self) -> None:
        """Let go of nothing."""


def told(
    serial: str, *, external_id: str = "", owner: str = "", seen: datetime | None = NOON, is_enrolled: bool = True,
    enrolled_at: datetime | None = NOON - timedelta(days=30), imeis: tuple[str, ...] = (), asset_tag: str = "",
    is_lost: bool | None = None, group: str = "", acts: frozenset[MdmAct] = EVERY_ACT,
) -> ExternalRecord:  # fmt: skip
    """Return a record of a device that is enrolled, with defaults."""
    return ExternalRecord(
        external_id or f"id-{serial}", serial, imeis, is_enrolled, enrolled_at, seen, "managed", True, is_lost, owner,
        "iPad", asset_tag, group, "iPad 9", acts,
    )  # fmt: skip


def connected(session: Session, name: str = MDM, provider: Provider = Provider.JAMF_PRO) -> Account:
    """Return an MDM that is connected to the base."""
    reach = mdm_accounts.reach_text(Reach("https://mdm.example/"), {})
    values = {"name": name, "provider": provider.value, "reach": reach, "connected_at": NOON, "connected_by": "A"}
    with session.base.atomic():
        rows.insert(session.base, "mdm_account", {**values, "unfinished": ""})
    return known_account(session, name)


def dump(base: Base) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables but that of stations, which a new computer enters by itself."""
    names = [table._meta.table_name for table in TABLES if table is not Station]
    return {name: sorted(base.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}  # noqa: S608


def serial_of(world: World, tag: str) -> str:
    """Return a device's serial number."""
    return str(world.base.execute("SELECT serial FROM device WHERE tag = ?", (tag,)).fetchone()[0])


def actions(base: Base) -> list[str]:
    """Return the acts of the ledger, oldest first."""
    return [str(row[0]) for row in base.execute("SELECT action FROM ledger_line ORDER BY sequence").fetchall()]
