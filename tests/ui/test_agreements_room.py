"""The room of agreements: counted by school, printed into a paper, scanned back signed, and taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tablet_loans.domain.barcode import Command, command_code
from tablet_loans.domain.errors import UnknownLoan
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.oversight import PaperCount
from tablet_loans.domain.trouble import BaseTrouble
from tablet_loans.services import agreeing, campaigning, lending, overseeing
from tests.builders import CAMPAIGN, World
from tests.services.documents import pages_of
from tests.services.piled import joined, pictures_of, scanned
from ui import theme
from ui.dialogs.edit_wording import EditWording
from ui.dialogs.file_sheets import FileSheets
from ui.dialogs.paper_preview import PaperPreview
from ui.dialogs.print_agreements import PrintAgreements, What
from ui.dialogs.write_letters import WriteLetters
from ui.jobs import Jobs
from ui.screens.agreements import Agreements
from ui.theme import Tone
from ui.widgets.agreement_table import Segment
from ui.widgets.agreement_work import PrintOrder

IRIS = "0690142E"
Opened = Callable[[], Agreements]


@pytest.fixture
def loans(sqlite_world: World, tmp_path: Path) -> list[str]:
    """Return the loans of two schools: three at the first, two of them printed, and one at the second."""
    iris, canuts = sqlite_world.school(IRIS, "Collège Les Iris"), sqlite_world.school(name="Lycée Les Canuts")
    pupils = [sqlite_world.pupil(name, school_id=iris) for name in ("Abel", "Benali", "Costa")]
    pupils.append(sqlite_world.pupil("Zola", school_id=canuts, class_name="2de 1"))
    made = [
        lending.check_out(sqlite_world.session, code=sqlite_world.device(), pupil_id=pupil).value.number
        for pupil in pupils
    ]
    agreeing.print_agreements(sqlite_world.session, LoanFilter(numbers=tuple(made[:2])), tmp_path / "two.pdf")
    waiting = sqlite_world.pupil("Diallo", school_id=canuts, class_name="2de 1")
    (campaign,) = sqlite_world.base.execute("SELECT id FROM campaign").fetchone()
    values = "(campaign_id, pupil_id, state, kind, features, home) VALUES (?, ?, 'promised', 'tablet', '[]', '')"
    with sqlite_world.base.atomic():
        sqlite_world.base.execute(f"INSERT INTO reservation {values}", (campaign, waiting))
    return made


@pytest.fixture
def memory(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs, memory: QSettings) -> Opened:
    def open_room() -> Agreements:
        theme.apply(QGuiApplication.instance(), theme.Scheme.LIGHT)  # type: ignore[arg-type]
        room = Agreements(sqlite_world.session, jobs)
        room.memory = memory
        qtbot.addWidget(room)
        room.resize(1072, 760)
        room.show()
        room.activateWindow()
        return room

    return open_room


@pytest.fixture
def room(loans: list[str], opened: Opened, qtbot: QtBot) -> Agreements:
    """Return the room with its two schools read."""
    assert loans
    made = opened()
    qtbot.waitUntil(lambda: len(made.model.rows) == 2)
    return made


def beside(room: Agreements, qtbot: QtBot, uai: str = IRIS) -> None:
    """Choose a school, and wait for its panel."""
    room.table.choose(room.model.place_of(uai))
    qtbot.waitUntil(lambda: room.panel.school is not None and room.panel.school.uai == uai and room.panel.isVisible())


def settled(room: Agreements, qtbot: QtBot) -> None:
    qtbot.waitUntil(room.signing.turns.is_quiet)


def count_of(room: Agreements, uai: str = IRIS) -> PaperCount:
    return next(row.count for row in room.model.every() if row.uai == uai)


def test_each_school_has_a_line_and_the_button_says_what_is_to_print(room: Agreements) -> None:
    assert count_of(room) == PaperCount(0, 0, 3, 2, 0)
    assert [row.count.to_print for row in room.model.every()] == [0, 1]
    assert "1" in room.head.print_.text()
    assert room.head.print_.isEnabled()


def test_a_part_and_a_search_narrow_the_list_and_are_remembered(
    room: Agreements, sqlite_world: World, loans: list[str], opened: Opened, qtbot: QtBot, tmp_path: Path
) -> None:
    agreeing.print_agreements(sqlite_world.session, LoanFilter(numbers=(loans[2],)), tmp_path / "third.pdf")
    room.read_again()
    qtbot.waitUntil(lambda: room.model.every()[0].count.on_no_paper == 0)
    room.tools.turn_to(Segment.TO_PRINT)
    assert [row.name for row in room.model.listed()] == ["Lycée Les Canuts"]
    again = opened()
    qtbot.waitUntil(lambda: bool(again.model.rows))
    assert again.tools.shown().segment is Segment.TO_PRINT
    assert len(again.model.rows) == 1
    room.tools.turn_to(Segment.UNSIGNED)
    room.tools.search.setText("iris")
    qtbot.waitUntil(lambda: len(room.model.rows) == 1)
    assert "3" in room.head.print_.text()
    room.tools.search.setText("nobody")
    qtbot.waitUntil(lambda: not room.model.rows)
    assert not room.head.print_.isEnabled()


def test_a_title_orders_and_rows_are_copied(room: Agreements) -> None:
    room.table.order_by("unsigned", is_descending=True)
    assert [row.count.unsigned for row in room.model.listed()] == [3, 1]
    room.table.choose(0)
    QTest.keyClick(room.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    title, line = QGuiApplication.clipboard().text().splitlines()
    assert len(title.split("\t")) == len(line.split("\t"))
    assert line.startswith("Collège Les Iris\t")


def test_a_scan_closes_an_agreement_and_says_whose_it_is(room: Agreements, loans: list[str], qtbot: QtBot) -> None:
    beside(room, qtbot)
    room.tools.search.setFocus()
    room.take_scan(loans[0])
    settled(room, qtbot)
    said = room.card.said
    assert (said.big, said.tone) == ("ABEL Inès", Tone.OK)
    assert "Collège Les Iris" in said.line
    qtbot.waitUntil(lambda: count_of(room).signed == 1)
    qtbot.waitUntil(lambda: len(room.panel.loan_model.rows) == 2)
    assert room.tools.search.hasFocus()
    before = room.card.said.line
    for _ in range(2):
        room.take_double(loans[0])
    assert room.card.said.line.startswith(before)
    assert room.card.said.line.count("Read twice") == 1
    room.take_scan(loans[0])
    settled(room, qtbot)
    assert (room.card.said.big, room.card.said.tone) == ("ABEL Inès", Tone.WARN)


def test_the_last_one_is_taken_back_by_the_keys_and_by_a_code(room: Agreements, loans: list[str], qtbot: QtBot) -> None:
    for loan in loans[:2]:
        room.take_scan(loan)
    room.take_scan(command_code(Command.UNDO))
    settled(room, qtbot)
    assert room.card.said.big == "BENALI Inès"
    QTest.keyClick(room, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settled(room, qtbot)
    assert room.card.said.big == "ABEL Inès"
    qtbot.waitUntil(lambda: count_of(room).signed == 0)
    room.signing.undo()
    settled(room, qtbot)
    assert room.card.said.tone is Tone.BAD


def test_what_is_refused_stands_on_the_big_line_and_the_next_scan_goes_on(
    room: Agreements, sqlite_world: World, loans: list[str], qtbot: QtBot
) -> None:
    unlent = sqlite_world.sheet(sqlite_world.pupil("Morel"))
    spoken = []
    for code in ("20-ZZ-0001", sqlite_world.device(), unlent):
        room.take_scan(code)
        settled(room, qtbot)
        assert room.card.said.tone is Tone.BAD
        spoken.append(room.card.said.big)
    assert len(set(spoken)) == 3
    assert UnknownLoan(loan="20-ZZ-0001").spoken() not in room.card.said.line
    room.take_scan(loans[3])
    settled(room, qtbot)
    assert room.card.said.big == "ZOLA Inès"


def test_a_hundred_sheets_in_a_row_are_all_closed(room: Agreements, sqlite_world: World, qtbot: QtBot) -> None:
    school = sqlite_world.school(name="Collège Les Pins")
    numbers = []
    for place in range(100):
        pupil = sqlite_world.pupil(f"Élève{place:03}", school_id=school)
        numbers.append(lending.check_out(sqlite_world.session, code=sqlite_world.device(), pupil_id=pupil).value.number)
    for number in numbers:
        room.take_scan(number)
    assert room.unanswered() > 0
    settled(room, qtbot)
    assert room.unanswered() == 0
    qtbot.waitUntil(lambda: sum(row.count.signed for row in room.model.every()) == 100)


def test_space_marks_one_seen_signed_and_stays_in_the_list(room: Agreements, qtbot: QtBot) -> None:
    beside(room, qtbot)
    room.panel.take_focus()
    room.panel.loans.choose(0)
    QTest.keyClick(room.panel.loans, Qt.Key.Key_Space)
    settled(room, qtbot)
    assert room.card.said.tone is Tone.OK
    qtbot.waitUntil(lambda: len(room.panel.loan_model.rows) == 2)
    assert room.panel.loans.currentIndex().row() == 0
    assert room.panel.loans.hasFocus()


@pytest.mark.parametrize("height", [560, 680, 760, 1000])
def test_the_classes_never_lie_over_their_buttons(
    room: Agreements, sqlite_world: World, qtbot: QtBot, height: int
) -> None:
    (iris,) = sqlite_world.base.execute("SELECT id FROM school WHERE uai = ?", (IRIS,)).fetchone()
    for number in range(9):
        pupil = sqlite_world.pupil(f"Élève {number}", school_id=iris, class_name=f"6e {number}")
        lending.check_out(sqlite_world.session, code=sqlite_world.device(), pupil_id=pupil, is_signed=True)
    room.resize(1072, height)
    room.read_again()
    qtbot.waitUntil(lambda: count_of(room).lent == 12)
    beside(room, qtbot)
    panel = room.panel
    qtbot.waitUntil(lambda: len(panel.class_model.rows) == 10)
    qtbot.waitUntil(lambda: panel.classes.geometry().bottom() < panel.print_.geometry().top())
    qtbot.waitUntil(lambda: panel._class_part.geometry().bottom() < panel._loan_part.geometry().top())


def test_a_school_that_is_all_signed_says_so(room: Agreements, loans: list[str], qtbot: QtBot) -> None:
    for loan in loans[:3]:
        room.take_scan(loan)
    settled(room, qtbot)
    beside(room, qtbot)
    qtbot.waitUntil(lambda: not room.panel.loans.isVisible())


def test_what_is_asked_is_printed_and_shown(
    room: Agreements, sqlite_world: World, memory: QSettings, qtbot: QtBot
) -> None:
    beside(room, qtbot)
    assert "1" in room.head.print_.text()
    QTest.keyClick(room, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = room.findChild(PrintAgreements)
    assert dialog is not None
    assert dialog.what() is What.NEW_LOANS
    dialog.languages["en"].setChecked(True)
    with qtbot.waitSignal(room.work.printed, timeout=30_000) as printed:
        dialog.go.click()
    paper, name = printed.args or [Path(), ""]
    assert len(pages_of(paper)) == 4
    assert name == "agreements Collège Les Iris.pdf"
    preview = room.findChild(PaperPreview)
    assert preview is not None
    assert preview.view.has_paper()
    assert str(memory.value("agreements/languages")) == "fr,en"
    room.refresh()
    qtbot.waitUntil(lambda: count_of(room).printed == 3)
    preview.take_scan(overseeing.papers_of(sqlite_world.session, CAMPAIGN, IRIS).unsigned[0].loan)
    settled(room, qtbot)
    assert room.card.said.tone is Tone.OK
    preview.close()


def test_one_file_a_school_goes_into_a_folder_and_is_told(room: Agreements, tmp_path: Path, qtbot: QtBot) -> None:
    room.work.print_order(PrintOrder(CAMPAIGN, "all.pdf", folder=tmp_path / "by-school"))
    assert room.work.strip.isVisible()
    qtbot.waitUntil(lambda: not room.work.is_busy(), timeout=30_000)
    assert len(list((tmp_path / "by-school").glob("*.pdf"))) == 2
    assert room.banner.isVisible()
    qtbot.waitUntil(lambda: count_of(room).printed == 3)


def test_a_folder_that_cannot_be_is_told_and_all_goes_on(room: Agreements, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("x")
    room.work.print_order(PrintOrder(CAMPAIGN, "all.pdf", folder=tmp_path / "file" / "under"))
    qtbot.waitUntil(lambda: not room.work.is_busy(), timeout=30_000)
    assert room.banner.isVisible()
    assert room.head.print_.isEnabled()


def test_blank_forms_and_lists_become_papers(room: Agreements, qtbot: QtBot) -> None:
    room.head.blank.trigger()
    dialog = room.findChild(PrintAgreements)
    assert dialog is not None
    dialog.forms.setText("2")
    with qtbot.waitSignal(room.work.printed, timeout=30_000) as printed:
        dialog.go.click()
    assert len(pages_of((printed.args or [Path()])[0])) == 4
    with qtbot.waitSignal(room.work.printed, timeout=30_000) as printed:
        room.head.lists[0].trigger()
    assert pages_of((printed.args or [Path()])[0])
    room.work.print_order(PrintOrder(CAMPAIGN, "none.pdf", blank=0))
    qtbot.waitUntil(lambda: not room.work.is_busy(), timeout=30_000)
    assert room.banner.isVisible()
    assert sum(isinstance(each, PaperPreview) and each.isVisible() for each in room.children()) == 1


def test_a_scan_is_kept_with_its_loan_and_can_be_taken_back(
    room: Agreements, loans: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    (page,) = pictures_of(tmp_path / "two.pdf")[:1]
    with qtbot.waitSignal(room.work.attached, timeout=30_000):
        room.work.attach(loans[0], joined([scanned(page)], tmp_path / "scan.pdf"))
    assert (room.card.said.big, room.card.said.tone) == ("ABEL Inès", Tone.OK)
    qtbot.waitUntil(lambda: count_of(room).signed == 1)
    room.signing.undo()
    settled(room, qtbot)
    qtbot.waitUntil(lambda: count_of(room).signed == 0)
    room.work.attach(loans[1], tmp_path / "scan.pdf")
    qtbot.waitUntil(lambda: not room.work.is_busy(), timeout=30_000)
    assert room.banner.isVisible()


def test_a_campaign_that_closes_prints_nothing_beforehand(
    sqlite_world: World, loans: list[str], opened: Opened, qtbot: QtBot
) -> None:
    assert loans
    campaigning.close(sqlite_world.session, CAMPAIGN)
    room = opened()
    qtbot.waitUntil(lambda: len(room.model.rows) == 2)
    room.head.print_.click()
    dialog = room.findChild(PrintAgreements)
    assert dialog is not None
    assert not dialog.whats[What.NEW_SHEETS].isEnabled()
    assert not dialog.whats[What.BLANK].isEnabled()
    assert dialog.what() is What.NEW_LOANS
    dialog.reject()


def test_without_any_agreement_the_next_step_is_said(opened: Opened, qtbot: QtBot) -> None:
    room = opened()
    qtbot.waitUntil(lambda: room.campaign.chosen() is not None and not room._is_reading)
    assert room._empty.isVisible()
    assert not room.head.print_.isEnabled()


def test_a_paper_that_is_damaged_is_told_in_its_window(qtbot: QtBot, tmp_path: Path, memory: QSettings) -> None:
    file = tmp_path / "broken.pdf"
    file.write_bytes(b"%PDF-1.4 nothing")
    preview = PaperPreview(file, "broken.pdf", memory=memory)
    qtbot.addWidget(preview)
    preview.show()
    assert preview.banner.isVisible()
    assert not preview.view.has_paper()
    preview.reject()
    assert memory.value("papers/preview") is not None


def test_a_base_that_is_away_holds_the_scans_until_it_is_tried_again(
    room: Agreements, loans: list[str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(overseeing, "sign_scanned", _away)
        for loan in loans[:2]:
            room.take_scan(loan)
        qtbot.waitUntil(room.is_held)
    assert room.unanswered() == 2
    assert room.banner.isVisible()
    room.signing.turns.try_again()
    settled(room, qtbot)
    assert room.unanswered() == 0
    qtbot.waitUntil(lambda: count_of(room).signed == 2)


def _away(_session: object, _code: str) -> None:
    raise BaseTrouble(reason="the server is away")


@pytest.mark.parametrize(
    ("asked", "window"), [("letters", WriteLetters), ("filing", FileSheets), ("wording", EditWording)]
)
def test_what_is_seldom_asked_has_a_window_of_its_own(room: Agreements, asked: str, window: type[QWidget]) -> None:
    getattr(room.head, asked).trigger()
    opened = room.findChild(window)
    assert opened is not None
    assert opened.isVisible()
    opened.close()
