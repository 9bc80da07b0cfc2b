"""The head of the MDM room: its title, the MDMs as chips, a menu for what is seldom done, and Synchronise."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from tablet_loans.services.minding_mdm import Mdm
from tablet_loans.text import tr, trn
from ui import icons, words
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.flow import Flow
from ui.widgets.mdm_words import provider_words

_HIGH: Final = 34


class MdmHead(QWidget):
    """What is asked for here is a signal; the chips tell each MDM's last news."""

    connect_asked = Signal()
    disconnect_asked = Signal(str)
    reconnect_asked = Signal(str)
    rules_asked = Signal()
    sync_asked = Signal()
    dry_run_asked = Signal()
    wipe_list_asked = Signal()
    export_asked = Signal()

    def __init__(self, *, may_administer: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_administer = may_administer
        self._is_busy = False
        self.mdms: Sequence[Mdm] = ()
        self.chips: list[Chip] = []
        self._places: list[QWidget] = []
        self.title = QLabel(tr("MDM"))
        self.title.setObjectName("title")
        self.title.setMinimumHeight(_HIGH)
        self.more = QPushButton(icons.icon("dots-three"), "")
        self.more.setAccessibleName(tr("More"))
        self.more.setToolTip(tr("More"))
        self.sync = QPushButton(tr("Synchronise"))
        self.sync.setObjectName("primary")
        self.sync.setToolTip(tr("Read the MDMs and compare ({keys})").format(keys="Ctrl+R"))
        self.sync.clicked.connect(self.sync_asked)
        self._fill_menu()
        self._flow = Flow(10, self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._arrange()

    def show_mdms(self, mdms: Sequence[Mdm]) -> None:
        """Show the MDMs, and since when each is known."""
        self.mdms = mdms
        for place in self._places:
            place.hide()
            place.deleteLater()
        self.chips = [_chip(each, self) for each in mdms]
        self._fill_menu()
        self._arrange()
        self.hold(is_busy=self._is_busy)

    def hold(self, *, is_busy: bool) -> None:
        """Ask for nothing more while something is under way."""
        self._is_busy = is_busy
        has_mdm = bool(self.mdms)
        self.sync.setVisible(has_mdm)
        self.sync.setEnabled(has_mdm and not is_busy)
        for needing in self._needing:
            needing.setEnabled(has_mdm and not is_busy)
        for asked in self._administering:
            asked.setEnabled(not is_busy)

    def _arrange(self) -> None:
        while self._flow.takeAt(0) is not None:
            pass
        self._flow.addWidget(self.title)
        self._places = [_in_the_middle(chip, self) for chip in self.chips]
        for place in self._places:
            self._flow.addWidget(place)
            place.show()
        self._flow.push()
        self._flow.addWidget(self.more)
        self._flow.addWidget(self.sync)
        self._flow.invalidate()
        self.updateGeometry()

    def _fill_menu(self) -> None:
        menu = QMenu(self.more)
        said = tr("What a synchronisation would change")
        self._needing: list[QAction] = [
            menu.addAction(said, self.dry_run_asked.emit),
            menu.addAction(tr("Wipe list for the MDM’s own console…"), self.wipe_list_asked.emit),
            menu.addAction(tr("Export the list…"), QKeySequence("Ctrl+E"), self.export_asked.emit),
        ]
        self._administering: list[QAction] = []
        if self._may_administer:
            menu.addSeparator()
            self._administering.append(menu.addAction(tr("Connect an MDM…"), self.connect_asked.emit))
            for each in self.mdms:
                under = menu.addMenu(each.name)
                self._administering += [
                    under.addAction(tr("Connect it anew…"), partial(self.reconnect_asked.emit, each.name)),
                    under.addAction(tr("Disconnect it…"), partial(self.disconnect_asked.emit, each.name)),
                ]
            menu.addSeparator()
            self._administering.append(menu.addAction(tr("Settings of this room…"), self.rules_asked.emit))
        if (before := self.more.menu()) is not None:
            before.deleteLater()
        self.more.setMenu(menu)


def _chip(mdm: Mdm, parent: QWidget) -> Chip:
    chip = Chip(parent)
    if not mdm.is_read:
        state, tone = tr("never read to its end"), Tone.WARN
    elif mdm.is_unfinished:
        state, tone = tr("stopped before the end"), Tone.WARN
    else:
        last = max((each for each in (mdm.read_at, mdm.changed_at) if each is not None), default=None)
        state, tone = words.day_and_time(last) if last else tr("read"), Tone.OK
    chip.say(f"{mdm.name} · {state}", tone)
    counted = trn("{count} device told", "{count} devices told", mdm.devices)
    chip.setToolTip(words.joined(provider_words(mdm.provider), counted.format(count=words.number(mdm.devices))))
    return chip


def _in_the_middle(chip: Chip, parent: QWidget) -> QWidget:
    """Return the chip at half the height of the title beside it."""
    place = QWidget(parent)
    place.setFixedHeight(_HIGH)
    row = QHBoxLayout(place)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
    return place
