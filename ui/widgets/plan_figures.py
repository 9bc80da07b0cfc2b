"""A plan in four figures: who is to be equipped, who is served, who waits, and what is left."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tablet_loans.domain.plan import PlanHead, SchoolShare
from tablet_loans.text import tr, trn
from ui import words
from ui.widgets.bars import percent


class PlanFigures(QWidget):
    """Four cards side by side, each a number and a line beneath."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        titles = tr("Pupils to equip"), tr("Served"), tr("Waiting"), tr("Stock left")
        self._cards = [_Figure(title) for title in titles]
        for card in self._cards:
            layout.addWidget(card, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_plan(self, head: PlanHead, shares: Sequence[SchoolShare]) -> None:
        """Show the sums of a plan."""
        equipped = sum(share.equipped for share in shares)
        schools = sum(share.eligible > share.served for share in shares)
        for card, count, note in zip(
            self._cards,
            (head.eligible, head.served, head.waiting, head.remaining),
            (_beside(equipped), percent(head.served, head.eligible), _apart(schools, head), _reserve(head)),
            strict=True,
        ):
            card.say(words.number(count), note)

    def said(self) -> list[str]:
        """Return the four numbers as they are written."""
        return [card.number.text() for card in self._cards]


class _Figure(QFrame):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._title = title
        name, self.number, self.note = QLabel(title), QLabel(), QLabel()
        name.setObjectName("soft")
        self.number.setObjectName("big")
        self.note.setObjectName("notes")
        for label in (name, self.number, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setMinimumWidth(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(0)
        for label in (name, self.number, self.note):
            layout.addWidget(label)

    def say(self, number: str, note: str) -> None:
        self.number.setText(number)
        self.note.setText(note)
        self.note.setToolTip(note)
        self.setAccessibleName(f"{self._title}: {number}")
        self.setAccessibleDescription(note)


def _beside(equipped: int) -> str:
    if not equipped:
        return tr("nobody has one yet")
    said = trn("{count} more has one already", "{count} more have one already", equipped)
    return said.format(count=words.number(equipped))


def _apart(schools: int, head: PlanHead) -> str:
    where = trn("in {count} school", "in {count} schools", schools).format(count=words.number(schools))
    aside = trn("{count} set aside", "{count} set aside", head.excluded).format(count=words.number(head.excluded))
    return words.joined(where if head.waiting else "", aside if head.excluded else "")


def _reserve(head: PlanHead) -> str:
    if not head.reserved:
        return tr("nothing held back")
    said = trn("{count} more held back in reserve", "{count} more held back in reserve", head.reserved)
    return said.format(count=words.number(head.reserved))
