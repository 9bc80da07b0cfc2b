"""OneRoster zips, 1.1 and 1.2: pupils with their class and school, and who looks after them; never a password.

Source: IMS Global OneRoster CSV binding 1.1 and 1.2.
"""

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tablet_loans.domain.identifiers import Ine, compact, ine, uai
from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import (
    LONGEST,
    Care,
    GuardianRoster,
    ListedGuardian,
    ListedWard,
    Roster,
    RosterKind,
)
from tablet_loans.domain.trouble import FileUnreadable, MissingColumns, WrongFile
from tablet_loans.services.importers import tabular
from tablet_loans.services.importers.archive import Archive, Document, unpacked
from tablet_loans.services.importers.content import opened
from tablet_loans.services.importers.roll_lines import RollLines, Taken
from tablet_loans.text import N_

ONEROSTER: Final = N_("a OneRoster archive (CSV)")
_STUDENT: Final = "student"
_SCHOOL: Final = "school"
_CARES: Final = {"guardian": Care.LEGAL, "parent": Care.LEGAL, "relative": Care.CONTACT}
_HOMEROOM: Final = "homeroom"
_LONGEST_LINE: Final = 2**20
_PIECE: Final = 2**16
_USER_ID: Final = re.compile(r"\{\s*([^:{}]*?)\s*:\s*([^{}]*?)\s*\}")
_USERS: Final = ("sourcedid", "givenname", "familyname")

Record = Mapping[str, str]


@dataclass(slots=True)
class _Rolls:
    """What the small files say: schools, classes, who is what and where."""

    is_whole: bool = False
    schools: dict[str, str] = field(default_factory=dict)  # sourcedId of an org: UAI
    classes: dict[str, tuple[bool, str, str]] = field(default_factory=dict)  # of a class: homeroom, title, org
    placed: dict[str, str] = field(default_factory=dict)  # of a pupil: the class's sourcedId
    roles: dict[str, tuple[str, tuple[str, ...]]] | None = None  # 1.2, of a user: role, orgs
    wards: dict[str, list[str]] = field(default_factory=dict)  # of a guardian: pupils


def pupils(path: Path) -> Roster:
    """Return the pupils of a OneRoster zip; it is whole when its users come in bulk.

    Raises: WrongFile, FileMissing, FileUnreadable, FileTooLarge, MissingColumns.
    """
    with _rolls(path) as (archive, rolls):
        schools: set[str] = set()
        size = 0
        for _, user in _records(archive, "users.csv"):
            if _role(user, rolls) == _STUDENT:
                schools.add(_school(user, rolls))
                size += 1
    said = tuple(sorted(schools - {""}))
    return Roster(RosterKind.ONEROSTER, said, rolls.is_whole and bool(said), size, _pupils(path, rolls))


def guardians(path: Path) -> GuardianRoster:
    """Return the guardians of a OneRoster zip, each once in each school of the pupils looked after.

    Raises: WrongFile, FileMissing, FileUnreadable, FileTooLarge, MissingColumns.
    """
    homes: dict[str, str] = {}
    size = 0
    with _rolls(path) as (archive, rolls):
        for _, user in _records(archive, "users.csv"):
            role = _role(user, rolls)
            size += role in _CARES
            if role == _STUDENT:
                homes[user["sourcedid"]] = _school(user, rolls)
                for agent in _several(user.get("agentsourcedids", "")):
                    rolls.wards.setdefault(agent, []).append(user["sourcedid"])
    schools = tuple(sorted(set(homes.values()) - {""}))
    return GuardianRoster(RosterKind.ONEROSTER, schools, size, _guardians(path, rolls, homes))


