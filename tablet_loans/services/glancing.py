"""Glancing: the beginning of a table, and which field each of its columns is taken for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import WrongFile
from tablet_loans.services import mapping
from tablet_loans.services.importers import (
    answers,
    devices,
    onde_guardians,
    pupils,
    schools,
    siecle,
    signatures,
    tabular,
)
from tablet_loans.services.mdm import table_file
from tablet_loans.services.session import Progress, Session
from tablet_loans.text import N_

Value = TypeVar("Value")
MDM: Final = "mdm"
"""The kind of a file that an MDM is read from: no import, but its columns are named alike."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a column can be: the name the command line knows, and its words."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Glanced:
    """The beginning of a table: its titles, some cells of each column, and the field each title stands for.

    `proposed` is what was remembered of the same titles, else what they tell by themselves. Of each group of fields in
    `needed`, one at least must be named.
    """

    titles: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    digest: str
    fields: tuple[Field, ...]
    needed: tuple[tuple[str, ...], ...]
    proposed: Mapping[str, str]
    is_remembered: bool


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "schools": {
        "uai": N_("UAI"), "name": N_("Name"), "kind": N_("Kind of school"), "address_1": N_("Address"),
        "address_2": N_("Address, second line"), "address_3": N_("Address, third line"), "postcode": N_("Postcode"),
        "commune": N_("Town"), "phone": N_("Phone"), "email": N_("E-mail"), "status": N_("Open or closed"),
        "depot": N_("Depot"),
    },
    "pupils": {
        "family_name": N_("Family name"), "usage_name": N_("Usage name"), "given_name": N_("Given name"),
        "full_name": N_("Family and given name"), "birth_date": N_("Birth date"), "ine": N_("INE"),
        "class_name": N_("Class"), "level": N_("Level"), "local_number": N_("Local number"), "phone": N_("Phone"),
        "school": N_("School (UAI)"),
    },
    "guardians": {
        "civility": N_("Civility"), "family_name": N_("Family name"), "usage_name": N_("Usage name"),
        "given_name": N_("Given name"), "phone": N_("Phone"), "mobile": N_("Mobile"), "email": N_("E-mail"),
        "address": N_("Address"), "postcode": N_("Postcode"), "commune": N_("Town"),
        "pupil_family_name": N_("Pupil's family name"), "pupil_given_name": N_("Pupil's given name"),
        "pupil_full_name": N_("Pupil's family and given name"), "pupil_class": N_("Pupil's class"),
        "school": N_("School (UAI)"),
    },
    "answers": {
        "ine": N_("INE"), "family_name": N_("Family name"), "given_name": N_("Given name"),
        "full_name": N_("Family and given name"), "birth_date": N_("Birth date"), "class_name": N_("Class"),
        "school": N_("School (UAI)"), "equipment": N_("Equipment at home"), "cellular": N_("SIM card needed"),
        "priority": N_("Priority"), "asked_on": N_("Asked on"), "answered_by": N_("Answered by"),
    },
    "devices": {
        "tag": N_("Asset tag"), "serial": N_("Serial number"), "imei": N_("IMEI"), "iccid": N_("SIM card (ICCID)"),
        "line": N_("Phone line"), "kind": N_("Kind"), "maker": N_("Maker"), "model": N_("Model"), "gtin": N_("GTIN"),
        "features": N_("Features"), "kit": N_("Accessories"), "supplier": N_("Supplier"), "invoice": N_("Invoice"),
        "mandate": N_("Mandate"), "purchased_on": N_("Purchased on"), "price": N_("Price"), "account": N_("Account"),
        "in_service_on": N_("In service on"), "depot": N_("Depot"),
    },
    MDM: {
        "serial": N_("Serial number"), "imei": N_("IMEI"), "external_id": N_("Number in the MDM"), "name": N_("Name"),
        "asset_tag": N_("Asset tag"), "owner": N_("Owner"), "group": N_("Group"), "model": N_("Model"),
        "enrolled": N_("Enrolled, or not"), "enrolled_at": N_("Enrolled on"), "last_seen_at": N_("Last seen"),
    },
}  # fmt: skip
_Group = tuple[str, ...]
_KNOWN: Final[Mapping[str, tuple[_Group, Mapping[str, str], tuple[_Group, ...]]]] = {
    "schools": (schools.FIELDS, schools.TITLES, (("uai",), ("name",))),
    "pupils": (pupils.FIELDS, pupils.TITLES, (("family_name", "full_name"), ("given_name", "full_name"))),
    "guardians": (
        onde_guardians.FIELDS, onde_guardians.TITLES, (("family_name",), ("pupil_family_name", "pupil_full_name")),
    ),
    "answers": (answers.FIELDS, answers.TITLES, (("equipment",), ("ine", "family_name", "full_name"))),
    "devices": (devices.FIELDS, devices.TITLES, (("serial", "tag", "imei"),)),
    MDM: (
        tuple(table_file.TITLES),
        {tabular.header_key(each): field for field, titles in table_file.TITLES.items() for each in titles.split("|")},
        (("serial", "imei"),),
    ),
}  # fmt: skip
_TAKEN: Final = {
    signatures.PUPILS: "pupils", siecle.ROOTS["BEE_ELEVES"]: "pupils",
    signatures.GUARDIANS: "guardians", siecle.ROOTS["BEE_RESPONSABLES"]: "guardians",
}  # fmt: skip
_PERMISSIONS: Final = {"answers": Permission.ASK, "devices": Permission.STOCK, MDM: Permission.ADMINISTER}


def kind_found(error: WrongFile) -> str:
    """Return which import takes the file that another one refused, "" when it is not told."""
    return _TAKEN.get(str(error.facts.get("found", "")), "")


def has_columns(kind: str) -> bool:
    """Say whether the columns of such a file can be named by hand."""
    return kind in _KNOWN


def glance(session: Session, kind: str, path: Path) -> Glanced:
    """Return the beginning of the table at `path`, and the field that each of its columns is taken for.

    `kind` is that of the import (schools, pupils, guardians, answers or devices), or `MDM`.
    Raises: NotPermitted, FileMissing, FileUnreadable, FileTooLarge, WrongFile, BaseTrouble.
    """
    session.require(_PERMISSIONS.get(kind, Permission.ROSTER))
    names, titles, needed = _KNOWN[kind]
    seen = tabular.glance(path, titles)
    kept = mapping.remembered(session, kind, seen.digest)
    here = {title: field for title, field in kept.items() if title in seen.titles and field in names}
    fields = tuple(Field(name, _WORDS[kind].get(name, name)) for name in names)
    groups = tuple(tuple(name for name in group if name in names) for group in needed)
    proposed = here or tabular.likely(seen.titles, titles)
    return Glanced(seen.titles, seen.samples, seen.digest, fields, groups, proposed, bool(here))


def read_as_known(
    service: Callable[..., Value],
    session: Session,
    *,
    kind: str,
    path: Path,
    named: Mapping[str, str],
    progress: Progress,
    **facts: Any,
) -> Value:
    """Return what an import of the file at `path` answers, its columns `named` now, else as they were remembered."""
    columns = dict(named) or mapping.of_file(session, kind, path)
    return service(session, path, mapping=columns or None, progress=progress, **facts)
