"""Returned workbooks: what is no workbook is named, and no damage is more than a refusal."""

import io
import random
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.school_return import NewerWorkbook, NotWhatWasSent
from tablet_loans.domain.trouble import FileMissing, FileTrouble, FileUnreadable, WrongFile
from tablet_loans.domain.workbook import AskedPupil, Head
from tablet_loans.services.exporters.school_workbook import Errand, write
from tablet_loans.services.importers.school_return import read
from tests import files
from tests.services.filled import FilledSheet

HEAD = Head(3, "Continuité 2026", "0690142E", "Collège Les Iris", date(2026, 4, 6), 2)
PUPILS = (AskedPupil(1, "5e B", "Diallo", "Awa"), AskedPupil(2, "5e B", "Œuvrard", "Zoé"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a workbook of two pupils, as it was sent."""
    out = tmp_path / "classeur.xlsx"
    write(out, HEAD, PUPILS, key=bytes(32), errand=Errand("Métropole"))
    return out


def test_an_untouched_workbook_has_its_pupils_and_no_answer(path: Path) -> None:
    book = read(path)
    assert (book.head.uai, book.head.campaign, book.head.school) == ("0690142E", HEAD.campaign, HEAD.school)
    assert [(row.line, row.name, row.equipment) for row in book.rows] == [(10, "Diallo", ""), (11, "Œuvrard", "")]


def test_a_sheet_added_before_it_and_a_column_moved_do_not_hide_it(path: Path, tmp_path: Path) -> None:
    row = ["", "Prénom", "Nom", "Classe", "Prioritaire", "Équipement à la maison", "Connexion mobile nécessaire",
           "Répondu par", "Demandé le"]  # fmt: skip
    mark = FilledSheet(path).text(2, "Repère")
    sheet = files.xlsx(
        ["", "Campagne", HEAD.campaign], [mark, "Établissement", HEAD.school], row,
        ["1-ABC", "Awa", "Diallo", "5e B", True, "Rien", "non", "Mme A", date(2026, 4, 5)],
    )  # fmt: skip
    out = tmp_path / "moved.xlsx"
    out.write_bytes(sheet)
    (found,) = read(out).rows
    assert (found.name, found.priority, found.asked_on, found.answered_by) == ("Diallo", "true", "2026-04-05", "Mme A")


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", FileUnreadable),
        (b"Classe;Nom\r\n", WrongFile),
        (b"%PDF-1.7 " + bytes(range(256)), WrongFile),
        (files.xlsx(["Nom", "Classe"], ["Diallo", "5e B"]), WrongFile),
        (files.ods(["Nom", "Classe"], ["Diallo", "5e B"]), WrongFile),
        (files.xlsx(["TLC1;1;0690142E;2026-04-06;2;AAAA"]), NotWhatWasSent),
        (files.xlsx(["TLC1;hello"]), NotWhatWasSent),
        (files.xlsx(["TLC2;1;0690142E;2026-04-06;2;AAAA"]), NewerWorkbook),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, content: bytes, trouble: type[Exception]) -> None:
    file = tmp_path / "réponse.xlsx"
    file.write_bytes(content)
    with pytest.raises(trouble):
        read(file)


def test_a_file_that_is_not_there_or_cut_short_is_named(path: Path, tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        read(tmp_path / "absent.xlsx")
    path.write_bytes(path.read_bytes()[:2_000])
    with pytest.raises(FileUnreadable):
        read(path)


def test_damaged_workbooks_are_refused_without_a_bug(path: Path) -> None:
    chance, whole = random.Random(20), path.read_bytes()
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        _must_be_refused_or_read(path, bytes(content[: chance.choice((len(content), chance.randrange(len(content))))]))


def test_workbooks_damaged_inside_are_refused_without_a_bug(path: Path) -> None:
    chance = random.Random(21)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(300):
        name = chance.choice(list(parts))
        content = bytearray(parts[name])
        for _ in range(chance.randrange(1, 8)):
            content[chance.randrange(len(content))] = chance.choice(b"<>\"'/=09azAZ\x00\xff")
        _must_be_refused_or_read(path, zipped({**parts, name: bytes(content)}))


def zipped(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _must_be_refused_or_read(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        read(path)
    except (Refusal, FileTrouble) as refused:
        assert refused.spoken()
