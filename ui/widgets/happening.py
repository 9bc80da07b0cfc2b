"""The counter's big card: what has just happened, or what is asked now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tablet_loans.domain.trouble import ProgramFault
from tablet_loans.services.serving import Did, Outcome
from tablet_loans.text import tr, trn
from ui import words
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.facts import Fact, Facts


@dataclass(frozen=True, slots=True)
class Said:
    """The words of the card: a caption, a chip, one big line and one beneath it."""

    caption: str
    big: str
    line: str = ""
    chip: str = ""
    tone: Tone = Tone.ACCENT
    is_code: bool = False


class Happening(QFrame):
    """One thing that can be read at arm's length, and the facts beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("What has just happened"))
        self.setFixedHeight(172)
        self._caption, self._big, self._line = QLabel(), QLabel(), QLabel()
        for label, name in ((self._caption, "soft"), (self._big, "big"), (self._line, "line")):
            label.setObjectName(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._line.setWordWrap(True)
        self._chip = Chip()
        self._facts = Facts(is_line=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self._caption, 1)
        top.addWidget(self._chip)
        self._chip.setFixedHeight(24)
        self._caption.setMinimumHeight(24)
        layout.addLayout(top)
        layout.addWidget(self._big)
        layout.addWidget(self._line)
        layout.addStretch(1)
        layout.addWidget(self._facts)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what the counter just did."""
        self.say(_SAID[outcome.did](outcome))
        self._facts.show_facts(_facts(outcome))

    def say(self, said: Said) -> None:
        """Show these words, and no facts."""
        self._caption.setText(said.caption)
        self._big.setText(said.big)
        self._line.setText(said.line)
        self._line.setVisible(bool(said.line))
        self._chip.say(said.chip, said.tone)
        for label, name, value in (
            (self._big, "code", "true" if said.is_code else "false"),
            (self._line, "tone", said.tone.value if said.tone in (Tone.BAD, Tone.WARN) else ""),
        ):
            label.setProperty(name, value)
            label.style().unpolish(label)
            label.style().polish(label)
        self._facts.show_facts(())
        self.setAccessibleDescription(" ".join(part for part in (said.caption, said.big, said.line, said.chip) if part))


def late(days: int) -> str:
    """Return how late a return is, in words."""
    return trn("{days} day late", "{days} days late", days).format(days=words.number(days)) if days else ""


def lacking(outcome: Outcome) -> str:
    """Return which accessories did not come back, in words."""
    missing = outcome.loan.missing if outcome.loan else ()
    return tr("Missing: {kit}").format(kit=", ".join(missing)) if missing else ""


def why(outcome: Outcome) -> str:
    """Return why nothing was done: what the rule says, else the program itself is at fault."""
    return (outcome.refusal or ProgramFault()).spoken()


def _place(outcome: Outcome) -> str:
    pupil = outcome.pupil
    return "  ·  ".join(part for part in (pupil.class_name, pupil.school_name) if part) if pupil else ""


def _name(outcome: Outcome) -> str:
    return outcome.pupil.name if outcome.pupil else outcome.code


def _chose_pupil(outcome: Outcome) -> Said:
    loan = outcome.pupil.loan if outcome.pupil else None
    if loan:
        line = "  ·  ".join((_place(outcome), tr("already has loan {loan}").format(loan=loan)))
        return Said(tr("Pupil"), _name(outcome), line, tr("Now scan a tablet"), Tone.WARN)
    return Said(tr("Pupil"), _name(outcome), _place(outcome), tr("Now scan a tablet"))


def _chose_tablet(outcome: Outcome) -> Said:
    model = outcome.tablet.model if outcome.tablet else ""
    return Said(tr("Tablet"), outcome.code, model, tr("Now scan a pupil"), is_code=True)


def _lent(outcome: Outcome) -> Said:
    number = outcome.loan.number if outcome.loan else ""
    chip = tr("Loan {number}").format(number=number)
    return Said(tr("Lent to"), _name(outcome), _place(outcome), f"✓  {chip}", Tone.OK)


def _returned(outcome: Outcome) -> Said:
    days = late(outcome.loan.overdue_days if outcome.loan else 0)
    notes = "  ·  ".join(part for part in (days, lacking(outcome)) if part)
    line = "  ·  ".join(part for part in (_place(outcome), notes) if part)
    tone = Tone.WARN if notes else Tone.OK
    number = tr("Loan {number}").format(number=outcome.loan.number if outcome.loan else "")
    return Said(tr("Returned by"), _name(outcome), line, f"✓  {number}", tone)


def _refused(outcome: Outcome) -> Said:
    is_code = outcome.pupil is None and outcome.tablet is not None
    return Said(tr("Refused"), _name(outcome), why(outcome), tr("Nothing was recorded"), Tone.BAD, is_code)


def undone(outcome: Outcome) -> str:
    """Return which act was undone."""
    if outcome.undid is Did.RETURNED:
        return tr("Return undone: the tablet is lent again")
    return tr("Loan undone")


def _undid(outcome: Outcome) -> Said:
    number = tr("Loan {number}").format(number=outcome.loan.number if outcome.loan else "")
    return Said(undone(outcome), _name(outcome), _place(outcome), number, Tone.ACCENT)


def _found_several(outcome: Outcome) -> Said:
    return Said(tr("Several pupils"), outcome.code, tr("Choose with the arrows, then Enter."))


_SAID: Final[Mapping[Did, Callable[[Outcome], Said]]] = {
    Did.CHOSE_PUPIL: _chose_pupil,
    Did.CHOSE_TABLET: _chose_tablet,
    Did.LENT: _lent,
    Did.RETURNED: _returned,
    Did.REFUSED: _refused,
    Did.UNDID: _undid,
    Did.FOUND_SEVERAL: _found_several,
}


def _facts(outcome: Outcome) -> list[Fact]:
    tablet, loan = outcome.tablet, outcome.loan
    if tablet is None:
        return []
    due = words.long_date(loan.due_on) if loan else ""
    return [
        Fact(tr("Tablet"), tablet.tag, is_code=True),
        Fact(tr("Serial"), tablet.serial, is_code=True),
        Fact(tr("Model"), tablet.model),
        Fact(tr("Due back"), due),
    ]
