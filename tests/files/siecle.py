"""SIECLE's files as the ministry's application writes them, of both generations, with fictional people."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

UAI = "0690142E"
ENCODING = "ISO-8859-15"


@dataclass(frozen=True)
class Pupil:
    """A pupil as SIECLE knows one; `classes` are (code, type) pairs, D for a division and G for a group."""

    number: str
    family_name: str
    given_name: str
    ine: str = ""
    usage_name: str = ""
    birth_date: str = "17/08/2008"
    classes: tuple[tuple[str, str], ...] = ()
    left_on: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody who looks after pupils; `links` are (pupil's number, level or old RESP_LEGAL, parenté)."""

    number: str
    family_name: str
    given_name: str
    links: tuple[tuple[str, str, str], ...]
    address_id: str = ""
    mobile: str = ""
    usage_name: str = ""


def pupils_xml(
    pupils: Iterable[Pupil],
    *,
    school: str = UAI,
    is_old: bool = False,
    are_classes_first: bool = False,
    encoding: str = ENCODING,
    newline: str = "\n",
) -> bytes:
    """Return ElevesSansAdresses.xml."""
    listed = list(pupils)
    every = _section("ELEVES", (_pupil(pupil, is_old) for pupil in listed))
    options = "<OPTIONS><OPTION ELEVE_ID='1'><OPTIONS_ELEVE/></OPTION></OPTIONS>"
    classes = _section("STRUCTURES", (_classes(pupil) for pupil in listed if pupil.classes))
    parts = (options, classes, every) if are_classes_first else (every, options, classes)
    return _document("BEE_ELEVES", parts, school, encoding, newline)


def guardians_xml(
    persons: Iterable[Person],
    addresses: Sequence[tuple[str, str, str, str]] = (),
    *,
    school: str = UAI,
    is_old: bool = False,
    is_reversed: bool = False,
    encoding: str = ENCODING,
) -> bytes:
    """Return ResponsablesAvecAdresses.xml; an address is (id, first line, postcode, town)."""
    listed = list(persons)
    parts = [
        _section("PERSONNES", (_person(person, is_old) for person in listed)),
        _section("RESPONSABLES", (_link(person, link, is_old) for person in listed for link in person.links)),
        _section("ADRESSES", (_address(*address) for address in addresses)),
    ]
    return _document("BEE_RESPONSABLES", parts[::-1] if is_reversed else parts, school, encoding, "\n")


def many(count: int) -> Iterator[Pupil]:
    """Yield made-up pupils of a school that never was."""
    for number in range(count):
        classes = ((f"{3 + number % 4}E {'ABC'[number % 3]}", "D"), ("AGL1", "G"))
        yield Pupil(
            str(1_000_000 + number), f"Nomé{number % 997}", f"Zoé{number % 331}", f"{number:09d}AB", classes=classes
        )


def zipped(*files: tuple[str, bytes]) -> bytes:
    """Return a zip of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)
    return content.getvalue()


def written(folder: Path, content: bytes, name: str = "file.bin") -> Path:
    """Return the path of a file with this content, under a name that tells nothing."""
    path = folder / name
    path.write_bytes(content)
    return path


def _document(root: str, parts: Sequence[str], school: str, encoding: str, newline: str) -> bytes:
    header = f"<UAJ>{school}</UAJ><ANNEE_SCOLAIRE>2019</ANNEE_SCOLAIRE><DATE_EXPORT>10/04/2020</DATE_EXPORT>"
    lines = (
        f'<?xml version="1.0" encoding="{encoding}"?>', f'<{root} VERSION="2.1">',
        f"<PARAMETRES>{header}</PARAMETRES>", "<DONNEES>", *parts, "</DONNEES>", f"</{root}>",
    )  # fmt: skip
    return newline.join(lines).replace("\n", newline).encode(encoding)


def _section(name: str, records: Iterable[str]) -> str:
    return "\n".join((f"<{name}>", *records, f"</{name}>"))


def _tags(**texts: str) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in texts.items() if text)


def _names(family_name: str, usage_name: str, is_old: bool) -> str:
    return _tags(NOM=family_name) if is_old else _tags(NOM_DE_FAMILLE=family_name, NOM_USAGE=usage_name)


def _pupil(pupil: Pupil, is_old: bool) -> str:
    before = _tags(ID_NATIONAL=pupil.ine, ELENOET="77")
    after = _tags(
        PRENOM=pupil.given_name, DATE_NAISS=pupil.birth_date, CODE_PAYS="100", VILLE_NAISS="Secretville",
        CODE_SEXE="2", CODE_MEF="1001000B11A", DATE_SORTIE=pupil.left_on,
    )  # fmt: skip
    last_year = "<SCOLARITE_AN_DERNIER><CODE_STRUCTURE>OLD</CODE_STRUCTURE></SCOLARITE_AN_DERNIER>"
    names = _names(pupil.family_name, pupil.usage_name, is_old)
    return f'<ELEVE ELEVE_ID="{pupil.number}" ELENOET="77">\n{before}{names}{after}{last_year}\n</ELEVE>'


def _classes(pupil: Pupil) -> str:
    structures = "".join(
        f"<STRUCTURE>{_tags(CODE_STRUCTURE=code, TYPE_STRUCTURE=kind)}</STRUCTURE>" for code, kind in pupil.classes
    )
    return f'<STRUCTURES_ELEVE ELEVE_ID="{pupil.number}" ELENOET="77">{structures}</STRUCTURES_ELEVE>'


def _person(person: Person, is_old: bool) -> str:
    names = _names(person.family_name, person.usage_name, is_old)
    rest = _tags(
        PRENOM=person.given_name, LC_CIVILITE="MME", TEL_PORTABLE=person.mobile, TEL_PROFESSIONNEL="0400000000",
        MEL="a@exemple.fr", ADRESSE_ID=person.address_id, CODE_PROFESSION="99",
    )  # fmt: skip
    return f'<PERSONNE PERSONNE_ID="{person.number}">{names}{rest}</PERSONNE>'


def _link(person: Person, link: tuple[str, str, str], is_old: bool) -> str:
    pupil, level, kinship = link
    said = {"RESP_LEGAL" if is_old else "NIVEAU_RESPONSABILITE": level}
    texts = _tags(ELEVE_ID=pupil, PERSONNE_ID=person.number, **said, CODE_PARENTE=kinship)
    tag = "RESPONSABLE" if is_old else "RESPONSABLE_ELEVE"
    return f"<{tag}>{texts}</{tag}>"


def _address(number: str, line: str, postcode: str, town: str) -> str:
    texts = _tags(LIGNE1_ADRESSE=line, LIGNE3_ADRESSE="Bât. C", CODE_POSTAL=postcode, LIBELLE_POSTAL=town)
    return f'<ADRESSE ADRESSE_ID="{number}">{texts}</ADRESSE>'
