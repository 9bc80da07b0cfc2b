"""Heavy work beside the counter, without end: imports of deliveries and pupils, or batches of agreements."""

import argparse
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks import bases
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.services import agreeing, receiving, rostering, starting
from tablet_loans.services.session import Session
from tablet_loans.storage.database import open_database

_DEVICES: Final = 5_000
_PUPILS: Final = 1_000
_SHEETS: Final = 300


def main(argv: list[str]) -> int:
    """Work until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=("imports", "agreements"))
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(argv)
    if asked.work == "agreements":
        starting.give_way()  # as the command does
    session = bases.session_in(open_database(str(asked.database)), "bench-beside")
    work = _imports(session, asked.out) if asked.work == "imports" else _agreements(session, asked.out)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
