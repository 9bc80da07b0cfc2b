"""Tables looked at for the mapping, dates however written, and spreadsheets that would fill the memory."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.trouble import FileUnreadable, WrongFile
from tablet_loans.services.importers import pupils, tabular
from tests import files

LIST = "Liste de la classe;;;\nNom;Prénom;Allergies;Courriel\nKaya;Emre;arachides;a@b.fr\nOury;Zoé;;c@d.fr\n"


def written(tmp_path: Path, content: bytes | str, name: str = "list") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_glance_gives_titles_and_first_lines_without_the_cells_that_are_never_read(tmp_path: Path) -> None:
    glance = tabular.glance(written(tmp_path, LIST), pupils.TITLES)
    assert glance.titles == ("Nom", "Prénom", "Allergies", "Courriel")
    assert glance.samples == (("Kaya", "Emre", "", "a@b.fr"), ("Oury", "Zoé", "", "c@d.fr"))


def test_two_files_with_one_header_share_a_digest(tmp_path: Path) -> None:
    one = tabular.glance(written(tmp_path, LIST)).digest
    same = LIST.replace("Nom;", '" NOM ";').replace("Emre", "Deniz")
    assert tabular.glance(written(tmp_path, same)).digest == one
    assert tabular.glance(written(tmp_path, LIST.replace("Courriel", "Adresse"))).digest != one


def test_a_title_tells_its_field_once() -> None:
    assert tabular.guessed(["Nom", "NOM", "Prénom", "Humeur"], pupils.TITLES) == {
        "Nom": "family_name",
        "Prénom": "given_name",
    }


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-10", date(2026, 4, 10)),
        ("2026/04/10 8:30:21 PM UTC+2", date(2026, 4, 10)),
        ("10/04/2026 20:30:21", date(2026, 4, 10)),
        ("10.04.2026", date(2026, 4, 10)),
        ("2026-04-10T08:30:21.000Z", date(2026, 4, 10)),
        ("31/02/2026", None),
        ("10/04/26", None),
        ("hier", None),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, day: date | None) -> None:
    assert tabular.day(text) == day


def swollen(content: bytes, before: bytes, after: bytes) -> bytes:
    """Return a spreadsheet in which a word of its parts was changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(before, after, 1))
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        swollen(files.xlsx(["Nom"], ["Kaya"]), b'r="A2"', b'r="XFD1048576"'),
        swollen(files.xlsx(["Nom"], ["Kaya"]), b'r="A2"', b"r = 'ZZZ999999'"),
        swollen(
            files.ods(["Nom"]), b"<table:table-cell", b'<table:table-cell table:number-columns-repeated="90000000"'
        ),
        swollen(files.ods(["Nom"]), b"<table:table-row", b'<table:table-row table:number-rows-repeated="90000000"'),
    ],
)
def test_a_spreadsheet_spread_over_millions_of_cells_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        tabular.glance(written(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        swollen(files.xlsx(["Nom"], ["Kaya"]), b"</worksheet>", b""),
        swollen(files.ods(["Nom"], ["Kaya"]), b"</office:document-content>", b""),
        swollen(files.ods(["Nom"]), b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>'),
    ],
)
def test_a_spreadsheet_whose_text_is_cut_short_or_declares_entities_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        tabular.glance(written(tmp_path, content))


def test_empty_rows_and_columns_repeated_to_the_edge_are_nothing(tmp_path: Path) -> None:
    edge = (
        b'<table:table-cell table:number-columns-repeated="16380"/></table:table-row>'
        b'<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    )
    content = swollen(files.ods(["Nom"], ["Kaya"]), b"</table:table-row></table:table>", edge + b"</table:table>")
    assert tabular.glance(written(tmp_path, content)).titles[0] == "Nom"


def test_what_is_no_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongFile):
        tabular.glance(written(tmp_path, b"%PDF-1.7"))
