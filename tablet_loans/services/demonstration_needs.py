"""What the demonstration's families answered, who looks after the pupils in need, and which pupils share a home."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from tablet_loans.domain.need import Equipment, Source, lacks
from tablet_loans.domain.roster import Care
from tablet_loans.services.demonstration_words import GIVEN_NAMES
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tablet_loans.text import search_key, sort_key

_WEIGHTS: Final = {Equipment.NONE: 5, Equipment.PHONE: 6, Equipment.SHARED: 7, Equipment.OWN: 82}
_SHARED_HOME: Final = 0.25
_SILENT_SCHOOLS: Final = 0.07
_STREETS: Final = (
    "rue des Tilleuls", "allée du Parc", "avenue de la Gare", "rue du Moulin", "place de l'Église", "rue des Écoles",
    "chemin des Vignes", "boulevard du Nord",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Home:
    """A pupil as far as a home goes: who shares it is known by the same household."""

    pupil_id: int
    school_id: int
    family_name: str
    postcode: str
    commune: str
    household: int | None


def write(base: Base, *, campaign_id: int, borrowers: set[int], today: date, seed: int) -> None:
    """Write households, the answers of most schools, and guardians of the pupils in need."""
    chance = Random(f"needs of {seed}")
    homes = list(_homes(base, chance))
    for home in homes:
        if home.household is not None:
            base.execute("UPDATE pupil SET household = ? WHERE id = ?", (home.household, home.pupil_id))
    answers = list(_answers(chance, homes, borrowers))
    columns = (
        "campaign_id", "pupil_id", "equipment", "is_cellular", "is_priority", "asked_on", "answered_by", "source",
        "recorded_at", "is_current",
    )  # fmt: skip
    rows.insert_many(base, "need", columns, (_need(chance, campaign_id, today, *each) for each in answers))
    _write_guardians(base, chance, [home for home, equipment in answers if lacks(equipment)])


def _homes(base: Base, chance: Random) -> Iterator[_Home]:
    """Yield the pupils who are there; now and then one shares the home of the last with that name in the commune."""
    last: dict[tuple[str, str], list[_Home]] = {}
    found = base.execute(
        "SELECT pupil.id, school_id, family_name, school.postcode, school.commune FROM pupil"
        " JOIN school ON school.id = pupil.school_id WHERE left_on IS NULL ORDER BY pupil.id"
    ).fetchall()
    for pupil_id, school_id, family_name, postcode, commune in found:
        waiting = last.setdefault((family_name, commune), [])
        household = None
        if waiting and chance.random() < _SHARED_HOME:
            other = waiting.pop()
            household = other.pupil_id
            yield _Home(other.pupil_id, other.school_id, family_name, postcode, commune, household)
        home = _Home(pupil_id, school_id, family_name, postcode, commune, household)
        if household is None:
            waiting.append(home)
        else:
            yield home
    for waiting in last.values():
        yield from waiting


def _answers(chance: Random, homes: Sequence[_Home], borrowers: set[int]) -> Iterator[tuple[_Home, Equipment]]:
    share = {
        school: 0.0 if chance.random() < _SILENT_SCHOOLS else min(1.0, chance.uniform(0.55, 1.25))
        for school in sorted({home.school_id for home in homes})
    }
    kinds, weights = tuple(_WEIGHTS), tuple(_WEIGHTS.values())
    for home in homes:
        is_borrower = home.pupil_id in borrowers
        if is_borrower or chance.random() < share[home.school_id]:
            yield home, chance.choice(kinds[:3]) if is_borrower else chance.choices(kinds, weights)[0]


def _need(chance: Random, campaign_id: int, today: date, home: _Home, equipment: Equipment) -> tuple[object, ...]:
    asked_on = today - timedelta(chance.randrange(3, 24))
    is_needy = lacks(equipment)
    return (
        campaign_id, home.pupil_id, equipment.value, is_needy and chance.random() < 0.3,
        is_needy and chance.random() < 0.08, asked_on, "", Source.WORKBOOK.value,
        datetime.combine(asked_on, time(9, 30), UTC), True,
    )  # fmt: skip


def _write_guardians(base: Base, chance: Random, needy: Sequence[_Home]) -> None:
    """Write one guardian a home, and the tie to each of its pupils in need."""
    by_home: dict[int, list[_Home]] = {}
    for home in needy:
        by_home.setdefault(home.household or home.pupil_id, []).append(home)
    columns = (
        "id", "school_id", "civility", "family_name", "given_name", "phone", "mobile", "email", "address", "postcode",
        "commune", "is_institution", "name_key", "address_key",
    )  # fmt: skip
    guardians = (_guardian(chance, place, home[0]) for place, home in enumerate(by_home.values(), 1))
    rows.insert_many(base, "guardian", columns, guardians)
    ties = ((home.pupil_id, place, Care.LEGAL.value) for place, each in enumerate(by_home.values(), 1) for home in each)
    rows.insert_many(base, "guardianship", ("pupil_id", "guardian_id", "care"), ties)
    rows.number_on(base, "guardian")


def _guardian(chance: Random, place: int, home: _Home) -> tuple[object, ...]:
    given_name = chance.choice(GIVEN_NAMES)
    address = f"{chance.randrange(1, 99)} {chance.choice(_STREETS)}"
    return (
        place, home.school_id, chance.choice(("M.", "Mme")), home.family_name, given_name, "",
        f"06 39 98 {place // 100 % 100:02d} {place % 100:02d}", "", address, home.postcode, home.commune, False,
        sort_key(home.family_name, given_name), search_key(address, home.postcode, home.commune).strip(),
    )  # fmt: skip
