"""Which schools take part in a campaign: all of them, or those chosen by name, or pasted as a column of UAI."""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain import identifiers
from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import serving
from tablet_loans.services.session import Session
from tablet_loans.text import sort_key, tr
from ui import words
from ui.jobs import Jobs, Lane
from ui.widgets.school_choice import SchoolChoice

_HIGH: Final = 132


class CampaignSchools(QWidget):
    """All schools, or a list of some."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._session, self._jobs = session, jobs
        self._names: dict[str, str] = {}
        self._kinds, self.list = QButtonGroup(self), QListWidget()
        self._choice = SchoolChoice(session, jobs, self)
        self.add, self.paste = QPushButton(tr("Add a school…")), QPushButton(tr("Paste UAI codes"))
        self.remove = QPushButton(tr("Remove"))
        self._chosen = QWidget()
        self._build()
        self._kinds.idClicked.connect(lambda _place: self._on_kind())
        self.add.clicked.connect(lambda: self._choice.ask_under(self.add))
        self.paste.clicked.connect(self._on_paste)
        self.remove.clicked.connect(self._on_remove)
        self._choice.chosen.connect(lambda uai: self._on_added([uai]))
        self._choice.failed.connect(self.failed)
        self.list.installEventFilter(self)

    def uais(self) -> tuple[str, ...]:
        """Return the UAI of the schools chosen, none when all take part."""
        return tuple(sorted(self._names)) if self.is_some() else ()

    def is_some(self) -> bool:
        """Say whether only the schools listed take part."""
        return self._kinds.checkedId() == 1

    def is_whole(self) -> bool:
        """Say whether it is known who takes part."""
        return not self.is_some() or bool(self._names)

    def show_uais(self, uais: Sequence[str]) -> None:
        """Show these schools as chosen; all of them when there is none."""
        self._kinds.button(1 if uais else 0).setChecked(True)
        self._names = {}
        self._on_kind()
        if uais:
            self._take(uais)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            self._on_remove()
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        kinds, acts = QHBoxLayout(), QHBoxLayout()
        for place, said in enumerate((tr("All schools"), tr("Chosen schools"))):
            button = QPushButton(said)
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setChecked(place == 0)
            self._kinds.addButton(button, place)
            kinds.addWidget(button)
        kinds.addStretch(1)
        self.list.setAccessibleName(tr("Chosen schools"))
        self.list.setFixedHeight(_HIGH)
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.paste.setToolTip(tr("Take every UAI that was copied, from a column of a spreadsheet for example"))
        for button in (self.add, self.paste, self.remove):
            button.setAutoDefault(False)
            acts.addWidget(button)
        acts.addStretch(1)
        chosen = QVBoxLayout(self._chosen)
        chosen.setContentsMargins(0, 0, 0, 0)
        chosen.addWidget(self.list)
        chosen.addLayout(acts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(kinds)
        layout.addWidget(self._chosen)
        self._chosen.hide()

    def _on_kind(self) -> None:
        self._chosen.setVisible(self.is_some())
        self.changed.emit()

    def _on_paste(self) -> None:
        copied = re.split(r"[\s;,]+", QGuiApplication.clipboard().text())
        self._on_added(code for word in copied if (code := identifiers.uai(word)) is not None)

    def _on_added(self, uais: Iterable[str]) -> None:
        if unknown := [uai for uai in dict.fromkeys(uais) if uai not in self._names]:
            self._take(unknown)

    def _take(self, uais: Sequence[str]) -> None:
        """List these schools at once by their UAI, then by their names."""
        self._names |= dict.fromkeys(uais, "")
        self._show()
        call = partial(serving.schools_known, self._session, tuple(uais))
        self._jobs.run(call, done=self._on_known, failed=self.failed.emit, lane=Lane.READING)

    def _on_known(self, schools: Sequence[SchoolRow]) -> None:
        self._names |= {each.uai: words.joined(each.name, each.commune) for each in schools if each.uai in self._names}
        self._show()

    def _on_remove(self) -> None:
        for item in self.list.selectedItems():
            self._names.pop(str(item.data(Qt.ItemDataRole.UserRole)), None)
        self._show()

    def _show(self) -> None:
        self.list.clear()
        for uai, name in sorted(self._names.items(), key=lambda each: (sort_key(each[1]), each[0])):
            item = QListWidgetItem(words.joined(name, uai))
            item.setData(Qt.ItemDataRole.UserRole, uai)
            self.list.addItem(item)
        self._kinds.button(1).setText(
            tr("Chosen schools  {count}").format(count=words.number(len(self._names)))
            if self._names
            else tr("Chosen schools")
        )
        self.changed.emit()
