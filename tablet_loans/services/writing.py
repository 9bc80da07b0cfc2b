"""Writing: letters to families about loans, drafted from the base home by home, and printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from tablet_loans import paths
from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.agreement import is_adult
from tablet_loans.domain.campaign import Terms
from tablet_loans.domain.device import Condition
from tablet_loans.domain.errors import NothingToPrint, UnknownLoan
from tablet_loans.domain.letter import (
    DAYS,
    LETTER_WORDS,
    REMINDERS,
    Letter,
    LetterChoice,
    LetterKind,
    LetterMissing,
    LetterSender,
    LetterText,
    NobodyOverdue,
    NobodyToWrite,
    ReminderRow,
    SeveralCampaigns,
    WrittenLetters,
    filled_letter,
    homes_written_to,
    is_skipping,
    letter_from,
    why_no_letter,
)
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.mail import QUIET_DAYS
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileUnreadable, UpgradeNeeded, reason_of
from tablet_loans.domain.wording import FRENCH
from tablet_loans.services import lending, letter_values
from tablet_loans.services.letter_values import Ending
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Receipt, Session
from tablet_loans.storage import agreements, campaigns, messages, recalls
from tablet_loans.storage import letters as shelf
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.letters import Before, Chosen, Written
from tablet_loans.storage.messages import NewMessage
from tablet_loans.text import N_

_BLOCK: Final = 200
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_UNSEEN: Final = Progress()
_NEW: Final = Before(Condition.GOOD.value, ())


@dataclass(slots=True)
class _Run:
    """One run of letters: what was asked, the loans it is about, and what is known of them besides."""

    kind: LetterKind
    text: LetterText
    sender: LetterSender
    found: list[Chosen]
    terms: Terms
    deadline: date
    endings: dict[str, Ending] = field(default_factory=dict)
    before: dict[int, Before] = field(default_factory=dict)


def languages() -> list[str]:
    """Return the languages in which letters are written, French first."""
    folder = _folder()
    found = {each.name for each in folder.iterdir() if each.is_dir()} if folder.is_dir() else set()
    return sorted(found, key=lambda language: (language != FRENCH, language))


@cache
def text_in(folder: Path, kind: LetterKind, language: str) -> LetterText:
    """Return the text of a kind of letter. Raises: LetterMissing, BadLetterText, UnknownLetterField, FileUnreadable."""
    name = f"{language}/{kind.value}.txt"
    file = folder / language / f"{kind.value}.txt"
    if not _LANGUAGE.fullmatch(language) or not file.is_file():
        raise LetterMissing(file=name)
    try:
        return letter_from(kind, file.read_text("utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else N_("it is not text in UTF-8")
        raise FileUnreadable(path=name, reason=reason) from error


def letters(
    session: Session, kind: LetterKind, chosen: LetterChoice, *, language: str = FRENCH
) -> tuple[LetterSender, list[Letter]]:
    """Return who writes and the letters about the loans chosen, one a home, in the order of the register.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, UnknownLoan, SeveralCampaigns, NobodyOverdue,
    NobodyToWrite, NotOverdue, LoanNotOpen, NothingNoted, NotLost, LetterMissing, BadLetterText, UnknownLetterField,
    UpgradeNeeded, BaseTrouble.
    """
    # A mail run that was stopped is taken up again: each address is told apart in its journal, for a few days.
    run = _begun(session, kind, chosen, language, Written(False, session.now() - timedelta(days=QUIET_DAYS)))
    return run.sender, [letter for some in _drafted(session, run) for letter in some]


def write_letters(
    session: Session,
    kind: LetterKind,
    chosen: LetterChoice,
    out: Path,
    progress: Progress = _UNSEEN,
    language: str = FRENCH,
) -> Receipt[WrittenLetters]:
    """Write the letters about the loans chosen into one PDF, a page each, and write them into the journal.

    Nothing is written down unless the file is there. Raises: as `letters`, and FontLacks, FileTrouble, Cancelled.
    """
    from tablet_loans.services.documents.letter import write_letters as write_pages  # reportlab: no window waits for it

    run = _begun(session, kind, chosen, language, Written(True, session.now()))
    with troubles_spoken(session.base):
        sent = shelf.reminded(session.base, [each.id for each in run.found]) if kind in REMINDERS else {}
    new: list[NewMessage] = []
    without: dict[str, None] = {}
    count = write_pages(_noted(session, run, new, without, progress), out, sender=run.sender, written_at=session.now())
    with troubles_spoken(session.base):
        messages.add_many(session.base, new, session.now(), session.actor.name)
    last = {loan: each.kind for loan, each in sent.items()}
    skipped = tuple(each.number for each in run.found if is_skipping(kind, last.get(each.id)))
    with session.transaction() as act:
        return act(
            Action.LETTERS_WRITTEN,
            WrittenLetters(count, len(run.found), tuple(without), skipped, str(out)),
            topics=set(),
            about=[(Subject.LOAN, each.id) for each in run.found],
            letters=count,
            loans=len(run.found),
            without_address=len(without),
            kind=kind.value,
        )


def _noted(
    session: Session, run: _Run, new: list[NewMessage], without: dict[str, None], progress: Progress
) -> Iterator[Letter]:
    """Yield the letters as they are drafted, and remember what the journal is told of each; no address is kept."""
    for done, some in enumerate(_drafted(session, run), start=1):
        for letter in some:
            new.append(NewMessage(letter.kind.value, letter.loan_id, letter.pupil_id, "paper", "", "printed"))
            if not letter.home.address:
                without[letter.number] = None
            yield letter
        progress.step(done, len(run.found))


def overdue(
    session: Session, *, school: str | None = None, campaign: str | None = None, overdue_days: int = 1
) -> list[ReminderRow]:
    """Return the overdue loans, the last reminder of each since it was due, and the next one.

    Raises: NotPermitted, InvalidUai, UnknownSchool, UnknownCampaign, BaseTrouble.
    """
    session.require(Permission.WRITE_LETTERS)
    with troubles_spoken(session.base):
        asked = LetterChoice(campaign=campaign, school=school, overdue_days=overdue_days)
        return shelf.overdue(session.base, _filter(session, asked), session.today())


def called_for(session: Session, kind: LetterKind, chosen: LetterChoice) -> tuple[list[Chosen], dict[str, Ending]]:
    """Return the loans chosen that call for a letter on paper now, none at worst, and where schooling ended by loan.

    Raises: NotPermitted, InvalidUai, UnknownSchool, UnknownCampaign, UnknownLoan, NotOverdue, LoanNotOpen,
    NothingNoted, NotLost, BaseTrouble.
    """
    session.require(Permission.WRITE_LETTERS)
    with troubles_spoken(session.base):
        endings = _endings(session, chosen) if kind is LetterKind.RECALL else {}
        try:
            found, _ = _found(session, kind, chosen, endings, Written(True, session.now()))
        except NothingToPrint:
            return [], endings
    return found, endings


def _filter(session: Session, chosen: LetterChoice) -> LoanFilter:
    campaign = None if chosen.campaign is None else lending.chosen_campaign(session, chosen.campaign).name
    uai = None if chosen.school is None else known_school(session, chosen.school).uai
    late = session.today() - timedelta(days=min(max(chosen.overdue_days, 1), 100_000) - 1)
    return LoanFilter(school=uai, campaign=campaign, class_name=chosen.class_name, overdue_on=late)


def _begun(session: Session, kind: LetterKind, chosen: LetterChoice, language: str, unless: Written) -> _Run:
    session.require(Permission.WRITE_LETTERS)
    text, base = text_in(_folder(), kind, language), session.base
    with troubles_spoken(base):
        if not messages.are_here(base):
            raise UpgradeNeeded()
        endings = _endings(session, chosen) if kind is LetterKind.RECALL else {}
        found, before = _found(session, kind, chosen, endings, unless)
        if len(names := sorted({each.campaign for each in found})) > 1:
            raise SeveralCampaigns(campaigns=", ".join(names))
        running = lending.chosen_campaign(session, found[0].campaign)
        terms = campaigns.terms(base, running).terms
    wording, today = terms.wording, session.today()
    sender = LetterSender(
        authority=wording.authority or session.settings.authority,
        campaign=running.name,
        place=wording.place,
        helpline=wording.helpline,
        written_on=today,
        language=language,
        representative=wording.representative,
    )
    days = DAYS[kind] if chosen.days is None else chosen.days
    return _Run(kind, text, sender, found, terms, today + timedelta(days=days), endings, before)


def _endings(session: Session, chosen: LetterChoice) -> dict[str, Ending]:
    """Return by loan where and when a pupil's schooling ended; it is the school that lent which calls back."""
    school_id = None if chosen.school is None else known_school(session, chosen.school).id
    gone = recalls.gone(session.base, school_id)
    schools = shelf.schools(session.base, (each.school_id for each in gone))
    return {each.recall.loan: Ending(each.recall.gone_on, *schools[each.school_id]) for each in gone}


