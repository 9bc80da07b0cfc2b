"""The wording of an agreement: its clauses by version, and what fills them in."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tablet_loans.domain.agreement import AgreementFacts
from tablet_loans.domain.campaign import NO_WORDING, Wording
from tablet_loans.domain.clause import Clause, Group, why_not_clause
from tablet_loans.domain.errors import Refusal
from tablet_loans.text import N_

FRENCH: Final = "fr"
LEAST_SIZE: Final = 8.0
"""Points: clauses that do not fit two pages in such letters go on to another page, never in smaller ones."""

_TOGETHER: Final = re.compile(r"(?<=[0-9]) (?=[0-9])")
_USUAL: Final[Mapping[str, Mapping[str, str]]] = {
    "fr": {
        "dpo": "à l’adresse de la collectivité",
        "retention": "jusqu’à la fin de l’année scolaire qui suit le retour",
    },
    "en": {
        "dpo": "at the authority’s address",
        "retention": "until the end of the school year after the return",
    },
}
"""What the clauses say where a campaign says nothing."""


class ClauseTwice(Refusal):
    """Two texts were given for one clause group."""

    sentence = N_("The clause “{group}” was given twice.")


class UnknownVersion(Refusal):
    """No wording has this version."""

    sentence = N_("The agreement has no version {version} in this language.")
    way_out = N_("Leave the version out: what is in force is shown, with its number.")


@dataclass(frozen=True, slots=True)
class AgreementWords:
    """The clauses of an agreement in one language; `id` is None where the base keeps no wordings.

    `digest` is that of the clauses, as kept.
    """

    language: str
    version: int
    clauses: tuple[Clause, ...]
    digest: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class WordingVersion:
    """One version of a campaign's wording, as lists show it."""

    version: int
    language: str
    made_at: datetime
    made_by: str
    agreements: int


@dataclass(frozen=True, slots=True)
class OpenedWording:
    """A campaign's wording in one language as it is edited, the usual texts beside it, and what came before.

    `usual` is empty where the program has no texts in this language; `versions` has the newest first.
    """

    words: AgreementWords
    usual: tuple[Clause, ...]
    versions: tuple[WordingVersion, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How clauses lie on paper: pages, size in points, about how many lines too long for two pages at the least size.

    `cramped` are those with a place of their own that are too long for it to be read.
    """

    pages: int
    size: float
    lines_over: int = 0
    cramped: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Worded:
    """An agreement to print: what it says, its wording in each language asked, and how a refusal names it."""

    name: str
    facts: AgreementFacts
    texts: tuple[AgreementWords, ...]
    wording: Wording = NO_WORDING


def usual_values(language: str) -> Mapping[str, str]:
    """Return what the clauses say where a campaign says nothing, by the name of the field."""
    return _USUAL.get(language, _USUAL[FRENCH])


def kept(clauses: Sequence[Clause]) -> str:
    """Return the clauses as the base keeps them, in the order of their groups."""
    said = {each.group: [each.title, each.text] for each in clauses}
    return json.dumps({group.value: said[group] for group in Group if group in said}, ensure_ascii=False)


def from_kept(text: str) -> tuple[Clause, ...]:
    """Return the clauses that `kept` wrote."""
    return tuple(Clause(Group(group), *said) for group, said in json.loads(text).items())


def digest_of(clauses: Sequence[Clause]) -> str:
    """Return the SHA-256 of the clauses, as hexadecimal."""
    return hashlib.sha256(kept(clauses).encode()).hexdigest()


def differing(before: Sequence[Clause], after: Sequence[Clause]) -> frozenset[Group]:
    """Return the groups whose title or text is not the same in both, or that one lacks."""
    return frozenset(each.group for each in {*before} ^ {*after})


def reworded(before: Sequence[Clause], changed: Sequence[Clause]) -> tuple[Clause, ...]:
    """Return the clauses with those that are `changed` in the place of the same groups, in order.

    Raises: ClauseTwice, EmptyClause, BrokenClause, UnknownField.
    """
    new: dict[Group, Clause] = {}
    for clause in changed:
        if clause.group in new:
            raise ClauseTwice(group=clause.title)
        if refusal := why_not_clause(clause):
            raise refusal
        new[clause.group] = clause
    by_group = {each.group: each for each in before} | new
    return tuple(by_group[group] for group in Group if group in by_group)


def values_of(
    language: str,
    wording: Wording,
    *,
    authority: str,
    campaign: str,
    school: str,
    commune: str,
    due_on: str,
    value: str,
) -> dict[str, str]:
    """Return what fills in the clauses; what is empty stays a blank to write on, or is left out."""
    usual = usual_values(language)
    return {
        "authority": wording.authority or authority,
        "representative": wording.representative,
        "deliberation": wording.deliberation,
        "campaign": campaign,
        "school": school,
        "commune": commune,
        "due_on": due_on,
        "return_place": wording.return_place,
        "value": value,
        "helpline": _TOGETHER.sub("\u00a0", wording.helpline),
        "dpo": wording.dpo or usual["dpo"],
        "retention": wording.retention or usual["retention"],
    }
