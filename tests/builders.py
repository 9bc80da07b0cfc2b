"""What tests are made of: a base with a campaign, a school, devices and pupils, each with a default."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from tablet_loans.domain.barcode import sheet_code
from tablet_loans.domain.device import AssetTag
from tablet_loans.domain.identifiers import asset_tag, uai_key
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.settings import Settings
from tablet_loans.services import campaigning
from tablet_loans.services.session import Session
from tablet_loans.storage import rows, stations
from tablet_loans.storage.database import Base
from tablet_loans.storage.devices import device_key
from tablet_loans.storage.pupils import pupil_key
from tablet_loans.text import search_key, sort_key

NOON = datetime(2026, 4, 6, 10, 0, tzinfo=UTC)
DUE = date(2026, 7, 3)
CAMPAIGN = "Continuité 2026"
ADMINISTRATOR = Actor("C. Morel", Role.ADMINISTRATOR)


def ticking_clock(start: datetime = NOON) -> Callable[[], datetime]:
    """Return a clock that goes on by one second each time it is read."""
    ticks = count()
    return lambda: start + timedelta(seconds=next(ticks))


def new_session(base: Base, machine: str = "machine-1", actor: Actor = ADMINISTRATOR) -> Session:
    """Return a session at the station of `machine`, with a fixed clock."""
    return Session(base, actor, stations.registered(base, machine), Settings(), ticking_clock())


@dataclass
class World:
    """A base in which something can be lent."""

    session: Session
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def base(self) -> Base:
        """Return the world's base."""
        return self.session.base

    def school(self, uai: str | None = None, name: str = "Collège Les Iris") -> int:
        """Insert a school and return its id."""
        number = f"069{next(self._numbers):04d}"
        code = uai or number + uai_key(number)
        values = {
            "uai": code, "name": name, "kind": "Collège", "address": "", "postcode": "69100",
            "commune": "Villeurbanne", "phone": "", "email": "", "search_key": search_key(name, code, "Villeurbanne"),
            "sort_key": sort_key(name),
        }  # fmt: skip
        return self._insert("school", values)

    def model(
        self, name: str = "Galaxy Tab A8", kind: str = "tablet", kit: tuple[str, ...] = ("Chargeur", "Housse")
    ) -> int:
        """Return the id of a model, inserted when it is new."""
        found = self.base.execute("SELECT id FROM device_model WHERE name = ? AND kind = ?", (name, kind)).fetchone()
        if found:
            return int(found[0])
        values = {"kind": kind, "maker": "Samsung", "name": name, "gtin": "", "features": ("cellular",), "kit": kit}
        return self._insert("device_model", values)

    def device(
        self, *, state: str = "ready", kind: str = "tablet", serial: str | None = None, imei: str | None = None
    ) -> AssetTag:
        """Insert a device and return its tag."""
        number = next(self._numbers)
        tag, code = asset_tag("ML", number), serial or f"R52M{number:07d}"
        values = {
            "tag": tag, "serial": code, "imei": imei, "iccid": "", "phone_line": "", "model_id": self.model(kind=kind),
            "state": state, "place": "depot", "depot": "", "condition": "good", "missing_kit": (),
            "price_cents": 17059, "search_key": device_key(tag, code, imei, "Samsung", "Galaxy Tab A8"),
        }  # fmt: skip
        self._insert("device", values)
        return tag

    def pupil(
        self, family_name: str = "Abdelmalek", given_name: str = "Inès", *, ine: str | None = None,
        school_id: int | None = None, class_name: str = "5e B", left_on: date | None = None,
    ) -> PupilId:  # fmt: skip
        """Insert a pupil and return the id."""
        values = {
            "ine": ine, "school_id": school_id or self._some_school(), "family_name": family_name, "usage_name": "",
            "given_name": given_name, "class_name": class_name, "level": "", "left_on": left_on,
            "search_key": pupil_key(family_name, "", given_name, class_name),
            "sort_key": sort_key(family_name, given_name),
        }  # fmt: skip
        return PupilId(self._insert("pupil", values))

    def campaign(self, name: str = CAMPAIGN, due_on: date = DUE, schools: tuple[str, ...] = ()) -> str:
        """Create an open campaign and return its name."""
        campaigning.create(self.session, name=name, due_on=due_on, schools_taking_part=schools)
        return name

    def sheet(self, pupil_id: PupilId, campaign: str = CAMPAIGN) -> str:
        """Return the code of a pupil's agreement printed before a tablet is known."""
        row = self.base.execute("SELECT id FROM campaign WHERE name = ?", (campaign,)).fetchone()
        return sheet_code(pupil_id, int(row[0]))

    def state_of(self, tag: str) -> str:
        """Return a device's state as the base holds it."""
        return str(self.base.execute("SELECT state FROM device WHERE tag = ?", (tag,)).fetchone()[0])

    def loan_states(self) -> list[str]:
        """Return the states of all loans, by number."""
        return [str(row[0]) for row in self.base.execute("SELECT state FROM loan ORDER BY number").fetchall()]

    def _some_school(self) -> int:
        found = self.base.execute("SELECT id FROM school ORDER BY id").fetchone()
        return int(found[0]) if found else self.school()

    def _insert(self, table: str, values: Mapping[str, object]) -> int:
        with self.base.atomic():
            return rows.insert(self.base, table, values)
