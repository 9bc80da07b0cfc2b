"""What is printed of a campaign's agreements: beforehand or for loans, in which languages, in how many files."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QLocale, QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.oversight import Among, PaperCount
from tablet_loans.services import wording
from tablet_loans.services.drafting import How
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.widgets.number_field import NumberField

_LANGUAGES: Final = "agreements/languages"
_BLANK: Final = "agreements/blank"
_SOME: Final = 10
_NARROW: Final = 72


class What(StrEnum):
    """What can be printed."""

    NEW_SHEETS = "new_sheets"
    SHEETS = "sheets"
    NEW_LOANS = "new_loans"
    UNSIGNED = "unsigned"
    LOANS = "loans"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: what is printed, how, in one file or one a school, and how many forms where they are blank."""

    what: What
    how: How
    is_one_each: bool
    blank: int = 0

    @property
    def is_beforehand(self) -> bool:
        """Say whether it is printed before the hand-over."""
        return self.what in (What.NEW_SHEETS, What.SHEETS)

    @property
    def among(self) -> Among:
        """Return which agreements are meant."""
        return _AMONG.get(self.what, Among.ALL)


_AMONG: Final = {What.NEW_SHEETS: Among.UNPRINTED, What.NEW_LOANS: Among.UNPRINTED, What.UNSIGNED: Among.UNSIGNED}
_COUNTS: Final[dict[What, Callable[[PaperCount], int]]] = {
    What.NEW_SHEETS: lambda count: count.to_print,
    What.SHEETS: lambda count: count.promised,
    What.NEW_LOANS: lambda count: count.unprinted,
    What.UNSIGNED: lambda count: count.unsigned,
    What.LOANS: lambda count: count.lent,
}
_WORDS: Final = {
    What.NEW_SHEETS: N_("Before the hand-over: promised, not printed yet"),
    What.SHEETS: N_("Before the hand-over: all that are promised"),
    What.NEW_LOANS: N_("Lent: never printed"),
    What.UNSIGNED: N_("Lent: not signed"),
    What.LOANS: N_("Lent: all"),
    What.BLANK: N_("Blank forms, each with a number of its own"),
}


def best(count: PaperCount) -> What | None:
    """Return what is to be printed first, None when there is nothing new."""
    return next((what for what in (What.NEW_SHEETS, What.NEW_LOANS) if _COUNTS[what](count)), None)


def how_many(what: What, count: PaperCount) -> int:
    """Return how many agreements that is."""
    return _COUNTS[what](count) if what in _COUNTS else 0


