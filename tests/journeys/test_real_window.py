"""The real program, its real window, a real keyboard: what the base tells afterwards."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import opening
from tablet_loans.storage import settings
from tests.builders import World
from tests.journeys import day
from tests.journeys.xvfb import SCAN_GAP_MS, Desk, desk, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is a screen of Linux alone.")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of a base in a file."""
    return str(tmp_path / "base.sqlite")


@pytest.fixture
def hall(url: str) -> Iterator[World]:
    """Return a base with an open campaign, which another process may open too."""
    opening.create_base(url, is_encrypted=False)
    with opening.closing(opening.open_session(url)) as session:
        world = World(session)
        settings.write(session.base, scan_gap_ms=SCAN_GAP_MS)
        world.campaign(due_on=session.today().replace(year=session.today().year + 1, day=1))
        yield world


def lent(world: World, pupil: PupilId) -> list[str]:
    """Return the tags of a pupil's open loans."""
    query = (
        "SELECT device.tag FROM loan JOIN device ON device.id = loan.device_id"
        " WHERE loan.pupil_id = ? AND loan.state = 'open' ORDER BY device.tag"
    )
    return [str(row[0]) for row in world.base.execute(query, (pupil,)).fetchall()]


def acts(world: World) -> list[str]:
    """Return the actions of the ledger, the oldest first."""
    rows = world.base.execute("SELECT action FROM ledger_line ORDER BY station, sequence").fetchall()
    return [str(row[0]) for row in rows]


def test_a_card_and_a_tag_lend(tmp_path: Path, url: str, hall: World) -> None:
    pupil, tag = hall.pupil(), hall.device()
    with desk(tmp_path, url) as window:
        window.scan(pupil_card(pupil))
        window.scan(tag)
        until(lambda: lent(hall, pupil) == [tag])
    assert acts(hall).count("checked_out") == 1


_RECEIVE = "Recevoir des tablettes|Receive tablets"


class RealHands:
    """A scanner and a few keys in front of the real window."""

    def __init__(self, window: Desk) -> None:
        self._window = window

    def scan(self, text: str) -> None:
        """Scan a code, and rest as long as a hand needs for the next one: never twice the same within a second."""
        if text == self._last:
            Event().wait(1.2)
        self._last = text
        self._window.scan(text)

    def open_receive(self) -> None:
        """Go to the devices and open the dialog that receives."""
        self._window.strike("ctrl+9", "ctrl+n")
        self._window.wait_for_window(_RECEIVE)

    def close_receive(self) -> None:
        """Close it and go back to the counter."""
        self._window.leave(_RECEIVE)
        self._window.wait_for_window()
        self._window.strike("ctrl+1")

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so."""
        until(is_so)

    _last = ""


def test_a_day_of_twenty_families_is_told_exactly(tmp_path: Path, url: str, hall: World) -> None:
    work = day.prepared(hall, tmp_path)
    with desk(tmp_path, url) as window:
        work.work(RealHands(window))
    work.must_be_told()


@pytest.mark.parametrize("layout", ["us", "fr"])
def test_a_window_that_stalls_in_a_scan_loses_no_key(tmp_path: Path, url: str, hall: World, layout: str) -> None:
    pupil, tag = hall.pupil(), hall.device()
    with desk(tmp_path, url) as window:
        window.set_layout(layout)
        window.scan(pupil_card(pupil))
        window.scan_while_it_stalls(tag, after=4)
        until(lambda: lent(hall, pupil) == [tag])
