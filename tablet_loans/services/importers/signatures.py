"""The lists people really have, each known by its header: what a wrong file is called when it is refused."""

from collections.abc import Sequence
from typing import Final

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.trouble import MissingColumns, WrongFile
from tablet_loans.services.importers.tabular import Table, header_key
from tablet_loans.text import N_

WORKBOOK: Final = N_("a school workbook made by this program")
DELIVERY: Final = N_("a list of devices (CSV, XLSX or ODS)")
DIRECTORY: Final = N_("the directory of schools (Annuaire de l'éducation)")
PUPILS: Final = N_("a school's list of pupils")
GUARDIANS: Final = N_("ONDE's list of guardians (responsables)")
PUPILS_FILE: Final = N_("a school's pupils (SIECLE, ONDE, AAF, OneRoster or a list)")
GUARDIANS_FILE: Final = N_("the pupils' guardians (SIECLE, ONDE, AAF or OneRoster)")

_SIGNATURES: Final = (
    (GUARDIANS, ({"civiliteresponsable"}, {"nomresponsable", "prenomresponsable"})),
    (DIRECTORY, ({"identifiantdeletablissement"},)),
    (PUPILS, ({"nomeleve", "prenomeleve"}, {"nomdefamille", "prenom", "datedenaissance"}, {"nom", "prenom", "classe"})),
    (DELIVERY, ({"ndeserie"}, {"serialnumber"}, {"imei"}, {"numerodeserie"}, {"serial"})),
)


def recognised(header: Sequence[str]) -> str | None:
    """Return what a file with this header is called, or None."""
    keys = {header_key(title) for title in header}
    for words, alternatives in _SIGNATURES:
        if any(needed <= keys for needed in alternatives):
            return words
    return None


def lacking(table: Table, expected: str, columns: Sequence[str]) -> TabletLoansError:
    """Return why a table without these columns is refused: it is another known list, or it lacks them."""
    found = recognised(table.header)
    if found is not None and found != expected:
        return WrongFile(path=table.path, found=found, expected=expected)
    return MissingColumns(path=table.path, columns=", ".join(columns))
