"""The directory of schools (Annuaire de l'éducation): one school a line, or several lines for one school.

Source: data.education.gouv.fr, fr-en-annuaire-education; headers are met in both cases.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.identifiers import uai
from tablet_loans.domain.problem import Problem
from tablet_loans.services.importers import tabular
from tablet_loans.services.importers.signatures import DIRECTORY, lacking
from tablet_loans.services.importers.tabular import Table
from tablet_loans.text import N_, sort_key

FIELDS: Final = (
    "uai",
    "name",
    "kind",
    "address_1",
    "address_2",
    "address_3",
    "postcode",
    "commune",
    "phone",
    "email",
    "status",
    "depot",
)
TITLES: Final = {
    "identifiantdeletablissement": "uai", "uai": "uai", "rne": "uai", "codeuai": "uai", "numerouai": "uai",
    "nometablissement": "name", "nom": "name", "name": "name", "etablissement": "name", "schoolname": "name",
    "typeetablissement": "kind", "type": "kind", "kind": "kind",
    "adresse1": "address_1", "adresse": "address_1", "address": "address_1", "adresse2": "address_2",
    "adresse3": "address_3",
    "codepostal": "postcode", "cp": "postcode", "postcode": "postcode",
    "nomcommune": "commune", "commune": "commune", "ville": "commune", "town": "commune", "city": "commune",
    "telephone": "phone", "phone": "phone", "mail": "email", "email": "email", "courriel": "email", "etat": "status",
    "depot": "depot", "magasin": "depot", "depotderattachement": "depot", "warehouse": "depot",
}  # fmt: skip
_STILL_OPEN: Final = ("", "ouvert", "a fermer")


@dataclass(frozen=True, slots=True)
class DirectorySchool:
    """A school as the directory describes it."""

    line: int
    uai: str
    name: str
    kind: str
    address: str
    postcode: str
    commune: str
    phone: str
    email: str
    depot: str


def read(
    content: bytes, path: str, *, mapping: Mapping[str, str] | None
) -> tuple[int, Iterator[DirectorySchool | Problem | None]]:
    """Return about how many lines the directory has, and its schools and problems; None is a school met before.

    Raises: WrongFile, FileUnreadable, MissingColumns, UnknownField.
    """
    known = TITLES.keys() | {tabular.header_key(column) for column in mapping or {}}
    table = tabular.read(
        content,
        path,
        expected=DIRECTORY,
        score=lambda cells: len({tabular.header_key(cell) for cell in cells} & known),
    )
    places = tabular.columns(table, TITLES, mapping, FIELDS)
    if missing := [field for field in ("uai", "name") if field not in places]:
        raise lacking(table, DIRECTORY, missing)
    return table.size, _lines(table, places)


def _lines(table: Table, places: Mapping[str, int]) -> Iterator[DirectorySchool | Problem | None]:
    seen: set[str] = set()
    for line, cells in table.rows:
        said = {field: tabular.pick(cells, places, field) for field in FIELDS}
        code = uai(said["uai"]) if said["uai"] else None
        if code is None:
            yield Problem(line, N_("“{text}” is not a UAI: seven digits and their key letter."), {"text": said["uai"]})
        elif not said["name"]:
            yield Problem(line, N_("The school {school} has no name."), {"school": code})
        elif sort_key(said["status"]) not in _STILL_OPEN:
            yield Problem(
                line, N_("The school {school} is not open ({status})."), {"school": code, "status": said["status"]}
            )
        elif code in seen:
            yield None
        else:
            seen.add(code)
            yield _school(line, code, said)


def _school(line: int, code: str, said: Mapping[str, str]) -> DirectorySchool:
    address = ", ".join(filter(None, (said["address_1"], said["address_2"], said["address_3"])))
    return DirectorySchool(
        line, code, said["name"][:255], said["kind"][:40], address[:255], said["postcode"][:10], said["commune"][:120],
        said["phone"][:40], said["email"][:255], said["depot"][:80],
    )  # fmt: skip
