"""The workbook that goes out: what is locked, what is offered, and names that are no formula."""

import gc
import zipfile
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from tablet_loans.domain import workbook as layout
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.workbook import AskedPupil, Head
from tablet_loans.services.exporters.school_workbook import Errand, file_name, write
from tests.services.filled import TITLE_LINE, FilledSheet

KEY = bytes(32)
TOLD = Told(date(2026, 4, 5), "=Mme A", Source.GRID)
PUPILS = (
    AskedPupil(1, "5e B", "@Diallo", "Awa"),
    AskedPupil(2, "5e B", "Œuvrard", "Zoé", Answer(Equipment.PHONE, is_cellular=True), TOLD),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a workbook of two pupils."""
    out = tmp_path / "classeur.xlsx"
    head = Head(3, "Continuité 2026", "0690142E", "Collège Les Iris", date(2026, 4, 6), len(PUPILS))
    write(out, head, PUPILS, key=KEY, errand=Errand("Métropole", "tablettes@metropole.invalid", date(2026, 4, 20)))
    return out


def sheet_of(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))


def unlocked_styles(path: Path) -> set[int]:
    with zipfile.ZipFile(path) as archive:
        styles = etree.fromstring(archive.read("xl/styles.xml"))
    forms = styles.findall("{*}cellXfs/{*}xf")
    return {place for place, form in enumerate(forms) if form.find("{*}protection[@locked='0']") is not None}


def test_it_shows_campaign_school_and_what_to_do(path: Path) -> None:
    sheet = FilledSheet(path)
    assert [sheet.text(line, layout.NAME) for line in (2, 3, 4)] == [
        "Continuité 2026",
        "0690142E - Collège Les Iris",
        "06/04/2026",
    ]
    told = " ".join(sheet.text(line, layout.CLASS) for line in (5, 6, 7, 8))
    assert "tablettes@metropole.invalid" in told
    assert "20/04/2026" in told
    assert tuple(sheet.text(TITLE_LINE, title) for title in layout.TITLES) == layout.TITLES


def test_known_answers_stand_in_it_and_no_name_is_a_formula(path: Path) -> None:
    sheet = FilledSheet(path)
    first, second = sheet.lines()
    assert [sheet.text(first, title) for title in layout.TITLES[1:]] == ["5e B", "'@Diallo", "Awa", "", "", "", "", ""]
    shown = [sheet.text(second, title) for title in layout.TITLES[1:]]
    assert shown == ["5e B", "Œuvrard", "Zoé", "Téléphone seulement", "Oui", "Non", "46117", "'=Mme A"]
    assert sheet_of(path).find(".//{*}f") is None


def test_answers_alone_can_be_written(path: Path) -> None:
    sheet, free = sheet_of(path), unlocked_styles(path)
    assert sheet.find("{*}sheetProtection[@sheet='1']") is not None
    cells = {cell.get("r", ""): int(cell.get("s", "0")) in free for cell in sheet.iter("{*}c")}
    for line in (10, 11):
        assert [letter for letter in "ABCDEFGHI" if cells[f"{letter}{line}"]] == list("EFGHI")
    spare = range(12, 12 + layout.SPARE_ROWS)
    assert all([letter for letter in "ABCDEFGHI" if cells[f"{letter}{line}"]] == list("BCDEFGHI") for line in spare)
    assert not any(free for place, free in cells.items() if int(place[1:]) < 10)


def test_lists_are_offered_down_to_the_last_spare_line(path: Path) -> None:
    sheet = sheet_of(path)
    offered = {each.get("sqref"): each.findtext("{*}formula1") for each in sheet.iter("{*}dataValidation")}
    assert offered["E10:E21"] == '"Rien,Téléphone seulement,Partagé,Personnel"'
    assert offered["F10:G21"] == '"Oui,Non"'
    assert set(offered) == {"E10:E21", "F10:G21", "H10:H21"}


def test_marks_are_hidden_and_titles_stay_in_sight_and_on_each_page(path: Path) -> None:
    sheet = sheet_of(path)
    assert sheet.find("{*}cols/{*}col[@min='1'][@hidden='1']") is not None
    assert sheet.find(".//{*}pane[@state='frozen'][@ySplit='9']") is not None
    page = sheet.find("{*}pageSetup")
    assert page is not None
    assert (page.get("orientation"), page.get("paperSize")) == ("landscape", "9")
    with zipfile.ZipFile(path) as archive:
        names = etree.fromstring(archive.read("xl/workbook.xml")).findall("{*}definedNames/{*}definedName")
    assert "Élèves!$9:$9" in [name.text for name in names if name.get("name") == "_xlnm.Print_Titles"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Collège Les Iris", "0690142E - Collège Les Iris.xlsx"),
        ('École "A/B": <C>?*|\\\tD..', "0690142E - École A B C D.xlsx"),
        ("", "0690142E.xlsx"),
        ("École " + "é" * 300, f"0690142E - École {'é' * 66}.xlsx"),
    ],
)
def test_a_file_name_pleases_every_system(name: str, expected: str) -> None:
    assert file_name("0690142E", name) == expected


def test_homonyms_are_told_apart_by_their_birth_date() -> None:
    pupils = [AskedPupil(number, "CM2", name, "Léa") for number, name in enumerate(("Diallo", "Kaya", "KAYA", "Kaya"))]
    born = dict.fromkeys((0, 1, 2), date(2015, 3, 14))
    shown = [pupil.given_name for pupil in layout.told_apart(pupils, born)]
    assert shown == ["Léa", "Léa (14/03/2015)", "Léa (14/03/2015)", "Léa"]


def test_a_school_sends_it_back_by_mail_unless_told_otherwise() -> None:
    assert "par retour de courriel" in Errand("Métropole").lines()[-1]
    assert "à Mme A, " in Errand("Métropole", "Mme A").lines()[-1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without a disk that is always full")
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_said_once() -> None:
    head = Head(3, "Continuité 2026", "0690142E", "Collège Les Iris", date(2026, 4, 6), len(PUPILS))
    with pytest.raises(OSError, match="No space left"):
        write(Path("/dev/full"), head, PUPILS, key=KEY, errand=Errand(""))
    gc.collect()
