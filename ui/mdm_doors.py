"""What is opened from the MDM room: previews, connections, settings, keys, files; the rest of the window goes on."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from tablet_loans.services.minding_mdm import Difference, Errand, Mdm
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.dialogs.mdm_act import MdmActDialog
from ui.dialogs.mdm_connect import MdmConnect
from ui.dialogs.mdm_key import MdmKey
from ui.dialogs.mdm_rules import MdmRulesDialog
from ui.dialogs.receive import Receive
from ui.jobs import Jobs
from ui.message import Message
from ui.widgets.mdm_work import MdmWork
from ui.widgets.screen import Screen

_FOLDER: Final = "mdm/folder"


class MdmDoors(QObject):
    """Each opens a dialog over the screen; `received` tells that the one where devices are received is closed."""

    received = Signal()

    def __init__(self, session: Session, jobs: Jobs, work: MdmWork, screen: Screen) -> None:
        super().__init__(screen)
        self._session, self._jobs, self._work, self._screen = session, jobs, work, screen
        self.receiving: Receive | None = None
        work.key_asked.connect(self.ask_key)

    def preview(self, errands: Sequence[Errand]) -> None:
        """Show what would be asked, unless something is under way."""
        if errands and not self._work.is_busy():
            dialog = MdmActDialog(self._session, self._jobs, errands, parent=self._screen)
            dialog.asked.connect(self._work.ask)
            dialog.open()

    def open_connect(self, known: Mdm | None = None) -> None:
        """Connect an MDM, or one that is connected anew; it can be read at once."""
        dialog = MdmConnect(self._session, self._jobs, known, parent=self._screen)
        dialog.connected.connect(lambda made: self._work.sync([made]))
        dialog.open()

    def ask_to_disconnect(self, name: str) -> None:
        """Ask before an MDM, its key and what it told are forgotten."""
        title = tr("Disconnect {mdm}").format(mdm=name)
        sentence = tr("Its key and what it told are forgotten. The tablets, and what was asked, stay listed.")
        asked = Message(title, sentence, act=tr("Disconnect it"), parent=self._screen.window())
        asked.accepted.connect(partial(self._work.disconnect_mdm, name))
        asked.open()

    def open_rules(self) -> None:
        """Change what is done about tablets that are not enrolled or not released."""
        MdmRulesDialog(self._session, self._jobs, parent=self._screen).open()

    def ask_key(self, name: str) -> None:
        """Ask for the key that nobody keeps."""
        dialog = MdmKey(name, parent=self._screen)
        dialog.given.connect(partial(self._work.give_key, name))
        dialog.rejected.connect(self._work.give_no_key)
        dialog.open()

    def open_receive(self, serial: str) -> None:
        """Receive a device that an MDM knows; its serial number stands in the field once scanning begins."""
        if self.receiving is None:
            screen = self._screen
            self.receiving = Receive(self._session, self._jobs, sounds=screen.sounds, memory=screen.memory,
                                     parent=screen)  # fmt: skip
            self.receiving.finished.connect(self._on_received)
            self.receiving.field.setText(serial)
            self.receiving.open()

    def ask_wipe_list(self, rows: Sequence[Difference]) -> None:
        """Ask where the list of tablets to be wiped goes: those selected, or all that returned and are enrolled."""
        tags = list(dict.fromkeys(row.finding.tag for row in rows if row.finding.tag))
        self._ask(tr("Wipe list"), tr("wipe list"), lambda out: self._work.write_wipe_list(out, tags))

    def ask_export(self, rows: Sequence[Difference]) -> None:
        """Ask where the differences go, as they are listed."""
        self._ask(tr("Export the list"), tr("mdm differences"), lambda out: self._work.export(rows, out))

    def _ask(self, title: str, name: str, act: Callable[[Path], object]) -> None:
        memory = self._screen.memory
        folder = str(memory.value(_FOLDER, "")) if memory is not None else ""
        ask = QFileDialog(self._screen, title, folder, "XLSX (*.xlsx);;CSV (*.csv)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setDefaultSuffix("xlsx")
        ask.selectFile(name)
        ask.filterSelected.connect(lambda chosen: ask.setDefaultSuffix("csv" if "csv" in chosen else "xlsx"))
        ask.fileSelected.connect(lambda path: self._go(act, Path(path)))
        ask.open()

    def _go(self, act: Callable[[Path], object], chosen: Path) -> None:
        if self._screen.memory is not None:
            self._screen.memory.setValue(_FOLDER, str(chosen.parent))
        act(chosen)

    def _on_received(self) -> None:
        self.receiving = None
        self.received.emit()
