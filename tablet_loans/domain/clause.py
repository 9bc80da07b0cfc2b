"""A clause: one group of sentences of the loan agreement, with named fields; edited by people, filled in by loans."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.text import N_

LONGEST: Final = 4_000
LONGEST_TITLE: Final = 120
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")


class Group(StrEnum):
    """The clause groups, in the order of the agreement. Source: practice of French authorities, CNIL."""

    PARTIES = "parties"
    PURPOSE = "purpose"
    EQUIPMENT = "equipment"
    DURATION = "duration"
    USE = "use"
    CARE = "care"
    DAMAGE = "damage"
    LOSS = "loss"
    INSURANCE = "insurance"
    DEPOSIT = "deposit"
    LOCATION = "location"
    PERSONAL_DATA = "personal_data"
    BREACH = "breach"
    SIGNATURES = "signatures"
    RECEIPT = "receipt"
    CONDITION = "condition"


FIELDS: Final[Mapping[str, str]] = {
    "authority": N_("the authority"),
    "representative": N_("who represents the authority"),
    "deliberation": N_("number and date of the deliberation"),
    "campaign": N_("the campaign"),
    "school": N_("the school"),
    "commune": N_("the school’s commune"),
    "due_on": N_("when the device is due"),
    "return_place": N_("where the device comes back"),
    "value": N_("the device’s value"),
    "helpline": N_("the helpline"),
    "dpo": N_("how to reach the data protection officer"),
    "retention": N_("how long data are kept"),
}
"""What a clause may name, and what each is."""


class UnknownField(Refusal):
    """A clause names what nobody fills in."""

    sentence = N_("The clause “{title}” names {{{field}}}, which does not exist.")
    way_out = N_("Choose one of these: {fields}.")


class BrokenClause(Refusal):
    """A clause's brackets do not match."""

    sentence = N_("In the clause “{title}”, a bracket is opened and not closed, or the other way round.")
    way_out = N_("Write {{field}} for what is filled in, [..] around what is left out when it is empty.")


class EmptyClause(Refusal):
    """A clause has no title, or is too long."""

    sentence = N_("The clause “{title}” has no title or no text, or more than {longest} characters.")
    way_out = N_("Write its title on the first line and its text below.")


class BadTitle(Refusal):
    """A clause's title is too long, or has a bracket: nothing is filled in there."""

    sentence = N_("The title “{title}” has a bracket, or more than {longest} characters.")
    way_out = N_("Write it in a few plain words; what is filled in belongs into the text.")


class ClauseMissing(Refusal):
    """A clause group has no text."""

    sentence = N_("The clauses {groups} are missing in this language.")
    way_out = N_("Write them, or take the usual texts.")


class LanguageUnwritten(ClauseMissing):
    """No clause has a text in the language asked for."""

    sentence = N_("The agreement is not written in this language.")
    way_out = N_("Choose among {languages}, or write its clauses in this one.")


class UnknownGroup(Refusal):
    """A file is named after no clause group."""

    sentence = N_("{file} is named after no clause of the agreement.")
    way_out = N_("Name it after one of these: {groups}.")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause group's title and text; `{field}` is filled in, `[...]` left out when a field within it is empty."""

    group: Group
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A clause as it is printed: its title, its paragraphs, and which of them are points of a list."""

    group: Group
    title: str
    paragraphs: tuple[tuple[str, bool], ...]


def clause_from(group: Group, written: str) -> Clause:
    """Return the clause of a text whose first line is its title. Raises: EmptyClause, BrokenClause, UnknownField."""
    title, _, text = written.strip().partition("\n")
    clause = Clause(group, title.strip(), text.strip())
    if refusal := why_not_clause(clause):
        raise refusal
    return clause


def why_not_clause(clause: Clause) -> Refusal | None:
    """Return why a clause cannot be printed, or None."""
    if not clause.title or not clause.text or len(clause.text) > LONGEST:
        return EmptyClause(title=clause.title or clause.group.value, longest=LONGEST)
    if set("{}[]") & set(clause.title) or len(clause.title) > LONGEST_TITLE:
        return BadTitle(title=clause.title[:LONGEST_TITLE], longest=LONGEST_TITLE)
    if not is_balanced(clause.text):
        return BrokenClause(title=clause.title)
    if (field := unknown_field(clause.text, FIELDS)) is not None:
        return UnknownField(title=clause.title, field=field, fields=fields_said(FIELDS))
    return None


def is_balanced(text: str) -> bool:
    """Say whether each bracket of a text with fields is closed."""
    return not set("{}[]") & set(_FIELD.sub("", _OPTIONAL.sub(r"\1", text)))


def unknown_field(text: str, fields: Collection[str]) -> str | None:
    """Return the first field of a text that is none of these, or None."""
    return next((field for field in _FIELD.findall(text) if field not in fields), None)


def fields_said(fields: Iterable[str]) -> str:
    """Return the fields as they are written in a text."""
    return ", ".join(f"{{{each}}}" for each in fields)


def missing_groups(clauses: Sequence[Clause]) -> list[Group]:
    """Return the groups that have no clause, in their order."""
    return [group for group in Group if group not in {each.group for each in clauses}]


def filled(clause: Clause, values: Mapping[str, str]) -> Filled:
    """Return the clause with its fields filled in; a field that nothing is known of stays a blank to write on."""
    return Filled(clause.group, clause.title, tuple(_paragraphs(spelled(clause.text, values))))


def spelled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its fields filled in; what they say is never read for fields again."""

    def optional(match: re.Match[str]) -> str:
        return match[1] if all(values.get(field) for field in _FIELD.findall(match[1])) else ""

    return _FIELD.sub(lambda match: values.get(match[1]) or BLANK, _OPTIONAL.sub(optional, text))


BLANK: Final = "…………………………"


def _paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    for line in text.splitlines():
        if line.strip():
            is_point = line.lstrip().startswith("- ")
            yield line.strip().removeprefix("- "), is_point
