"""The clauses of an agreement as a list: which are changed, which are not the usual text, which cannot be printed."""

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from tablet_loans.domain.clause import Clause, Group
from tablet_loans.text import tr
from ui import icons, theme
from ui.theme import Tone

_ICON: Final = QSize(16, 16)
_GROUP: Final = Qt.ItemDataRole.UserRole


class WordingGroups(QListWidget):
    """One line a clause; `chosen` gives its group."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Clauses"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        room = QPixmap(_ICON)
        room.fill(Qt.GlobalColor.transparent)
        self._none = QIcon(room)
        self.setIconSize(_ICON)
        for place, group in enumerate(Group):
            self.addItem(QListWidgetItem())
            self.item(place).setData(_GROUP, group)
        self.currentRowChanged.connect(lambda place: self.chosen.emit(self.item(place).data(_GROUP)))

    def choose(self, group: Group) -> None:
        """Choose the line of a group."""
        self.setCurrentRow(list(Group).index(group))

    def group(self) -> Group:
        """Return the group chosen, the first one when none is."""
        return list(Group)[max(0, self.currentRow())]

    def show_clauses(
        self, clauses: Sequence[Clause], *, wrong: Collection[Group], changed: Collection[Group], own: Collection[Group]
    ) -> None:
        """Show the titles, each with the one thing to know of it."""
        titles = {each.group: each.title for each in clauses}
        with QSignalBlocker(self):
            for place, group in enumerate(Group):
                said, icon, tone = "", "", Tone.PLAIN
                if group in wrong:
                    said, icon, tone = tr("to be corrected"), "warning", Tone.BAD
                elif group in changed:
                    said, icon, tone = tr("changed"), "pencil-simple", Tone.ACCENT
                elif group in own:
                    said, icon, tone = tr("not the usual text"), "asterisk", Tone.SOFT
                self._show(self.item(place), f"{place + 1}. {titles.get(group, '')}", said, icon, tone)

    def _show(self, item: QListWidgetItem, title: str, said: str, icon: str, tone: Tone) -> None:
        text = f"{title}\n{said}" if said else title
        if item.text() == text:
            return
        item.setText(text)
        item.setToolTip(title)
        item.setIcon(icons.icon(icon, tone) if icon else self._none)
        item.setForeground(theme.ink(tone if tone is Tone.BAD else Tone.PLAIN))
