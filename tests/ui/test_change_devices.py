"""Many tablets changed at once: what is asked, and the preview that says how many, why not, and which."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tablet_loans.domain.device import DeviceEvent, DeviceFilter, Moved, Place, Remodelled
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.paging import Place as Rows
from tablet_loans.domain.paging import Sort
from tablet_loans.services import enrolling
from tablet_loans.services.changing import Chosen
from tests.builders import World
from tests.services.enrolled import Console, connected, serial_of, told
from ui.dialogs.change_devices import ChangeDevices
from ui.jobs import Jobs
from ui.widgets.chip import Chip

UAI = "0690142" + uai_key("0690142")
Asked = Callable[[], ChangeDevices]


@pytest.fixture
def asked(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Asked:
    def open_dialog() -> ChangeDevices:
        chosen = Chosen(DeviceFilter(), Sort("tag"), (Rows(0, 10),))
        dialog = ChangeDevices(sqlite_world.session, jobs, chosen)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog._preview is not None and bool(dialog._choices.models))
        return dialog

    return open_dialog


class _Opened(QObject):
    """Which kinds of windows were shown."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[type[QObject]] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.kinds.add(type(watched))
        return False


def said(dialog: ChangeDevices) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def is_cut(label: QLabel) -> bool:
    return label.isVisible() and label.height() < label.heightForWidth(label.width())


def test_the_preview_says_how_many_change_and_why_others_cannot(
    qtbot: QtBot, asked: Asked, sqlite_world: World
) -> None:
    lost = [sqlite_world.device(state=state) for state in ("ready", "to_prepare", "lost")][2]
    dialog = asked()
    assert dialog.big.text() == "1 device will change"
    dialog.event_.setCurrentIndex(dialog.event_.findData(DeviceEvent.RETIRED.value))
    qtbot.waitUntil(lambda: dialog.go.text() == "Change 2 devices")
    assert "1 cannot" in said(dialog)
    assert lost in said(dialog)
    qtbot.waitUntil(lambda: not any(map(is_cut, dialog.findChildren(QLabel))))
    dialog.event_.setCurrentIndex(dialog.event_.findData(DeviceEvent.REPAIRED.value))
    qtbot.waitUntil(lambda: dialog.big.text() == "No device would change")
    assert not dialog.go.isEnabled()


def test_no_part_of_the_preview_opens_as_a_window(
    qtbot: QtBot, qapp: QApplication, asked: Asked, sqlite_world: World
) -> None:
    sqlite_world.device(state="lost")
    opened = _Opened()
    qapp.installEventFilter(opened)
    dialog = asked()
    dialog.event_.setCurrentIndex(dialog.event_.findData(DeviceEvent.REPAIRED.value))
    qtbot.waitUntil(lambda: "1 cannot" in said(dialog))
    qapp.removeEventFilter(opened)
    assert not opened.kinds & {Chip, QLabel}


def test_a_depot_a_school_and_a_model_are_asked_for(qtbot: QtBot, asked: Asked, sqlite_world: World) -> None:
    sqlite_world.device()
    sqlite_world.school(UAI, "Collège Les Iris")
    dialog = asked()
    dialog._kinds.button(1).click()
    QTest.keyClicks(dialog.depot, "Vaise")
    assert dialog.wanted() == Moved(Place.DEPOT, depot="Vaise")
    dialog.place.setCurrentIndex(1)
    assert dialog.wanted() is None
    assert not dialog.go.isEnabled()
    dialog.school.click()
    picker = dialog._picker
    assert picker is not None
    qtbot.waitUntil(lambda: picker.list.count() == 1)
    QTest.keyClick(picker.field, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.wanted() == Moved(Place.SCHOOL, school=UAI)
    dialog._kinds.button(2).click()
    assert dialog.wanted() == Remodelled(1, "tablet", "Samsung", "Galaxy Tab A8")
    qtbot.waitUntil(lambda: "1 is so already" in said(dialog))


def test_a_preview_that_comes_late_is_not_that_of_another_change(
    qtbot: QtBot, asked: Asked, sqlite_world: World
) -> None:
    for state in ("ready", "lost", "lost"):
        sqlite_world.device(state=state)
    dialog = asked()
    for event in (DeviceEvent.FOUND, DeviceEvent.RETIRED, DeviceEvent.FOUND):
        dialog.event_.setCurrentIndex(dialog.event_.findData(event.value))
    qtbot.waitUntil(dialog.go.isEnabled)
    with qtbot.waitSignal(dialog.asked) as told:
        dialog.go.click()
    ids, wanted = told.args
    assert (len(ids), wanted.event) == (2, DeviceEvent.FOUND)


def test_the_preview_tells_of_those_that_an_mdm_still_has_an_owner_for(
    qtbot: QtBot, asked: Asked, sqlite_world: World
) -> None:
    tag = sqlite_world.device(state="to_prepare")
    console = Console([told(serial_of(sqlite_world, tag), owner="Jules Martin")])
    enrolling.sync(sqlite_world.session, connected(sqlite_world.session), console)
    dialog = asked()
    qtbot.waitUntil(lambda: dialog.go.text() == "Change 1 device")
    assert "1 not released" in said(dialog)
    assert tag in said(dialog)
