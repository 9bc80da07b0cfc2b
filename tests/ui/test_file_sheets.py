"""Scanned agreements filed in the window: seen first, filed then, by hand where no code tells."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.filing import FiledPage, PageFate
from tests.builders import World
from tests.services.piled import joined, scanned, spoilt
from tests.services.test_filing import kept, lent, states
from ui.dialogs.file_sheets import FileSheets
from ui.jobs import Jobs


@pytest.fixture
def filer(qtbot: QtBot, sqlite_world: World) -> FileSheets:
    jobs = Jobs(sqlite_world.session)
    dialog = FileSheets(sqlite_world.session, jobs)
    qtbot.addWidget(dialog, before_close_func=lambda _widget: jobs.shut_down())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    dialog.show()
    return dialog


def read(qtbot: QtBot, dialog: FileSheets, *paths: Path) -> None:
    with qtbot.waitSignal(dialog.apart.done, timeout=30_000):
        dialog.take_files(paths)


def rows(dialog: FileSheets) -> list[FiledPage]:
    return [row for row in dialog.model.rows if isinstance(row, FiledPage)]


def test_a_pile_is_seen_then_filed_and_the_spoilt_page_is_named_by_hand(
    qtbot: QtBot, filer: FileSheets, sqlite_world: World, tmp_path: Path
) -> None:
    (one, two), pages = lent(sqlite_world, ("Abel", "Brun"), tmp_path)
    pile = [scanned(pages[0]), scanned(pages[1]), scanned(spoilt(pages[2]), 180), scanned(pages[3])]
    read(qtbot, filer, joined(pile, tmp_path / "pile.pdf"))
    assert kept(sqlite_world) == []
    assert [(row.page, row.fate) for row in rows(filer)] == [
        (3, PageFate.UNREADABLE), (1, PageFate.FILED), (2, PageFate.FILED), (4, PageFate.FILED),
    ]  # fmt: skip
    qtbot.waitUntil(lambda: not filer.panel.look.pixmap().isNull())
    filer.panel.turn_page()
    filer.panel.turn_page()
    filer.panel.field.setText("20-ZZ-9999")
    filer.panel.file.click()
    qtbot.waitUntil(filer.banner.isVisible)
    assert kept(sqlite_world) == []
    filer.take_scan(two)
    qtbot.waitUntil(lambda: kept(sqlite_world) == [(two, 1)])
    qtbot.waitUntil(lambda: rows(filer)[0].loan == two)
    assert not filer.banner.isVisible()
    with qtbot.waitSignal(filer.apart.done, timeout=30_000):
        filer.go.click()
    assert kept(sqlite_world) == [(one, 1), (one, 2), (two, 1), (two, 2)]
    assert states(sqlite_world) == {one: "signed", two: "signed"}
    assert [row.fate for row in rows(filer)].count(PageFate.UNREADABLE) == 0
    assert not filer.go.isVisible()


def test_what_is_kept_is_opened(qtbot: QtBot, filer: FileSheets, sqlite_world: World, tmp_path: Path) -> None:
    from ui.dialogs.paper_preview import PaperPreview

    _, pages = lent(sqlite_world, ("Abel",), tmp_path)
    read(qtbot, filer, joined(pages, tmp_path / "pile.pdf"))
    with qtbot.waitSignal(filer.apart.done, timeout=30_000):
        filer.go.click()
    filer.panel.open.click()
    qtbot.waitUntil(lambda: bool(filer.findChildren(PaperPreview)))
    assert filer.findChildren(PaperPreview)[0].view.document.pageCount() == 2


def test_files_are_dropped_and_others_are_not_taken(
    qtbot: QtBot, filer: FileSheets, sqlite_world: World, tmp_path: Path
) -> None:
    _, pages = lent(sqlite_world, ("Abel",), tmp_path)
    path = joined(pages, tmp_path / "pile.pdf")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)), QUrl.fromLocalFile(str(tmp_path / "list.csv"))])
    none = Qt.KeyboardModifier.NoModifier
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none)
    with qtbot.waitSignal(filer.apart.done, timeout=30_000):
        filer.dropEvent(drop)
    assert len(rows(filer)) == 2


def test_a_file_that_is_no_pile_is_said_and_nothing_is_shown(qtbot: QtBot, filer: FileSheets, tmp_path: Path) -> None:
    path = tmp_path / "words.pdf"
    path.write_text("not a pile")
    with qtbot.waitSignal(filer.apart.failed, timeout=30_000):
        filer.take_files([path])
    assert filer.banner.isVisible()
    assert filer.report is None


def test_reading_is_stopped_by_escape(qtbot: QtBot, filer: FileSheets, sqlite_world: World, tmp_path: Path) -> None:
    _, pages = lent(sqlite_world, ("Abel",), tmp_path)
    path = joined([scanned(page, seed=seed) for seed in range(20) for page in pages], tmp_path / "pile.pdf")
    with qtbot.waitSignal(filer.apart.stopped, timeout=30_000):
        filer.take_files([path])
        QTest.keyClick(filer, Qt.Key.Key_Escape)
    assert filer.isVisible()
    assert not filer.work.isVisible()
