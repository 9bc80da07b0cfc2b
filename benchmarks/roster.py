"""100,000 pupils from SIECLE's XML, twice: all arrive, then all change class; against bare lxml and sqlite3."""

import resource
import sqlite3
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from lxml import etree

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, seconds
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import rostering
from tablet_loans.services.session import Session
from tablet_loans.storage import rows
from tablet_loans.storage.database import open_database

_PUPILS: Final = 100_000
_UAI: Final = f"0699999{uai_key('0699999')}"
_PROMISE: Final = 4.0
_SMALL: Final = Size(devices=1_000, pupils=10_000, lines=10_000)
_COLUMNS: Final = ("ine", "family_name", "usage_name", "given_name", "birth_date", "class_name", "local_number")


def measure() -> Verdict:
    """Return the verdict on a school of 100,000 arriving pupils; the time of their changes is told beside."""
    with bases.folder() as folder:
        first, second = folder / "one.xml", folder / "two.xml"
        _write(first, "5A")
        _write(second, "4B")
        path = bases.copied(_SMALL, folder / "base.sqlite")
        _add_school(path)
        bases.settle()
        yardstick = seconds(lambda: _bare(first, folder / "bare.sqlite"))
        with get_context("spawn").Pool(1) as apart:
            arriving, changing, peak = apart.apply(_imported, (str(path), first, second))
    return Verdict(
        "roster",
        f"{_PUPILS} pupils arrive in {arriving:.1f} s, change class in {changing:.1f} s, peak {peak} MB",
        f"bare lxml and sqlite3 {yardstick:.1f} s",
        arriving / yardstick,
        _PROMISE,
    )


def _imported(url: str, first: Path, second: Path) -> tuple[float, float, int]:
    """Import both files in a process of its own, whose memory is then its own too."""
    session = _session(url)

    def bring_in(path: Path) -> None:
        report = rostering.import_pupils(session, path).value
        assert report.created + report.updated == _PUPILS, report

    taken = seconds(lambda: bring_in(first)), seconds(lambda: bring_in(second))
    session.base.close()
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return *taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


def _session(url: str) -> Session:
    session = bases.session_in(open_database(url))
    return Session(session.base, Actor("Bench", Role.ADMINISTRATOR), session.station, session.settings)


def _add_school(path: Path) -> None:
    base = open_database(str(path), bind=False)
    with base.atomic():
        columns = ("name", "kind", "address", "postcode", "commune", "phone", "email", "search_key", "sort_key")
        rows.insert(base, "school", {"uai": _UAI, **dict.fromkeys(columns, "")})
    base.close()


def _write(path: Path, class_name: str) -> None:
    """Write the school's file as SIECLE does, with the columns that nobody reads."""
    with path.open("w", encoding="iso-8859-15") as file:
        file.write('<?xml version="1.0" encoding="ISO-8859-15"?>\n<BEE_ELEVES VERSION="2.1">\n<PARAMETRES>')
        file.write(f"<UAJ>{_UAI}</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE></PARAMETRES>\n<DONNEES><ELEVES>\n")
        file.writelines(_pupil(number) for number in range(_PUPILS))
        file.write("</ELEVES><STRUCTURES>\n")
        file.writelines(
            f'<STRUCTURES_ELEVE ELEVE_ID="{number}" ELENOET="{number}"><STRUCTURE><CODE_STRUCTURE>{class_name}'
            "</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>\n"
            for number in range(_PUPILS)
        )
        file.write("</STRUCTURES></DONNEES></BEE_ELEVES>\n")


def _pupil(number: int) -> str:
    born = f"{1 + number % 28:02d}/{1 + number % 12:02d}/{2009 + number % 5}"
    return (
        f'<ELEVE ELEVE_ID="{number}" ELENOET="{number}"><ID_NATIONAL>{500_000_000 + number}AB</ID_NATIONAL>'
        f"<ELENOET>{number}</ELENOET><NOM_DE_FAMILLE>LEFÈVRE{number % 5000}</NOM_DE_FAMILLE>"
        f"<PRENOM>Zoé{number // 5000}</PRENOM><PRENOM2>Marie</PRENOM2><CODE_SEXE>2</CODE_SEXE>"
        f"<DATE_NAISS>{born}</DATE_NAISS><CODE_PAYS>100</CODE_PAYS>"
        "<CODE_DEPARTEMENT_NAISS>069</CODE_DEPARTEMENT_NAISS><CODE_COMMUNE_INSEE_NAISS>69123</CODE_COMMUNE_INSEE_NAISS>"
        "<CODE_MEF>10010012110</CODE_MEF><CODE_STATUT>ST</CODE_STATUT><CODE_REGIME>2</CODE_REGIME>"
        "<DOUBLEMENT>0</DOUBLEMENT><DATE_ENTREE>01/09/2025</DATE_ENTREE></ELEVE>\n"
    )


def _bare(path: Path, target: Path) -> None:
    """Parse with iterparse and insert with executemany, in one transaction, without an index."""
    connection = sqlite3.connect(target, isolation_level=None)
    for pragma in bases.PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"CREATE TABLE pupil (id INTEGER PRIMARY KEY, {', '.join(_COLUMNS)})")
    connection.execute("BEGIN")
    marks = ", ".join("?" * len(_COLUMNS))
    connection.executemany(f"INSERT INTO pupil ({', '.join(_COLUMNS)}) VALUES ({marks})", _parsed(path))
    connection.execute("COMMIT")
    connection.close()


def _parsed(path: Path) -> Iterator[tuple[str | None, ...]]:
    classes, pupils = {}, []
    for _, element in etree.iterparse(str(path), tag=("ELEVE", "STRUCTURES_ELEVE")):
        if element.tag == "STRUCTURES_ELEVE":
            classes[element.get("ELEVE_ID")] = element.findtext("STRUCTURE/CODE_STRUCTURE")
        else:
            said = {child.tag: child.text or "" for child in element}
            born = said["DATE_NAISS"]
            born = f"{born[6:]}-{born[3:5]}-{born[:2]}"
            names = (said["NOM_DE_FAMILLE"], said.get("NOM_USAGE"), said["PRENOM"])
            pupils.append((said["ID_NATIONAL"], *names, born, element.get("ELEVE_ID")))
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    for *facts, number in pupils:
        yield (*facts, classes[number], number)