def _found(
    session: Session, kind: LetterKind, chosen: LetterChoice, endings: dict[str, Ending], unless: Written
) -> tuple[list[Chosen], dict[int, Before]]:
    """Return the loans that call for the letter, and how the devices that came back had been lent."""
    numbers = tuple(dict.fromkeys(number.strip().upper() for number in chosen.numbers))
    asked = _filter(session, chosen)
    if kind is LetterKind.RECALL:
        asked = replace(asked, school=None)
    found = shelf.called_for(session.base, kind, asked, numbers=numbers, unless=None if chosen.is_again else unless)
    if unknown := set(numbers).difference(each.number for each in found):
        raise UnknownLoan(loan=min(unknown))
    before = shelf.as_lent(session.base, [each.id for each in found]) if kind is LetterKind.DAMAGE else {}
    if numbers:
        for each in found:
            _must_call(session, kind, each, before)
    elif kind is LetterKind.RECALL:
        found = [each for each in found if each.number in endings]
    elif kind is LetterKind.DAMAGE:
        found = [each for each in found if _is_worse(each, before)]
    if not found:
        raise NobodyOverdue() if kind in REMINDERS else NobodyToWrite(kind=LETTER_WORDS[kind])
    return found, before


def _must_call(session: Session, kind: LetterKind, each: Chosen, before: dict[int, Before]) -> None:
    refusal = why_no_letter(
        kind, each.number, each.state, each.due_on, has_damage=_is_worse(each, before), today=session.today()
    )
    if refusal is not None:
        raise refusal