@contextmanager
def _rolls(path: Path) -> Iterator[tuple[Archive, _Rolls]]:
    with opened(path) as file, unpacked(file, str(path)) as archive:
        if _member(archive, "users.csv") is None:
            raise WrongFile(path=str(path), found=N_("a ZIP archive"), expected=ONEROSTER)
        rolls = _Rolls(is_whole=_comes_in_bulk(archive))
        for _, org in _records(archive, "orgs.csv"):
            code = uai(org.get("identifier", "")) or uai(org.get("sourcedid", ""))
            if code and org.get("type", _SCHOOL) == _SCHOOL:
                rolls.schools[org.get("sourcedid", "")] = code
        for _, taught in _records(archive, "classes.csv"):
            is_homeroom = taught.get("classtype", "").lower() == _HOMEROOM
            place = is_homeroom, taught.get("title", ""), taught.get("schoolsourcedid", "")
            rolls.classes[taught.get("sourcedid", "")] = place
        _place(archive, rolls)
        if _member(archive, "roles.csv") is not None:
            rolls.roles = _roles(archive)
        yield archive, rolls


def _comes_in_bulk(archive: Archive) -> bool:
    said = {
        record.get("propertyname", "").lower(): record.get("value", "").lower()
        for _, record in _records(archive, "manifest.csv")
    }
    return said.get("file.users") == "bulk" and said.get("file.roles", "bulk") in ("bulk", "absent")


def _place(archive: Archive, rolls: _Rolls) -> None:
    """Note each pupil's class: the homeroom, else the first that the file names."""
    for _, enrolled in _records(archive, "enrollments.csv"):
        user, chosen = enrolled.get("usersourcedid", ""), enrolled.get("classsourcedid", "")
        if enrolled.get("role", _STUDENT) != _STUDENT or chosen not in rolls.classes:
            continue
        before = rolls.classes.get(rolls.placed.get(user, ""))
        if before is None or (rolls.classes[chosen][0] and not before[0]):
            rolls.placed[user] = chosen


def _roles(archive: Archive) -> dict[str, tuple[str, tuple[str, ...]]]:
    roles: dict[str, tuple[str, tuple[str, ...]]] = {}
    for _, said in _records(archive, "roles.csv"):
        user, role = said.get("usersourcedid", ""), said.get("role", "").lower()
        if role != _STUDENT and role not in _CARES:
            continue
        known, orgs = roles.get(user, (role, ()))
        if known == role:
            is_primary = said.get("roletype", "").lower() == "primary"
            org = said.get("orgsourcedid", "")
            roles[user] = role, (org, *orgs) if is_primary else (*orgs, org)
    return roles


def _role(user: Record, rolls: _Rolls) -> str:
    if rolls.roles is None:
        return user.get("role", "").lower()
    return rolls.roles.get(user["sourcedid"], ("", ()))[0]


def _school(user: Record, rolls: _Rolls) -> str:
    """Return the UAI of a pupil's school: the class's, else the first org that is a school; "" when none is."""
    _, _, home = rolls.classes.get(rolls.placed.get(user["sourcedid"], ""), (False, "", ""))
    orgs = rolls.roles.get(user["sourcedid"], ("", ()))[1] if rolls.roles is not None else ()
    said = (home, user.get("primaryorgsourcedid", ""), *orgs, *_several(user.get("orgsourcedids", "")))
    return next((rolls.schools[org] for org in said if org in rolls.schools), "")


def _pupils(path: Path, rolls: _Rolls) -> Iterator[Taken]:
    lines = RollLines()
    with opened(path) as file, unpacked(file, str(path)) as archive:
        for line, user in _records(archive, "users.csv"):
            if _role(user, rolls) == _STUDENT:
                yield from lines.take(line, _said(user, rolls), _school(user, rolls))


def _said(user: Record, rolls: _Rolls) -> dict[str, str]:
    """Return what a pupil's line says: the first grade is the level; the pupil's own phone is not wanted."""
    _, title, _ = rolls.classes.get(rolls.placed.get(user["sourcedid"], ""), (False, "", ""))
    return {
        "family_name": user["familyname"],
        "usage_name": user.get("preferredfamilyname", ""),
        "given_name": user["givenname"],
        "ine": _ine(user),
        "class_name": title,
        "level": next(iter(_several(user.get("grades", ""))), "")[: LONGEST["level"]],
        "local_number": _number(user["sourcedid"]),
    }


