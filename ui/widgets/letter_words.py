"""The words of letters, alike wherever they are shown."""

from collections.abc import Mapping, Sequence
from typing import Final

from tablet_loans.domain.letter import REMINDERS, LetterKind, WrittenLetters
from tablet_loans.domain.mail import MessageState
from tablet_loans.services.addressing import Concerned
from tablet_loans.services.mail_drafting import WrittenMails
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.theme import Tone

KINDS: Final[Mapping[LetterKind, str]] = {
    LetterKind.REMINDER_1: N_("First reminder"),
    LetterKind.REMINDER_2: N_("Second reminder"),
    LetterKind.REMINDER_3: N_("Last reminder"),
    LetterKind.RECALL: N_("Recall"),
    LetterKind.DAMAGE: N_("Damage"),
    LetterKind.LOSS: N_("Loss"),
}
LANGUAGES: Final[Mapping[str, str]] = {"fr": N_("French"), "en": N_("English")}
STATE_TONES: Final[Mapping[str, Tone]] = {
    MessageState.PRINTED: Tone.PLAIN,
    MessageState.WRITTEN: Tone.PLAIN,
    MessageState.SENDING: Tone.WARN,
    MessageState.SENT: Tone.OK,
    MessageState.REFUSED: Tone.BAD,
    MessageState.FAILED: Tone.BAD,
}
_NOTHING: Final[Mapping[LetterKind, tuple[str, str]]] = {
    LetterKind.RECALL: (
        N_("Nobody who left still has a device"),
        N_("Pupils who are no longer in the rolls of a school appear here until their device is back."),
    ),
    LetterKind.DAMAGE: (
        N_("No device came back damaged or incomplete"),
        N_("What is noted when a device is returned appears here."),
    ),
    LetterKind.LOSS: (
        N_("No device lent is lost or stolen"),
        N_("A device that is declared lost or stolen while it is lent appears here."),
    ),
}
_LATE: Final = (
    N_("No loan is overdue: nothing to write"),
    N_("Choose another campaign or school, or fewer days."),
)
_NAMED: Final = 8


def nothing_said(kind: LetterKind) -> tuple[str, str]:
    """Return what an empty list of a kind of letter says, and what may be done."""
    sentence, step = _LATE if kind in REMINDERS else _NOTHING[kind]
    return tr(sentence), tr(step)


def last_said(row: Concerned) -> str:
    """Return the last letter."""
    return "–" if row.last is None else tr(KINDS[row.last])


def last_on_said(row: Concerned) -> str:
    """Return the day of the last letter."""
    return "–" if row.last_on is None else words.numeric_date(row.last_on)


def next_said(row: Concerned) -> str:
    """Return the reminder that follows."""
    return "–" if row.next is None else tr(KINDS[row.next])


def reach_said(row: Concerned) -> str:
    """Return what must be known of the homes before a letter goes: one has no address, or there are several."""
    if row.without_address:
        return tr("No address")
    return tr("{count} homes").format(count=words.number(row.letters)) if row.letters > 1 else ""


def named(loans: Sequence[str]) -> str:
    """Return the numbers of loans, of many the first and how many more."""
    if len(loans) <= _NAMED:
        return ", ".join(loans)
    more = tr(N_("… and {count} more")).format(count=words.number(len(loans) - _NAMED))
    return f"{', '.join(loans[:_NAMED])} {more}"


def written_said(written: WrittenLetters) -> str:
    """Return what must be known of letters that were written."""
    said = trn("{count} letter written", "{count} letters written", written.letters)
    handed, skipped = len(written.without_address), len(written.skipped_level)
    by_school = trn(
        "{count} without an address, handed over by the school",
        "{count} without an address, handed over by the school",
        handed,
    )
    early = trn("{count} had no reminder before this one", "{count} had no reminder before this one", skipped)
    return words.joined(
        said.format(count=words.number(written.letters)),
        by_school.format(count=words.number(handed)) if handed else "",
        early.format(count=words.number(skipped)) if skipped else "",
    )


def filed_said(written: WrittenMails) -> str:
    """Return what must be known of mails that were written into files."""
    said = trn("{count} mail written into a file", "{count} mails written into files", written.mails)
    lacking = len(written.without_email) + len(written.not_addresses)
    without = trn("{count} loan without a mail address", "{count} loans without a mail address", lacking)
    return words.joined(
        said.format(count=words.number(written.mails)),
        without.format(count=words.number(lacking)) if lacking else "",
    )