def _is_worse(each: Chosen, before: dict[int, Before]) -> bool:
    was = before.get(each.id)
    return was is not None and letter_values.is_worse(each.condition_in, each.missing, was)


def _drafted(session: Session, run: _Run) -> Iterator[list[Letter]]:
    """Yield each loan's letters, read from the base block after block. Raises: BaseTrouble."""
    charges = letter_values.Charges(session.base, run.sender.language)
    for start in range(0, len(run.found), _BLOCK):
        block = run.found[start : start + _BLOCK]
        with troubles_spoken(session.base):
            said = shelf.said_of(session.base, [each.id for each in block])
            carers = agreements.carers_of(session.base, [each.pupil_id for each in said])
            charged = charges.of(said, block[0].campaign_id)
        for lent in said:
            ending, was = run.endings.get(lent.number), run.before.get(lent.id, _NEW)
            values = letter_values.values_of(
                lent, run.sender, run.terms, ending, was, deadline=run.deadline, charge=charged[lent.id], kind=run.kind
            )
            subject, paragraphs = filled_letter(run.text, values)
            grown = lent.birth_date is not None and is_adult(lent.birth_date, run.sender.written_on)
            known = carers.get(lent.pupil_id, [])
            yield [
                Letter(
                    kind=run.kind,
                    loan_id=lent.id,
                    number=lent.number,
                    pupil_id=lent.pupil_id,
                    name=lent.pupil,
                    class_name=lent.class_name if ending is None or ending.uai == lent.uai else "",
                    school=values["school"],
                    school_uai=lent.uai if ending is None else ending.uai,
                    subject=subject,
                    paragraphs=paragraphs,
                    home=home,
                    emails=emails,
                    device=values["device"],
                    tag=lent.tag,
                    serial=lent.serial,
                )
                for home, emails in homes_written_to(known, name=lent.pupil, is_adult=grown)
            ]


def _folder() -> Path:
    return paths.resources() / "letters"
