"""Heavy work beside the counter, without end: imports of deliveries and pupils, agreements, plans, MDM syncs."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks import bases, mdm
from tablet_loans.domain.enrolment import Page, Provider
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import agreeing, allocating, enrolling, receiving, rostering, starting
from tablet_loans.services.mdm import Connector
from tablet_loans.services.mdm.making import connector
from tablet_loans.services.session import Session
from tablet_loans.storage import rows
from tablet_loans.storage.database import open_database

_DEVICES: Final = 5_000
_PUPILS: Final = 1_000
_SHEETS: Final = 300


def main(argv: list[str]) -> int:
    """Work until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=("imports", "agreements", "plans", "syncs"))
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(argv)
    if asked.work == "agreements":
        starting.give_way()  # as the command does
    session = bases.session_in(open_database(str(asked.database)), "bench-beside")
    if asked.work == "plans":
        session = _asked_everybody(session)
    work = {"imports": _imports, "agreements": _agreements, "plans": _plans, "syncs": _syncs}[asked.work](
        session, asked.out
    )
    print("begun", flush=True)
    for _ in work:
        pass
    return 0


def _imports(session: Session, out: Path) -> Iterator[None]:
    """A delivery, then the list of a school: pupils who all arrive, and all change class the next time."""
    with session.base.atomic():
        session.base.execute("UPDATE school SET uai = '0690142E' WHERE id = 600")
    for turn in count():
        delivery, roll = out / "delivery.csv", out / "roll.csv"
        lines = (f"Samsung;Galaxy Tab A9;R7X{turn:04d}{place:05d};189,50\n" for place in range(_DEVICES))
        delivery.write_text("maker;model;serial number;price\n" + "".join(lines), "utf-8")
        receiving.import_devices(session, delivery)
        yield
        pupils = (f"Martin{place};Léa;2012-03-{1 + place % 28:02d};F;CM1 {turn}\n" for place in range(_PUPILS))
        roll.write_text("Nom élève;Prénom élève;Date naissance;Sexe;Libellé classe\n" + "".join(pupils), "latin-1")
        rostering.import_pupils(session, roll, school="0690142E")
        yield


def _agreements(session: Session, out: Path) -> Iterator[None]:
    numbers = [row[0] for row in session.base.execute("SELECT number FROM loan WHERE state = 'open' LIMIT 300")]
    while True:
        agreeing.print_agreements(session, LoanFilter(numbers=tuple(numbers[:_SHEETS])), out / "agreements.pdf")
        yield


def _asked_everybody(session: Session) -> Session:
    """Return an administrator's session in the base, where everybody has answered by now."""
    columns = (
        "campaign_id",
        "pupil_id",
        "equipment",
        "is_cellular",
        "is_priority",
        "asked_on",
        "source",
        "recorded_at",
    )
    ids = [row[0] for row in session.base.execute("SELECT id FROM pupil").fetchall()]
    kinds = ("none", "phone", "shared")
    answers = ((1, pupil, kinds[pupil % 3], False, pupil % 13 == 0, "2026-04-01", "grid", 0) for pupil in ids)
    with session.base.atomic():
        rows.insert_many(
            session.base,
            "need",
            (*columns, "is_current", "answered_by", "to_confirm"),
            ((*answer, True, "", False) for answer in answers),
        )
    session.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the answers are brought home before anybody is timed
    return replace(session, actor=Actor("Bench", Role.ADMINISTRATOR))


def _plans(session: Session, _: Path) -> Iterator[None]:
    while True:
        allocating.draft(session, None)
        yield


def _syncs(session: Session, _: Path) -> Iterator[None]:
    """40,000 devices, each of which has another name in the MDM every time."""
    with mdm.served(Provider.INTUNE, 0) as (reach, secret):
        account = mdm.connected(session, Provider.INTUNE, reach)
        for turn in count():
            way = connector(Provider.INTUNE, reach, secret)
            try:
                enrolling.sync(session, account, _Renaming(way, turn))
            finally:
                way.close()
            yield


class _Renaming:
    """An MDM in which all devices were renamed."""

    def __init__(self, way: Connector, turn: int) -> None:
        self.acts, self.check, self.ask, self.outcome, self.close = way.acts, way.check, way.ask, way.outcome, way.close
        self._way, self._turn = way, turn

    def pages(self, start: str = "") -> Iterator[Page]:
        """Yield the devices by their new names."""
        for page in self._way.pages(start):
            yield replace(page, records=tuple(each._replace(name=f"{self._turn}") for each in page.records))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
