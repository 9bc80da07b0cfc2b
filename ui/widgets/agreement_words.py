"""What the room of agreements says of a signed one that was scanned, on its big line."""

from collections.abc import Mapping
from typing import Final

from tablet_loans.domain.errors import LoanNotOpen, Refusal, UnknownLoan, UnknownPupil
from tablet_loans.domain.oversight import (
    FormNotUsed,
    NoLoanYet,
    NotAnAgreement,
    PaperFate,
    SeveralLoans,
    SignedPaper,
)
from tablet_loans.domain.trouble import ProgramFault
from tablet_loans.text import N_, tr
from ui import words
from ui.sounds import Sound
from ui.theme import Tone
from ui.widgets.outcome_words import Said

SOUNDS: Final[Mapping[PaperFate, Sound]] = {
    PaperFate.SIGNED: Sound.DONE,
    PaperFate.BEFORE: Sound.NOTICE,
    PaperFate.TAKEN_BACK: Sound.DONE,
}
_FATES: Final[Mapping[PaperFate, tuple[str, Tone, str]]] = {
    PaperFate.SIGNED: (N_("signed"), Tone.OK, "check"),
    PaperFate.BEFORE: (N_("signed before"), Tone.WARN, "info"),
    PaperFate.TAKEN_BACK: (N_("taken back"), Tone.ACCENT, "arrow-counter-clockwise"),
}
_REFUSED: Final[Mapping[type[Refusal], str]] = {
    NotAnAgreement: N_("Not an agreement"),
    NoLoanYet: N_("Nothing lent yet"),
    FormNotUsed: N_("Blank agreement without a loan"),
    SeveralLoans: N_("Several loans"),
    UnknownLoan: N_("Unknown agreement"),
    UnknownPupil: N_("Unknown agreement"),
    LoanNotOpen: N_("Cancelled loan"),
}


def invitation() -> Said:
    """Return what the big line asks when nothing was scanned yet."""
    return Said(
        tr("Signed agreements"), tr("Scan a signed agreement to close it"),
        tr("Anywhere in this room; Ctrl+Z takes the last one back."),
    )  # fmt: skip


def said_of(paper: SignedPaper) -> Said:
    """Return whose agreement it is, and what became of it."""
    chip, tone, icon = _FATES[paper.fate]
    where = words.joined(paper.class_name, paper.school)
    if paper.fate is PaperFate.BEFORE and paper.signed_at is not None:
        since = tr("Closed on {moment}: nothing was changed.").format(moment=words.day_and_time(paper.signed_at))
        where = words.joined(where, since)
    return Said(words.joined(paper.loan, paper.tag), paper.pupil, where, tr(chip), tone, icon)


def refused(refusal: Refusal, code: str) -> Said:
    """Return why nothing was closed."""
    big = next((said for kind, said in _REFUSED.items() if isinstance(refusal, kind)), N_("Nothing was closed"))
    return Said(code, tr(big), refusal.spoken(), tr("refused"), Tone.BAD, "warning")


def waiting(code: str) -> Said:
    """Return that a scan waits until its trouble is over."""
    return Said(code, tr("Not closed yet"), tr("What is scanned now waits its turn."), "", Tone.WARN, "warning")


def broken(code: str) -> Said:
    """Return that the program itself failed at a scan, which is not done again."""
    return Said(code, tr("Nothing was closed"), ProgramFault().spoken(), tr("refused"), Tone.BAD, "warning")
