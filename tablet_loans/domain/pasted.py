"""A pasted list: a spreadsheet's names and answers, recognised within one class list; nothing is guessed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.need import Answer, Equipment, NeedRow
from tablet_loans.domain.survey import told_equipment
from tablet_loans.text import N_, sort_key

NO_NAME: Final = N_("Nobody here bears this name.")
SEVERAL: Final = N_("Several pupils here bear this name.")
TWICE: Final = N_("This pupil is already further up.")
NO_ANSWER: Final = N_("No answer is understood on this line.")

_FIGURES: Final[Mapping[str, Equipment]] = {str(figure): each for figure, each in enumerate(Equipment, 1)}
_TITLES: Final = frozenset({"nom", "prenom", "eleve", "name", "pupil", "family name", "nom de famille", "nom prenom"})
_CELLULAR: Final = frozenset({"4g", "5g", "sim", "carte sim", "sans internet", "pas d internet", "cellular"})
_PRIORITY: Final = frozenset({"p", "prioritaire", "priorite", "priority"})


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One line pasted: its words, the pupil and the answer understood, or why it is left out."""

    number: int
    words: str
    pupil: NeedRow | None
    answer: Answer | None
    why_not: str = ""


def understood(text: str, pupils: Sequence[NeedRow]) -> list[PastedLine]:
    """Return the lines of a pasted list, each with the pupil of this class list and the answer that it names.

    A first line of titles is passed over. Cells are parted by tabs, or else by semicolons.
    """
    names, seen = _names(pupils), set[int]()
    lines: list[PastedLine] = []
    for number, cells in _lines(text):
        line = _line(number, cells, names, seen)
        if number == 1 and line.why_not == NO_NAME and not _TITLES.isdisjoint(map(sort_key, cells)):
            continue
        if line.pupil is not None and not line.why_not:
            seen.add(line.pupil.pupil_id)
        lines.append(line)
    return lines


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip().strip('"') for cell in line.split("\t" if "\t" in line else ";")]
        if any(cells):
            yield number, cells


def _names(pupils: Iterable[NeedRow]) -> dict[str, list[NeedRow]]:
    """Return the pupils by every way in which their names are written, family name first or last."""
    found: dict[str, list[NeedRow]] = {}
    for pupil in pupils:
        families = {pupil.family_name, pupil.usage_name} - {""}
        keys = {key for name in families for key in _both_ways(name, pupil.given_name)}
        for key in keys:
            found.setdefault(key, []).append(pupil)
    return found


def _both_ways(family: str, given: str) -> tuple[str, str]:
    return sort_key(family, given), sort_key(given, family)


def _line(number: int, cells: Sequence[str], names: Mapping[str, list[NeedRow]], seen: set[int]) -> PastedLine:
    said, rest = _named(cells, names)
    answer = _answer(rest)
    words = " · ".join(cell for cell in cells if cell)
    if len(said) != 1:
        return PastedLine(number, words, None, answer, SEVERAL if said else NO_NAME)
    pupil = said[0]
    why_not = TWICE if pupil.pupil_id in seen else "" if answer is not None else NO_ANSWER
    return PastedLine(number, words, pupil, answer, why_not)


def _named(cells: Sequence[str], names: Mapping[str, list[NeedRow]]) -> tuple[list[NeedRow], Sequence[str]]:
    """Return the pupils that a line names in one cell or in two that follow, and its other cells."""
    for width in (2, 1):
        for start in range(len(cells) - width + 1):
            if all(cells[start : start + width]) and (found := names.get(sort_key(*cells[start : start + width]))):
                return found, [*cells[:start], *cells[start + width :]]
    return [], cells


def _answer(cells: Sequence[str]) -> Answer | None:
    """Return what the cells that are no name answer: the first that tells equipment, and the marks named."""
    told = (_FIGURES.get(cell) or told_equipment(cell) for cell in cells if cell)
    equipment = next((each for each in told if each is not None), None)
    if equipment is None:
        return None
    keys = {sort_key(cell) for cell in cells}
    return Answer(equipment, not _CELLULAR.isdisjoint(keys), not _PRIORITY.isdisjoint(keys))