def _ine(user: Record) -> str:
    """Return the INE among a pupil's identifiers, or ""; another number that looks like one is not taken."""
    for kind, code in _USER_ID.findall(user.get("userids", "")):
        if "ine" in kind.lower().split("_") or kind.lower() in ("enteleveine", "student_ine", "idnational"):
            return str(code)
    said = [code for _, code in _USER_ID.findall(user.get("userids", ""))] + [user.get("identifier", "")]
    return next((code for code in said if ine(code) is Ine.VALID and compact(code)[-1].isalpha()), "")


def _number(sourced_id: str) -> str:
    """Return a sourcedId as the base keeps it: a longer one by its digest."""
    if len(sourced_id) <= LONGEST["local_number"]:
        return sourced_id
    return hashlib.sha256(sourced_id.encode()).hexdigest()[: LONGEST["local_number"]]


def _guardians(path: Path, rolls: _Rolls, homes: Mapping[str, str]) -> Iterator[ListedGuardian | Problem]:
    with opened(path) as file, unpacked(file, str(path)) as archive:
        for line, user in _records(archive, "users.csv"):
            care = _CARES.get(_role(user, rolls))
            if care is None:
                continue
            known = (*_several(user.get("agentsourcedids", "")), *rolls.wards.get(user["sourcedid"], ()))
            wards = [ward for ward in dict.fromkeys(known) if ward in homes]
            if not wards or not user["familyname"]:
                yield Problem(line, N_("This person has no name, or looks after no pupil of the file."))
            for school in dict.fromkeys(homes[ward] for ward in wards if user["familyname"]):
                there = tuple(ListedWard(care, _number(ward)) for ward in wards if homes[ward] == school)
                yield _guardian(line, user, school, there)


def _guardian(line: int, user: Record, school: str, wards: tuple[ListedWard, ...]) -> ListedGuardian:
    return ListedGuardian(
        line=line,
        local_number=_number(user["sourcedid"]),
        civility="",
        family_name=user["familyname"][:255],
        given_name=user["givenname"][:255],
        phone=user.get("phone", "")[:40],
        mobile=user.get("sms", "")[:40],
        email=user.get("email", "")[:255],
        address="",
        postcode="",
        commune="",
        wards=wards,
        school=school,
    )


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _member(archive: Archive, name: str) -> str | None:
    return next((known for known in archive.names if known.replace("\\", "/").rsplit("/", 1)[-1].lower() == name), None)


def _records(archive: Archive, name: str) -> Iterator[tuple[int, Record]]:
    """Yield the records of a file that are not to be deleted, each with its line; nothing where it is not there.

    Raises: FileUnreadable, FileTooLarge, MissingColumns.
    """
    if (member := _member(archive, name)) is None:
        return
    with archive.member(member) as document:
        reader = csv.reader(_text_lines(document, archive.path))
        try:
            header = [title.strip().lower() for title in next(reader, [])]
            places = {title: place for place, title in enumerate(header) if title != "password"}
            if name == "users.csv" and (missing := [title for title in _USERS if title not in places]):
                raise MissingColumns(path=archive.path, columns=", ".join(missing))
            line = reader.line_num + 1
            for record_cells in reader:
                cells = [tabular.clean(cell) for cell in record_cells]
                record = {title: tabular.pick(cells, places, title) for title in places}
                if any(record.values()) and record.get("status", "").lower() != "tobedeleted":
                    yield line, record
                line = reader.line_num + 1
        except csv.Error:
            raise FileUnreadable(path=archive.path, reason=N_("it is damaged or cut short")) from None


def _text_lines(document: Document, path: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    waiting = ""
    try:
        while True:
            piece = document.read(_PIECE)
            *lines, waiting = (waiting + decoder.decode(piece, final=not piece)).split("\n")
            for line in lines:
                yield line + "\n"
            if not piece:
                break
            if len(waiting) > _LONGEST_LINE:
                raise FileUnreadable(path=path, reason=N_("it is damaged or cut short"))
    except UnicodeDecodeError:
        raise FileUnreadable(path=path, reason=N_("its text is damaged")) from None
    if waiting:
        yield waiting
