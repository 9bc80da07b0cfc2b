"""The school workbook: what it asks, where, in which words; and the seals that prove what the school may not change.

It is read by schools, in French whatever the language of the station.
"""

import hmac
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from tablet_loans.domain.errors import Refusal, TabletLoansError
from tablet_loans.domain.need import Answer, Equipment, Told
from tablet_loans.domain.problem import Problem
from tablet_loans.text import N_, sort_key

VERSION: Final = 1
SHEET: Final = "Élèves"
MARK: Final = "Repère"
CLASS, NAME, GIVEN = "Classe", "Nom", "Prénom"
EQUIPMENT, CELLULAR, PRIORITY = "Équipement à la maison", "Connexion mobile nécessaire", "Prioritaire"
ASKED, BY = "Demandé le", "Répondu par"
TITLES: Final = (MARK, CLASS, NAME, GIVEN, EQUIPMENT, CELLULAR, PRIORITY, ASKED, BY)
CAMPAIGN, SCHOOL, MADE = "Campagne", "Établissement", "Fait le"
YES, NO = "Oui", "Non"
EQUIPMENT_OFFERED: Final[Mapping[Equipment, str]] = {
    Equipment.NONE: "Rien",
    Equipment.PHONE: "Téléphone seulement",
    Equipment.SHARED: "Partagé",
    Equipment.OWN: "Personnel",
}
SPARE: Final = "+"
SPARE_ROWS: Final = 10

_BEGINNING: Final = "TLC"
_SEAL_BYTES: Final = 10
_AS_LIST: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class NoWorkbookThere(Refusal):
    """No file is in the folders that were given."""

    sentence = N_("No workbook is there: {folder}.")
    way_out = N_("Save the schools' files there first, or name another folder.")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of a workbook; `pupils` counts its rows when it was made."""

    campaign_id: int
    campaign: str
    uai: str
    school_name: str
    made_on: date
    pupils: int

    @property
    def school(self) -> str:
        """Return the school as the sheet shows it."""
        return fixed(f"{self.uai} - {self.school_name}")


@dataclass(frozen=True, slots=True)
class AskedPupil:
    """A pupil as the workbook shows one: its fixed cells, and the answer already known."""

    pupil_id: int
    class_name: str
    name: str
    given_name: str
    answer: Answer | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A returned head: what its mark says, what its cells show, and its seal."""

    version: int
    campaign_id: int
    uai: str
    made_on: date
    pupils: int
    seal: str
    campaign: str
    school: str


@dataclass(frozen=True, slots=True)
class WrittenWorkbooks:
    """How many workbooks were written, for how many pupils, and where."""

    files: int
    pupils: int
    folder: str


@dataclass(frozen=True, slots=True)
class SchoolReturn:
    """What one returned file brought, or why it was refused as a whole.

    `read` counts the lines with an answer, `missing` those that the school deleted. `is_known` tells that the very same
    file was imported before: nothing of it is written again.
    """

    file: str
    school: str | None
    read: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    is_known: bool = False
    refused: TabletLoansError | None = None
    problems: tuple[Problem, ...] = ()


def told_apart(pupils: Sequence[AskedPupil], birth_dates: Mapping[int, date]) -> list[AskedPupil]:
    """Return the pupils of a school, homonyms with their birth date beside the given name, under the seal too."""
    names = {pupil.pupil_id: sort_key(pupil.name, pupil.given_name) for pupil in pupils}
    count = Counter(names.values())
    return [
        replace(pupil, given_name=f"{pupil.given_name} ({born:%d/%m/%Y})")
        if count[names[pupil.pupil_id]] > 1 and (born := birth_dates.get(pupil.pupil_id))
        else pupil
        for pupil in pupils
    ]


def fixed(text: str) -> str:
    """Return a fixed cell as seals see it, whatever was done to its spaces, composed letters and formula's quote."""
    return unicodedata.normalize("NFC", " ".join(text.split()).removeprefix("'"))


def head_mark(key: bytes, head: Head) -> str:
    """Return the hidden cell that says for whom the workbook was made, with its seal."""
    said = (head.campaign_id, head.uai, head.made_on.isoformat(), head.pupils)
    seal = head_seal(key, VERSION, *said, head.campaign, head.school)
    return ";".join(map(str, (f"{_BEGINNING}{VERSION}", *said, seal)))


def is_head_mark(text: str) -> bool:
    """Say whether a cell is a workbook's hidden head, sound or not."""
    return re.match(rf"{_BEGINNING}\d+;", text) is not None


def parsed_head(mark: str, campaign: str, school: str) -> Sealed | None:
    """Return what a head's mark says, with what the cells beside it show, or None when it is damaged."""
    pattern = rf"{_BEGINNING}(\d{{1,4}});(\d{{1,9}});(\w{{8}});(\d{{4}}-\d\d-\d\d);(\d{{1,6}});(\w+)"
    if (match := re.fullmatch(pattern, mark, re.ASCII)) is None:
        return None
    version, campaign_id, uai, made_on, pupils, seal = match.groups()
    try:
        day = date.fromisoformat(made_on)
    except ValueError:
        return None
    return Sealed(int(version), int(campaign_id), uai, day, int(pupils), seal, campaign, school)


def head_seal(
    key: bytes, version: int, campaign_id: int, uai: str, made_on: str, pupils: int, campaign: str, school: str
) -> str:
    """Return the seal of a head."""
    return _seal(key, ("head", version, campaign_id, uai, made_on, pupils, fixed(campaign), fixed(school)))


def is_head_sealed(key: bytes, head: Sealed) -> bool:
    """Say whether the head is as it was made with this key."""
    made_on = head.made_on.isoformat()
    right = head_seal(
        key, head.version, head.campaign_id, head.uai, made_on, head.pupils, head.campaign, head.school
    )  # fmt: skip
    return hmac.compare_digest(right, head.seal)


def row_mark(key: bytes, campaign_id: int, uai: str, pupil: AskedPupil) -> str:
    """Return the hidden cell of a row: the pupil's id and the seal of the row, which keeps it wherever it is sorted."""
    seal = _row_seal(key, campaign_id, uai, pupil.pupil_id, (pupil.class_name, pupil.name, pupil.given_name))
    return f"{pupil.pupil_id}-{seal}"


def sealed_pupil(key: bytes, campaign_id: int, uai: str, mark: str, shown: Sequence[str]) -> int | None:
    """Return the id of the pupil on a returned row, or None when the row is not as it was made for this school.

    `shown` are the class, the name and the given name that the row shows now.
    """
    if (match := re.fullmatch(r"([0-9]{1,9})-([0-9a-f]+)", mark)) is None:
        return None
    pupil_id = int(match.group(1))
    right = _row_seal(key, campaign_id, uai, pupil_id, shown)
    return pupil_id if hmac.compare_digest(right, match.group(2)) else None


def _row_seal(key: bytes, campaign_id: int, uai: str, pupil_id: int, shown: Sequence[str]) -> str:
    return _seal(key, (VERSION, campaign_id, uai, pupil_id, *map(fixed, shown)))


def _seal(key: bytes, said: Sequence[object]) -> str:
    """Return the first 80 bits of the HMAC-SHA256 of a JSON list, whose bounds no text can blur. Source: RFC 2104."""
    text = _AS_LIST(said)
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")[:_SEAL_BYTES].hex()
