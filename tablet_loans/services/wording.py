"""Wording: the clauses of the agreement, the usual ones or a campaign's own, by version."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from tablet_loans import paths
from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.clause import Clause, ClauseMissing, Group, LanguageUnwritten, clause_from, missing_groups
from tablet_loans.domain.errors import UnknownLoan
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileUnreadable, reason_of
from tablet_loans.domain.wording import (
    FRENCH,
    AgreementWords,
    OpenedWording,
    UnknownVersion,
    WordingVersion,
    digest_of,
    kept,
    reworded,
)
from tablet_loans.services import lending
from tablet_loans.services.session import Receipt, Session, Topic, settled
from tablet_loans.storage import loans, wordings
from tablet_loans.storage.database import Base, RaceLost, troubles_spoken
from tablet_loans.text import N_

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


def languages() -> list[str]:
    """Return the languages in which the usual clauses are written, French first."""
    folder = paths.agreements()
    found = {each.name for each in folder.iterdir() if each.is_dir()} if folder.is_dir() else set()
    return sorted(found, key=lambda language: (language != FRENCH, language))


@cache
def usual(language: str) -> tuple[Clause, ...]:
    """Return the usual clauses in a language. Raises: ClauseMissing, EmptyClause, UnknownField, FileUnreadable."""
    clauses = []
    for place, group in enumerate(Group, start=1):
        file = paths.agreements() / language / f"{place:02d}_{group.value}.txt"
        if not _LANGUAGE.fullmatch(language) or not file.is_file():
            continue
        try:
            clauses.append(clause_from(group, file.read_text("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else N_("it is not text in UTF-8")
            raise FileUnreadable(path=file.name, reason=reason) from error
    return _whole(tuple(clauses))


def in_force(session: Session, campaign: str | None, language: str = FRENCH) -> AgreementWords:
    """Return the clauses that a campaign's next agreement is printed with.

    Raises: NotPermitted, UnknownCampaign, ClauseMissing, UnknownField, BaseTrouble.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        return of_campaign(session.base, lending.chosen_campaign(session, campaign).id, language)


def of_campaign(base: Base, campaign_id: int, language: str) -> AgreementWords:
    """Return the newest wording of a campaign, or the usual one as its first. Raises: ClauseMissing, UnknownField."""
    if wordings.are_here(base) and (words := wordings.last(base, campaign_id, language)) is not None:
        _whole(words.clauses)
        return words
    clauses = usual(language)
    return AgreementWords(language, 1, clauses, digest_of(clauses))


def to_print(session: Session, campaign_id: int, language: str) -> AgreementWords:
    """Return what is printed now, kept as the campaign's first version when it is the usual wording.

    A later version of the program may word the usual clauses otherwise. Raises: ClauseMissing, UnknownField.
    """
    words = of_campaign(session.base, campaign_id, language)
    if words.id is not None or not wordings.are_here(session.base):
        return words
    with session.base.atomic():
        wordings.add(session.base, campaign_id, words, kept(words.clauses), session.now(), "")
    return of_campaign(session.base, campaign_id, language)


@settled
def edit(
    session: Session, campaign: str | None, clauses: Sequence[Clause], language: str = FRENCH
) -> Receipt[AgreementWords]:
    """Word some clauses of a campaign's agreement anew, as its next version; those printed before keep theirs.

    The same words again make no new version. Raises: NotPermitted, UnknownCampaign, ClauseMissing, ClauseTwice,
    EmptyClause, BadTitle, BrokenClause, UnknownField, FontLacks, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    with session.transaction() as act:
        wordings.must_be_here(session.base)
        running = lending.chosen_campaign(session, campaign)
        before = of_campaign(session.base, running.id, language)
        new = reworded(before.clauses, clauses)
        _must_be_printable(clauses)
        digest = digest_of(new)
        version = before.version if before.id is None else before.version + (digest != before.digest)
        words = AgreementWords(language, version, new, digest)
        is_new = before.id is None or version > before.version
        if is_new and not wordings.add(session.base, running.id, words, kept(new), act.at, session.actor.name):
            raise RaceLost()
        return act(
            Action.WORDING_CHANGED,
            of_campaign(session.base, running.id, language),
            topics={Topic.AGREEMENTS, Topic.CAMPAIGNS},
            about=[(Subject.CAMPAIGN, running.id)],
            language=language,
            version=version,
            digest=digest,
        )


def versions(session: Session, campaign: str | None, language: str = FRENCH) -> list[WordingVersion]:
    """Return a campaign's wordings, the newest first. Raises: NotPermitted, UnknownCampaign, BaseTrouble."""
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        return wordings.versions(session.base, running.id, language) if wordings.are_here(session.base) else []


def shown(session: Session, campaign: str | None, version: int, language: str = FRENCH) -> AgreementWords:
    """Return one version of a campaign's wording.

    Raises: NotPermitted, UnknownCampaign, UnknownVersion, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        wordings.must_be_here(session.base)
        running = lending.chosen_campaign(session, campaign)
        found = wordings.of_version(session.base, running.id, language, version)
    if found is None:
        raise UnknownVersion(version=version)
    return found


def of_loan(session: Session, number: str) -> AgreementWords | None:
    """Return the wording that a loan's agreement was printed with, or None before that.

    Raises: NotPermitted, UnknownLoan, BaseTrouble.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        if (loan := loans.find(session.base, number)) is None:
            raise UnknownLoan(loan=number)
        return wordings.of_loan(session.base, loan.id) if wordings.are_here(session.base) else None


def opened(session: Session, campaign: str | None, language: str = FRENCH) -> OpenedWording:
    """Return a campaign's wording in a language as an editor shows it.

    Raises: NotPermitted, UnknownCampaign, ClauseMissing, UnknownField, BaseTrouble.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        is_kept, usual_ones = wordings.are_here(session.base), languages()
        known = wordings.languages(session.base, running.id) if is_kept else []
        return OpenedWording(
            words=of_campaign(session.base, running.id, language),
            usual=usual(language) if language in usual_ones else (),
            versions=tuple(wordings.versions(session.base, running.id, language)) if is_kept else (),
            languages=(*usual_ones, *(each for each in known if each not in usual_ones)),
        )


def _must_be_printable(clauses: Sequence[Clause]) -> None:
    from tablet_loans.services.documents.printable import must_be_printable, written  # 150 ms that no window waits for

    must_be_printable((each.title, (written(each.title), written(each.text))) for each in clauses)


def _whole(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Return the clauses when every group has one. Raises: ClauseMissing."""
    if missing := missing_groups(clauses):
        groups = ", ".join(group.value for group in missing)
        if not clauses and (written := languages()):
            raise LanguageUnwritten(groups=groups, languages=", ".join(written))
        raise ClauseMissing(groups=groups)
    return clauses
