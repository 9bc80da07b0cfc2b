"""A plan in four figures: who is in need, who is served, who waits, and what is left."""

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
        titles = tr("In need"), tr("Served"), tr("Waiting"), tr("Stock left")
        self._cards = [_Figure(title) for title in titles]
        for card in self._cards:
            layout.addWidget(card, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_plan(self, head: PlanHead, shares: Sequence[SchoolShare], promised: int = 0) -> None:
        """Show the sums of a plan; so many of those in need were `promised` a tablet beside it."""
        in_need, equipped = sum(share.in_need for share in shares), sum(share.equipped for share in shares)
        schools = sum(share.eligible > share.served for share in shares)
        for card, count, note in zip(
            self._cards,
            (in_need, head.served, head.waiting, head.remaining),
            (_before(equipped, promised), _served(head), _apart(schools, head), _reserve(head)),
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


def _before(equipped: int, promised: int) -> str:
    """Return how many of those in need have a tablet already, and apart how many have the promise of one."""
    if not equipped:
        return tr("nobody has one yet")
    promised = min(promised, equipped)
    has = trn("{count} has one", "{count} have one", equipped - promised).format(
        count=words.number(equipped - promised)
    )
    said = trn("{count} promised", "{count} promised", promised).format(count=words.number(promised))
    return words.joined(has, said if promised else "")


def _served(head: PlanHead) -> str:
    share = percent(head.served, head.eligible)
    return tr("{share} of {count} to equip").format(share=share, count=words.number(head.eligible)) if share else ""


def _apart(schools: int, head: PlanHead) -> str:
    where = trn("in {count} school", "in {count} schools", schools).format(count=words.number(schools))
    aside = trn("{count} set aside", "{count} set aside", head.excluded).format(count=words.number(head.excluded))
    return words.joined(where if head.waiting else "", aside if head.excluded else "")


def _reserve(head: PlanHead) -> str:
    if not head.reserved:
        return tr("nothing held back")
    if head.held_back < head.reserved:
        held, wanted = words.number(head.held_back), words.number(head.reserved)
        return tr("{held} of {wanted} held back in reserve").format(held=held, wanted=wanted)
    said = trn("{count} more held back in reserve", "{count} more held back in reserve", head.reserved)
    return said.format(count=words.number(head.reserved))
