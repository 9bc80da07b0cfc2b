"""The lines of a school's roll, whatever the format: what each says made a pupil, a warning, or a spoilt line."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from tablet_loans.domain.identifiers import Ine, compact, ine
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import LONGEST, ListedPupil, Spoilt
from tablet_loans.services.importers import tabular
from tablet_loans.text import N_, sort_key

NameKey = tuple[str, str, date | None]
Taken = ListedPupil | Problem | Spoilt

FIELDS: Final = (
    "family_name", "usage_name", "given_name", "birth_date", "ine", "class_name", "level", "local_number", "phone",
)  # fmt: skip
_DOUBTS: Final = {
    Ine.INVALID: N_("“{ine}” is not an INE; the pupil is kept without it."),
    Ine.DOUBTFUL: N_("The INE “{ine}” may be mistyped: its check character is wrong."),
}
_SHORTEST_LIMIT: Final = min(LONGEST.values())


def name_key(family_name: str, given_name: str, birth_date: date | None) -> NameKey:
    """Return the key of a pupil without an INE, within a school."""
    return sort_key(family_name), sort_key(given_name), birth_date


class RollLines:
    """What the lines of one file say, taken one after the other: a pupil stands on one line of a school."""

    __slots__ = ("_by_ine", "_by_name", "_by_number")

    def __init__(self) -> None:
        self._by_ine: dict[str, int] = {}
        self._by_number: dict[tuple[str, str], int] = {}
        self._by_name: dict[tuple[str, NameKey], tuple[int, str | None]] = {}

    def take(self, line: int, said: Mapping[str, str], school: str = "") -> Iterator[Taken]:
        """Yield what a line is: a pupil, after the warnings about it, or a spoilt line.

        `said` has a text, its spaces in order, for every one of `FIELDS` that the format knows, and for `leaves_on` the
        day on which a pupil leaves: who left and came back stands on two lines.
        """
        birth_text = said.get("birth_date", "")
        born = tabular.day(birth_text) if birth_text else None
        if problem := _why_spoilt(line, said, born):
            yield _spoilt(problem, said, school)
            return
        code: str | None = compact(said.get("ine", "")) or None
        if code is not None and (template := _DOUBTS.get(known := ine(code))):
            yield Problem(line, template, {"ine": said["ine"]})
            code = None if known is Ine.INVALID else code
        pupil = _pupil(line, code, born, said, school)
        if pupil.leaves_on is None and (first := self._first_line(pupil)):
            yield _spoilt(
                Problem(line, N_("This pupil already stands on line {first}."), {"first": first}), said, school
            )
        else:
            yield pupil

    def _first_line(self, pupil: ListedPupil) -> int | None:
        """Return the line on which this pupil already stood, or None.

        Namesakes with two INEs, or two numbers in the school's own base, are two pupils.
        """
        if pupil.ine is not None and pupil.ine in self._by_ine:
            return self._by_ine[pupil.ine]
        if pupil.local_number is not None:
            number = (pupil.school, pupil.local_number)
            if number in self._by_number:
                return self._by_number[number]
            self._by_number[number] = pupil.line
        else:
            key = pupil.school, name_key(pupil.family_name, pupil.given_name, pupil.birth_date)
            namesake = self._by_name.get(key)
            if namesake is not None and (pupil.ine is None or namesake[1] is None):
                return namesake[0]
            self._by_name.setdefault(key, (pupil.line, pupil.ine))
        if pupil.ine is not None:
            self._by_ine[pupil.ine] = pupil.line
        return None


def _spoilt(problem: Problem, said: Mapping[str, str], school: str) -> Spoilt:
    names = said["family_name"], said["given_name"]
    return Spoilt(
        problem, *names, school, said.get("usage_name", ""), _leaves_on(said), compact(said.get("ine", "")) or None
    )


def _why_spoilt(line: int, said: Mapping[str, str], born: date | None) -> Problem | None:
    if not said["family_name"] or not said["given_name"]:
        return Problem(line, N_("The line has no family name or no given name."))
    if born is None and said.get("birth_date"):
        return Problem(line, N_("“{text}” is not a date: 10/04/2026 or 2026-04-10."), {"text": said["birth_date"][:20]})
    return why_too_long(line, said)


def why_too_long(line: int, said: Mapping[str, str]) -> Problem | None:
    """Return the problem of a line one of whose texts is longer than the base keeps, or None."""
    for field, text in said.items():
        if len(text) > _SHORTEST_LIMIT and len(text) > (longest := LONGEST.get(field, len(text))):
            return Problem(
                line, N_("“{text}...” is too long: {longest} characters at most."),
                {"text": text[:20], "longest": longest},
            )  # fmt: skip
    return None


def _pupil(line: int, code: str | None, born: date | None, said: Mapping[str, str], school: str) -> ListedPupil:
    family_name, usage_name = said["family_name"], said.get("usage_name", "")
    return ListedPupil(
        line, code, family_name, "" if usage_name == family_name else usage_name, said["given_name"], born,
        said.get("class_name", ""), said.get("level", ""), school, said.get("local_number") or None,
        said.get("phone", ""), _leaves_on(said),
    )  # fmt: skip


def _leaves_on(said: Mapping[str, str]) -> date | None:
    text = said.get("leaves_on", "")
    return tabular.day(text) if text else None
