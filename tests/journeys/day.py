"""One day at the counter, from the scanner alone: what is scanned, and what the base and the ledger must tell."""

from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import pypdfium2
import zxingcpp

from tablet_loans.domain.barcode import Command, command_code
from tablet_loans.domain.identifiers import asset_tag
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import agreeing, checking
from tests.builders import World

FAMILIES: Final = 20
SCHOOL: Final = "0690142E"
SERIALS: Final = tuple(f"R52M70{number:05d}" for number in range(FAMILIES))
TAGS: Final = tuple(asset_tag("ML", number + 1) for number in range(FAMILIES))
EMRE, DENIZ = 4, 5
KEEPS: Final = FAMILIES - 1
LAST_BACK: Final = FAMILIES - 2


class Hands(Protocol):
    """Whoever works the window: a scanner and a few keys."""

    def scan(self, text: str) -> None:
        """Scan a code."""

    def open_receive(self) -> None:
        """Go to the devices and open the dialog that receives."""

    def close_receive(self) -> None:
        """Close it and go back to the counter."""

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so."""


@dataclass(frozen=True, slots=True)
class Day:
    """A hall with twenty families, whose sheets were printed beforehand and signed at home."""

    world: World
    pupils: tuple[PupilId, ...]
    sheets: tuple[str, ...]

    def work(self, hands: Hands) -> None:
        """Receive 20, lend 20, return 19 of which one is swapped between siblings, undo the last."""
        hands.open_receive()
        for serial in SERIALS:
            hands.scan(serial)
        hands.until(lambda: self._count("received") == FAMILIES)
        hands.close_receive()
        hands.scan(command_code(Command.LEND))
        for sheet, tag in zip(self.sheets, TAGS, strict=True):
            hands.scan(sheet)
            hands.scan(tag)
        hands.until(lambda: self._count("checked_out") == FAMILIES)
        hands.scan(command_code(Command.RETURN))
        for place in range(FAMILIES):
            if place == EMRE:  # who brings the tablet that his brother borrowed
                for code in (self.sheets[EMRE], TAGS[DENIZ], TAGS[DENIZ]):
                    hands.scan(code)
            elif place == DENIZ:
                hands.scan(TAGS[EMRE])
            elif place != KEEPS:
                hands.scan(TAGS[place])
        hands.until(lambda: self._count("checked_in") == FAMILIES - 1)
        hands.scan(command_code(Command.UNDO))
        hands.until(lambda: self._count("undone") == 1)

    def must_be_told(self) -> None:
        """Compare the base and the ledger with the day, line for line."""
        acts = Tally(row[0] for row in self.world.base.execute("SELECT action FROM ledger_line").fetchall())
        told = {name: acts[name] for name in ("received", "checked_out", "swapped", "checked_in", "undone")}
        assert told == {"received": 20, "checked_out": 20, "swapped": 1, "checked_in": 19, "undone": 1}
        assert self._loans("open") == {(TAGS[LAST_BACK], self.pupils[LAST_BACK]), (TAGS[KEEPS], self.pupils[KEEPS])}
        assert self._loans("exchanged") == {(TAGS[EMRE], self.pupils[EMRE]), (TAGS[DENIZ], self.pupils[DENIZ])}
        swapped = {(TAGS[DENIZ], self.pupils[EMRE]), (TAGS[EMRE], self.pupils[DENIZ])}
        others = {(TAGS[place], self.pupils[place]) for place in range(LAST_BACK) if place not in (EMRE, DENIZ)}
        assert self._loans("returned") == swapped | others
        states = Tally(row[0] for row in self.world.base.execute("SELECT state FROM device").fetchall())
        assert states == {"to_prepare": FAMILIES - 2, "on_loan": 2}
        signed = self.world.base.execute("SELECT count(*) FROM agreement WHERE state = 'signed'").fetchone()
        assert signed[0] == FAMILIES
        checking.check(self.world.session)

    def _count(self, action: str) -> int:
        return int(
            self.world.base.execute("SELECT count(*) FROM ledger_line WHERE action = ?", (action,)).fetchone()[0]
        )

    def _loans(self, state: str) -> set[tuple[str, int]]:
        query = (
            "SELECT device.tag, loan.pupil_id FROM loan JOIN device ON device.id = loan.device_id WHERE loan.state = ?"
        )
        return {(row[0], row[1]) for row in self.world.base.execute(query, (state,)).fetchall()}


def prepared(world: World, folder: Path) -> Day:
    """Return a day to work: pupils of one school, and the codes read off their printed sheets."""
    school = world.school(SCHOOL)
    world.model()
    names = [("Kaya", "Emre") if place == EMRE else ("Kaya", "Deniz") for place in range(FAMILIES)]
    for place in range(FAMILIES):
        if place not in (EMRE, DENIZ):
            names[place] = (f"Martin {place:02d}", "Jules")
    pupils = tuple(world.pupil(family, given, school_id=school) for family, given in names)
    out = folder / "sheets.pdf"
    agreeing.print_sheets(world.session, school=SCHOOL, out=out)
    read = sheets_in(out)
    return Day(world, pupils, tuple(next(code for code in read if code == world.sheet(pupil)) for pupil in pupils))


def sheets_in(path: Path) -> Sequence[str]:
    """Return the codes that a reader sees on the pages of a PDF."""
    with pypdfium2.PdfDocument(path) as document:
        pages = [page.render(scale=203 / 72).to_pil() for page in document]
    bars = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page, formats=bars)]
