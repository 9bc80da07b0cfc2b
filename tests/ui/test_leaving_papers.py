"""Papers and the window: closing asks before it stops or loses any, and a scan is not typed where it means nothing."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tablet_loans.domain.clause import Group
from tablet_loans.services import lending
from tests.builders import CAMPAIGN, World
from tests.ui.test_main_window import question, said
from ui.dialogs.edit_wording import EditWording
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.screens.agreements import Agreements
from ui.screens.labels import Labels
from ui.widgets.agreement_work import PrintOrder


@pytest.fixture
def window(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> MainWindow:
    made = MainWindow(sqlite_world.session, jobs)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    return made


@pytest.fixture
def labels(qtbot: QtBot, sqlite_world: World, window: MainWindow) -> Labels:
    """Return the room of labels with one tablet in its list."""
    tag = sqlite_world.device()
    room = window.screen_of("labels")
    assert isinstance(room, Labels)
    room.take_scan(tag)
    qtbot.waitUntil(room.printing.go.isEnabled)
    return room


@pytest.fixture
def editor(qtbot: QtBot, sqlite_world: World, window: MainWindow, jobs: Jobs) -> EditWording:
    """Return the editor of the clauses over the window, its first preview made."""
    dialog = EditWording(sqlite_world.session, jobs, CAMPAIGN, parent=window)
    dialog.show()
    dialog.activateWindow()
    with qtbot.waitSignal(dialog.paper.shown, timeout=20_000):
        pass
    return dialog


def words(dialog: EditWording) -> str:
    return dialog.clause.text.toPlainText()


def test_labels_being_written_are_asked_about_and_staying_writes_them(
    qtbot: QtBot, window: MainWindow, labels: Labels, tmp_path: Path
) -> None:
    labels.printing.save_to(tmp_path / "mine.pdf")
    assert not window.close()
    assert "The labels are still being written" in said(window)
    asked = question(window)
    assert asked is not None
    QTest.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not labels.printing.is_busy(), timeout=30_000)
    assert (tmp_path / "mine.pdf").is_file()
    assert window.isVisible()
    assert window.close()


def test_leaving_stops_what_is_printed_and_marks_nothing(qtbot: QtBot, window: MainWindow, sqlite_world: World) -> None:
    lending.check_out(sqlite_world.session, code=sqlite_world.device(), pupil_id=sqlite_world.pupil())
    room = window.screen_of("agreements")
    assert isinstance(room, Agreements)
    room.work.print_order(PrintOrder(CAMPAIGN, "all.pdf"))
    assert not window.close()
    asked = question(window)
    assert asked is not None
    asked.accept()
    qtbot.waitUntil(window.isHidden)
    qtbot.waitUntil(lambda: not room.work.is_busy(), timeout=30_000)
    assert sqlite_world.base.execute("SELECT count(*) FROM agreement").fetchone()[0] == 0


def test_a_clause_that_is_not_saved_is_asked_about_before_the_window_closes(
    qtbot: QtBot, window: MainWindow, editor: EditWording
) -> None:
    editor.groups.choose(Group.DEPOSIT)
    editor.clause.text.insertPlainText("Rien n’est demandé. ")
    assert not window.close()
    asked = question(window)
    assert asked is not None
    QTest.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: question(window) is None)
    assert words(editor).startswith("Rien")
    assert not window.close()
    asked = question(window)
    assert asked is not None
    asked.accept()
    qtbot.waitUntil(window.isHidden)


def test_a_scan_over_the_clauses_is_told_and_changes_none(window: MainWindow, editor: EditWording) -> None:
    before = words(editor)
    window._on_scanned("ML-000001-3")
    assert editor.banner.isVisible()
    assert words(editor) == before


def test_what_the_dialog_says_already_stays_when_a_scan_comes(window: MainWindow, editor: EditWording) -> None:
    editor.banner.tell("as it was")
    window._on_scanned("ML-000001-3")
    assert editor.banner._words.text() == "as it was"


def test_a_scan_over_a_dialog_without_a_banner_is_no_bug(window: MainWindow, qtbot: QtBot) -> None:
    dialog = QDialog(window)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    window._on_scanned("ML-000001-3")
    assert dialog.isVisible()


def test_where_it_is_narrow_the_text_and_its_preview_take_turns(qtbot: QtBot, editor: EditWording) -> None:
    assert editor.clause.isVisible() and editor.paper.isVisible() and not editor.look.isVisible()
    editor.resize(880, 400)
    qtbot.waitUntil(editor.look.isVisible)
    qtbot.waitUntil(lambda: editor.minimumSizeHint().width() <= 640)
    editor.resize(640, 400)
    assert editor.width() == 640
    assert editor.clause.isVisible() and not editor.paper.isVisible()
    editor.look.click()
    assert editor.paper.isVisible() and not editor.clause.isVisible()