class PrintAgreements(QDialog):
    """The choices of one printing; `chosen` gives them, once the person asks for it."""

    chosen = Signal(object)

    def __init__(
        self,
        where: str,
        count: PaperCount,
        *,
        wanted: What | None = None,
        schools: int = 1,
        can_lend: bool = True,
        is_one_each: bool = False,
        parent: QWidget | None = None,
        memory: QSettings | None = None,
    ) -> None:
        """Ask for one of `schools` schools, in a campaign that still lends or not."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._count, self._schools, self._can_lend, self._memory = count, schools, can_lend, memory
        self.whats = {what: QRadioButton() for what in What}
        self.languages = {each: QCheckBox(_language(each)) for each in wording.languages()}
        self.forms, self.is_reworded = NumberField(), QCheckBox(tr("Word anew those that are printed and not signed"))
        self.one_file, self.one_each = QRadioButton(tr("One file")), QRadioButton(tr("One file a school, in a folder"))
        self.go = QPushButton()
        self._build(where)
        self._recall(wanted, is_one_each=is_one_each)
        self._connect()
        self._read()

    def what(self) -> What | None:
        """Return what is chosen, or None."""
        return next((what for what, button in self.whats.items() if button.isChecked()), None)

    def _build(self, where: str) -> None:
        self.setWindowTitle(tr("Print agreements"))
        title, place = QLabel(tr("Print agreements")), QLabel(where)
        title.setObjectName("title")
        place.setObjectName("soft")
        place.setTextFormat(Qt.TextFormat.PlainText)
        place.setWordWrap(True)
        self.is_reworded.setToolTip(tr("With the clauses as they stand now; a signed agreement keeps its own."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(place)
        layout.addSpacing(6)
        layout.addWidget(_heading(tr("Which agreements")))
        layout.addWidget(self._which())
        layout.addWidget(self.is_reworded)
        layout.addSpacing(6)
        layout.addWidget(_heading(tr("Languages")))
        layout.addLayout(_beside(*self.languages.values()))
        self._files = QWidget()
        files = QVBoxLayout(self._files)
        files.setContentsMargins(0, 6, 0, 0)
        files.setSpacing(8)
        files.addWidget(_heading(tr("Files")))
        files.addLayout(_beside(self.one_file, self.one_each))
        layout.addWidget(self._files)
        layout.addStretch(1)
        layout.addSpacing(8)
        layout.addLayout(self._foot())

    def _which(self) -> QWidget:
        self.forms.setFixedWidth(_NARROW)
        self.forms.setAccessibleName(tr("How many blank forms"))
        group, part = QButtonGroup(self), QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for what, button in self.whats.items():
            group.addButton(button)
            if what is not What.BLANK:
                count = how_many(what, self._count)
                is_here = count > 0 and (self._can_lend or what not in (What.NEW_SHEETS, What.SHEETS))
                button.setText(f"{tr(_WORDS[what])} ({words.number(count)})")
                button.setEnabled(is_here)
                button.setVisible(is_here)
                column.addWidget(button)
        blank = self.whats[What.BLANK]
        blank.setText(tr(_WORDS[What.BLANK]))
        blank.setEnabled(self._can_lend)
        column.addLayout(_beside(blank, self.forms))
        return part

    def _foot(self) -> QHBoxLayout:
        cancel = QPushButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    def _connect(self) -> None:
        for button in (*self.whats.values(), *self.languages.values(), self.one_each):
            button.toggled.connect(lambda _is_on: self._read())
        self.forms.textChanged.connect(lambda _text: self._read())
        self.go.clicked.connect(self._on_go)

    def _recall(self, wanted: What | None, *, is_one_each: bool) -> None:
        kept = str(self._memory.value(_LANGUAGES, "")).split(",") if self._memory is not None else []
        known = [each for each in kept if each in self.languages] or list(self.languages)[:1]
        for each in known:
            self.languages[each].setChecked(True)
        self.forms.setText(str(self._memory.value(_BLANK, _SOME)) if self._memory is not None else str(_SOME))
        (self.one_each if is_one_each else self.one_file).setChecked(True)
        free = (what for what, button in self.whats.items() if button.isEnabled())
        what = wanted if wanted is not None and self.whats[wanted].isEnabled() else next(free, None)
        if what is not None:
            self.whats[what].setChecked(True)

    def _read(self) -> None:
        """Fit the other choices to what is printed, and say how many it is."""
        what = self.what()
        count = (
            self.forms.number(_SOME) if what is What.BLANK else how_many(what, self._count) if what is not None else 0
        )
        self.forms.setEnabled(what is What.BLANK)
        self.is_reworded.setEnabled(what in (What.UNSIGNED, What.LOANS))
        self._files.setVisible(self._schools > 1 and what is not What.BLANK)
        said = trn("Print {count} agreement", "Print {count} agreements", count)
        self.go.setText(said.format(count=words.number(count)) if count > 0 else tr("Print"))
        is_some = count > 0 or what is What.BLANK  # a number of forms that cannot be is refused in words
        self.go.setEnabled(is_some and any(each.isChecked() for each in self.languages.values()))

    def _on_go(self) -> None:
        if (what := self.what()) is None:
            return
        languages = tuple(name for name, box in self.languages.items() if box.isChecked())
        if self._memory is not None:
            self._memory.setValue(_LANGUAGES, ",".join(languages))
            self._memory.setValue(_BLANK, self.forms.number(_SOME))
        how = How(languages, self.is_reworded.isEnabled() and self.is_reworded.isChecked())
        is_one_each = self.one_each.isChecked() and self._schools > 1 and what is not What.BLANK
        self.accept()
        self.chosen.emit(Choice(what, how, is_one_each, self.forms.number(_SOME) if what is What.BLANK else 0))


def _heading(said: str) -> QLabel:
    label = QLabel(said)
    label.setObjectName("cardTitle")
    return label


def _beside(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(16)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _language(code: str) -> str:
    """Return a language by its own name."""
    name = "English" if code == "en" else QLocale(code).nativeLanguageName() or code  # Qt says which English
    return name[:1].upper() + name[1:]
