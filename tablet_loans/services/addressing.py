"""Addressing: to whom letters are due now and how they would be reached, before anything is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tablet_loans.domain.agreement import Carer, is_adult
from tablet_loans.domain.letter import (
    DAYS,
    REMINDERS,
    LetterChoice,
    LetterKind,
    homes_written_to,
    next_reminder,
)
from tablet_loans.domain.mail import is_address
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.wording import FRENCH
from tablet_loans.services import writing
from tablet_loans.services.letter_values import Ending
from tablet_loans.services.session import Session
from tablet_loans.storage import agreements, settings
from tablet_loans.storage import letters as shelf
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.letters import Chosen, LentFacts

_BLOCK: Final = 200


@dataclass(frozen=True, slots=True)
class Concerned:
    """A loan that calls for a kind of letter: the last letter about it, whether the next is due, how homes are reached.

    `last` is the last reminder since the loan was due, or the kind asked about; `next` the reminder that follows.
    `is_due` is false while the time that the last letter gave is not over, and after the last one.
    """

    loan: str
    pupil: str
    uai: str
    school: str
    class_name: str
    tag: str
    due: date
    overdue_days: int
    last: LetterKind | None
    last_on: date | None
    next: LetterKind | None
    is_due: bool
    letters: int
    without_address: int
    without_email: int


@dataclass(frozen=True, slots=True)
class _Last:
    kind: LetterKind
    on: date


def counts(session: Session, chosen: LetterChoice) -> dict[LetterKind, int]:
    """Return about how many of the loans chosen a letter of each kind is due now.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, BaseTrouble.
    """
    found: Counter[LetterKind] = Counter()
    late, _ = writing.called_for(session, LetterKind.REMINDER_1, chosen)
    for last in _lasts(session, LetterKind.REMINDER_1, late):
        due = next_reminder(None if last is None else last.kind)
        if due is not None and not _is_waited_for(session, last):
            found[due] += 1
    for kind in (LetterKind.RECALL, LetterKind.DAMAGE, LetterKind.LOSS):
        called, _ = writing.called_for(session, kind, replace(chosen, is_again=True))
        found[kind] = sum(_is_due(session, kind, last) for last in _lasts(session, kind, called))
    return {kind: found[kind] for kind in LetterKind}


def concerned(session: Session, kind: LetterKind, chosen: LetterChoice) -> list[Concerned]:
    """Return the loans chosen that call for a letter, those written of before as well, in the order of the register.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, BaseTrouble.
    """
    found, endings = writing.called_for(session, kind, replace(chosen, is_again=True))
    lasts = _lasts(session, kind, found)
    rows: list[Concerned] = []
    for start in range(0, len(found), _BLOCK):
        ids = [each.id for each in found[start : start + _BLOCK]]
        with troubles_spoken(session.base):
            said = shelf.said_of(session.base, ids)
            carers = agreements.carers_of(session.base, [each.pupil_id for each in said])
        last_of = dict(zip(ids, lasts[start : start + _BLOCK], strict=True))
        rows += _rows(session, kind, said, carers, last_of, endings)
    return rows


def preview(
    session: Session, kind: LetterKind, campaign: str | None, loan: str, out: Path, *, language: str = FRENCH
) -> Path:
    """Write the letters about one loan as they would be printed, and nothing into the journal; return the file.

    Raises: as `writing.letters`, and FontLacks, FileTrouble.
    """
    from tablet_loans.services.documents.letter import write_letters  # reportlab: no window waits for it

    sender, letters = writing.letters(
        session, kind, LetterChoice(campaign=campaign, numbers=(loan,), is_again=True), language=language
    )
    write_letters(letters, out, sender=sender, written_at=session.now())
    return out


def has_mail_server(session: Session) -> bool:
    """Say whether a mail server is set. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.WRITE_LETTERS)
    with troubles_spoken(session.base):
        return settings.mail_server(session.base) is not None


def _lasts(session: Session, kind: LetterKind, found: Sequence[Chosen]) -> list[_Last | None]:
    """Return for each loan the last reminder since it was due, or the last letter of another kind."""
    ids = [each.id for each in found]
    with troubles_spoken(session.base):
        if kind in REMINDERS:
            last = {loan: _Last(each.kind, each.on) for loan, each in shelf.reminded(session.base, ids).items()}
        else:
            last = {loan: _Last(kind, on) for loan, on in shelf.last_written(session.base, kind, ids).items()}
    return [last.get(loan) for loan in ids]


def _is_due(session: Session, kind: LetterKind, last: _Last | None) -> bool:
    """Say whether a letter of this kind is due now; damage and loss are written of once."""
    if kind in REMINDERS:
        return next_reminder(None if last is None else last.kind) is kind and not _is_waited_for(session, last)
    return last is None or (kind is LetterKind.RECALL and not _is_waited_for(session, last))


def _is_waited_for(session: Session, last: _Last | None) -> bool:
    """Say whether the time that the last letter gave is not over."""
    return last is not None and session.today() <= last.on + timedelta(days=DAYS[last.kind])


def _rows(
    session: Session,
    kind: LetterKind,
    said: Sequence[LentFacts],
    carers: dict[int, list[Carer]],
    last_of: dict[int, _Last | None],
    endings: dict[str, Ending],
) -> Iterator[Concerned]:
    today = session.today()
    for lent in said:
        ending, last = endings.get(lent.number), last_of[lent.id]
        grown = lent.birth_date is not None and is_adult(lent.birth_date, today)
        homes = homes_written_to(carers.get(lent.pupil_id, []), name=lent.pupil, is_adult=grown)
        is_reminder = kind in REMINDERS
        yield Concerned(
            loan=lent.number,
            pupil=lent.pupil,
            uai=lent.uai if ending is None else ending.uai,
            school=lent.school if ending is None else ending.school,
            class_name=lent.class_name if ending is None or ending.uai == lent.uai else "",
            tag=lent.tag,
            due=lent.due_on,
            overdue_days=max((today - lent.due_on).days, 0) if lent.closed_on is None else 0,
            last=None if last is None else last.kind,
            last_on=None if last is None else last.on,
            next=next_reminder(None if last is None else last.kind) if is_reminder else None,
            is_due=_is_due(session, kind, last),
            letters=len(homes),
            without_address=sum(not home.address for home, _ in homes),
            without_email=sum(not any(is_address(each.strip()) for each in emails) for _, emails in homes),
        )
