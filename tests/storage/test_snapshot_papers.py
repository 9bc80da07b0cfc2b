"""What was scanned, reserved, printed and sent survives a backup, and a move to a server and back."""

from pathlib import Path

import pytest

from tablet_loans.services import attaching, batching, lending, opening
from tablet_loans.storage import rows, scans, snapshot
from tablet_loans.storage.database import Base, open_database
from tablet_loans.storage.ledger_models import BASE
from tests.builders import NOON, World, new_session
from tests.services.piled import joined, scanned
from tests.services.test_filing import lent

TABLES = (
    "agreement", "agreement_wording", "agreement_scan", "spare_form", "print_batch", "label_print", "label_stock",
    "printer_setting", "message",
)  # fmt: skip


def filled(world: World, tmp_path: Path) -> str:
    """Put something into every table of paper, and return the number of the loan that has pages."""
    (number, other), pages = lent(world, ("Abel", "Brun"), tmp_path)
    attaching.sign_with_scan(world.session, number, joined([scanned(page) for page in pages[:2]], tmp_path / "one.pdf"))
    batching.print_spare(world.session, 2, tmp_path / "spare.pdf")
    form = world.base.execute("SELECT code FROM spare_form ORDER BY id").fetchone()[0]
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("Caron"), form=form)
    device = world.base.execute("SELECT id FROM device").fetchone()[0]
    loan = world.base.execute("SELECT id FROM loan WHERE number = ?", (other,)).fetchone()[0]
    with world.base.atomic():
        label = {"device_id": device, "stock": "Étiquettes à moi", "state": "printed", "printed_at": NOON}
        rows.insert(world.base, "label_print", {**label, "printed_by": "C. Moreau"})
        world.base.execute("INSERT INTO label_stock (name, geometry) VALUES ('Étiquettes à moi', '{}')")
        world.base.execute(
            "INSERT INTO printer_setting (printer, right_mm, down_mm, scale) VALUES ('Zebra', -0.3, 1.25, 0.998)"
        )
        message = {"kind": "reminder_1", "loan_id": loan, "way": "paper", "address": "", "state": "printed"}
        rows.insert(world.base, "message", {**message, "reason": "", "made_at": NOON, "made_by": "C. Moreau"})
    return number


def held(base: Base) -> dict[str, list[list[object]]]:
    """Return all rows of the tables of paper, as values that both engines give alike."""
    told = {}
    for table in TABLES:
        columns = sorted(column.name for column in base.database.get_columns(table))
        found = base.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608 - names of tables
        told[table] = sorted([[_plain(value) for value in row] for row in found], key=str)
    return told


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview | bytearray) else value


def test_a_snapshot_holds_every_paper(world: World, tmp_path: Path) -> None:
    number = filled(world, tmp_path)
    before, pages = held(world.base), list(scans.contents(world.base, number))
    assert all(before.values()), [table for table, found in before.items() if not found]
    assert pages[0].startswith(b"\xff\xd8")
    snapshot.write(world.base, tmp_path / "copy.sqlite", None, lambda _done, _total: None)
    copy = open_database(str(tmp_path / "copy.sqlite"))
    assert held(copy) == before
    assert list(scans.contents(copy, number)) == pages
    copy.close()
    BASE.initialize(world.base.database)


@pytest.mark.xdist_group("postgres")
def test_papers_move_to_a_server_and_back(sqlite_world: World, postgres_url: str, tmp_path: Path) -> None:
    number = filled(sqlite_world, tmp_path)
    before, pages = held(sqlite_world.base), list(scans.contents(sqlite_world.base, number))
    opening.back_up(sqlite_world.session, tmp_path / "there.sqlite")
    opening.restore(postgres_url, tmp_path / "there.sqlite")
    server = open_database(postgres_url)
    assert held(server) == before
    session = new_session(server)
    attaching.give_back(session, number, tmp_path / "given.pdf")
    opening.back_up(session, tmp_path / "back.sqlite", is_plain=True)
    server.close()
    opening.restore(str(tmp_path / "home.sqlite"), tmp_path / "back.sqlite")
    home = open_database(str(tmp_path / "home.sqlite"))
    assert held(home) == before
    assert list(scans.contents(home, number)) == pages
    home.close()
