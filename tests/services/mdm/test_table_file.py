"""A list from any other MDM."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from tablet_loans.domain.enrolment import ExternalRecord, MdmAct, OddRecord, Order, Provider, Reach, Secret, TaskState
from tablet_loans.domain.trouble import FileMissing, FileUnreadable, MissingColumns, UnknownField
from tablet_loans.services.mdm import Connector
from tablet_loans.services.mdm.making import connector
from tests import files
from tests.services.importers.test_tabular import swollen

_FRENCH = """Export du parc;;;;;
Nom de l’appareil;N° de série;IMEI;Statut;Dernière connexion;Utilisateur
iPad 1; dmpx 000001j7 ;350000000000014;Enrôlé;02/11/2026 10:30;Léa Exemple
iPad 2;SDMPX000002J7;;En attente;;
iPad 3;Unknown;;;;
"""


def _file(path: Path | str, columns: dict[str, str] | None = None) -> Connector:
    return connector(Provider.FILE, Reach(str(path)), Secret(""), columns=columns)


def _read(mdm: Connector) -> tuple[list[ExternalRecord], list[OddRecord]]:
    pages = list(mdm.pages())
    return [each for page in pages for each in page.records], [each for page in pages for each in page.odd]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_french_list_tells_its_columns(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "parc.csv").write_bytes(_FRENCH.encode(encoding))
    (first, second), odd = _read(_file(tmp_path / "parc.csv"))
    assert (first.serial, first.imeis, first.is_enrolled) == ("DMPX000001J7", ("350000000000014",), True)
    assert first.last_seen_at == datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
    assert (first.owner, first.name, first.external_id) == ("Léa Exemple", "iPad 1", "DMPX000001J7")
    assert (second.serial, second.is_enrolled) == ("DMPX000002J7", False)
    assert [each.place for each in odd] == ["5"]


def test_an_english_list_with_commas_or_tabs_is_read_too(tmp_path: Path) -> None:
    for delimiter in ",\t":
        lines = ["Device Name,Serial Number,Managed,Last Check-in", "a,DMPX000001J7,No,2026-11-02T10:30:00Z"]
        (tmp_path / "list.csv").write_text("\n".join(lines).replace(",", delimiter))
        (record,), _odd = _read(_file(tmp_path / "list.csv"))
        assert not record.is_enrolled
        assert record.last_seen_at == datetime(2026, 11, 2, 10, 30, tzinfo=UTC)


def test_a_workbook_is_read_with_its_numbers_and_dates(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "parc.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Numéro de série", "IMEI", "Vu le"])
        sheet.write_row(1, 0, ["DMPX000001J7", 350000000000014])
        sheet.write_datetime(1, 2, datetime(2026, 11, 2, 10, 30), day)  # noqa: DTZ001 - a spreadsheet knows no zone
    (record,), _odd = _read(_file(tmp_path / "parc.xlsx"))
    assert record.imeis == ("350000000000014",)
    assert record.last_seen_at == datetime(2026, 11, 2, 10, 30, tzinfo=UTC)


def test_an_open_document_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "parc.ods").write_bytes(files.ods(["Numéro de série", "IMEI"], ["DMPX000001J7", 350000000000014]))
    (record,), _odd = _read(_file(tmp_path / "parc.ods"))
    assert (record.serial, record.imeis) == ("DMPX000001J7", ("350000000000014",))


@pytest.mark.parametrize(
    "told",
    [
        "02/11/2026 10:30", "2/11/2026 10:30:00", "02-11-2026 10:30", "02.11.2026 10h30", "02/11/26 à 10:30",
        "2026-11-02 10:30:00", "2026-11-02T11:30:00+01:00", "2026/11/02 10:30", "2026-11-02 10:30 AM",
        "11/2/2026 10:30:00 AM",
    ],
)  # fmt: skip
def test_a_date_is_read_in_the_forms_that_consoles_write(tmp_path: Path, told: str) -> None:
    (tmp_path / "list.csv").write_text(f"Serial;Last Seen\nDMPX000001J7;{told}\n", "utf-8")
    (record,), _odd = _read(_file(tmp_path / "list.csv"))
    assert record.last_seen_at == datetime(2026, 11, 2, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize("told", ["jamais", "0001-01-01", "30/02/2026", "11/22/2026", "02/11/2026 25:00", "-", "1"])
def test_a_date_that_is_none_is_not_told(tmp_path: Path, told: str) -> None:
    (tmp_path / "list.csv").write_text(f"Serial;Last Seen\nDMPX000001J7;{told}\n", "utf-8")
    (record,), _odd = _read(_file(tmp_path / "list.csv"))
    assert record.last_seen_at is None


@pytest.mark.parametrize(
    ("told", "is_enrolled"),
    [
        ("Enrolled", True), ("Géré", True), ("Not compliant", True), ("Non conforme", True), ("Unknown", True),
        ("Not Enrolled", False), ("Non inscrite", False), ("Désenrôlé", False), ("Unmanaged", False),
        ("En attente d’enrôlement", False), ("Pending enrollment", False), ("Retired", False), ("Non", False),
    ],
)  # fmt: skip
def test_whoever_is_listed_is_enrolled_unless_it_is_said_that_not(tmp_path: Path, told: str, is_enrolled: bool) -> None:
    (tmp_path / "list.csv").write_text(f"Serial;Status\nDMPX000001J7;{told}\n", "utf-8")
    (record,), _odd = _read(_file(tmp_path / "list.csv"))
    assert record.is_enrolled is is_enrolled


@pytest.mark.parametrize("delimiter", ";,\t|")
def test_the_delimiter_is_the_one_that_shows_titles(tmp_path: Path, delimiter: str) -> None:
    rows = [["sep="], ["Serial", "Machin"], *(["DMPX000001J7", '"a, b; c | d, e"'] for _row in range(9))]
    (tmp_path / "list.csv").write_text("\r\n".join(delimiter.join(row) for row in rows), "utf-8")
    records, odd = _read(_file(tmp_path / "list.csv", {"Machin": "name"}))
    assert {record.name for record in records} == {"a, b; c | d, e"}
    assert (len(records), odd) == (9, [])


def test_text_that_is_kept_from_becoming_a_number_is_read_as_text(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text('Serial;IMEI\n"=""0123456789""";\'350000000000014,350000000000022\n')
    (record,), _odd = _read(_file(tmp_path / "list.csv"))
    assert (record.serial, record.imeis) == ("0123456789", ("350000000000014", "350000000000022"))


def test_a_line_may_be_broken_within_quotation_marks_only(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text('Serial;Name\nDMPX000001J7;"iPad\nde Léa"\nDMPX000002J7;a\u2028b\n', "utf-8")
    records, odd = _read(_file(tmp_path / "list.csv"))
    assert [record.name for record in records] == ["iPad de Léa", "a b"]
    assert odd == []


def test_a_sheet_of_more_rows_than_a_spreadsheet_has_is_refused(tmp_path: Path) -> None:
    row, rows = b"<table:table-row", b'<table:table-row table:number-rows-repeated="2000000"'
    (tmp_path / "parc.ods").write_bytes(swollen(files.ods(["Serial"], ["DMPX000001J7"]), row, rows))
    with pytest.raises(FileUnreadable):
        _file(tmp_path / "parc.ods").check()


@pytest.mark.parametrize("name", ['"never closed', "x" * 2_000_000])
def test_a_list_of_which_a_part_would_be_swallowed_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "list.csv").write_text(f"Serial;Name\nDMPX000001J7;{name}\nDMPX000002J7;b\n")
    with pytest.raises(FileUnreadable):
        _read(_file(tmp_path / "list.csv"))


def test_columns_are_named_by_the_caller(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Machin;Truc\nDMPX000001J7;Prêt\n", "utf-8")
    with pytest.raises(MissingColumns):
        _read(_file(tmp_path / "list.csv"))
    (record,), _odd = _read(_file(tmp_path / "list.csv", {"machin": "serial", "Truc": "group"}))
    assert (record.serial, record.group) == ("DMPX000001J7", "Prêt")
    with pytest.raises(MissingColumns):
        _read(_file(tmp_path / "list.csv", {"Bidule": "serial"}))
    with pytest.raises(UnknownField):
        _read(_file(tmp_path / "list.csv", {"Machin": "colour"}))


def test_a_long_list_comes_by_pages_and_from_its_beginning_when_it_was_replaced(tmp_path: Path) -> None:
    rows = "".join(f"DMPX{number:06d}J7\n" for number in range(2500))
    (tmp_path / "list.csv").write_text(f"Serial\n{rows}")
    mdm = _file(tmp_path / "list.csv")
    first, *rest = mdm.pages()
    assert (len(first.records), len(rest)) == (1000, 2)
    assert mdm.check().devices == 2500
    (tmp_path / "list.csv").write_text("Serial\nDMPX999999J7\n")
    assert [record.serial for page in mdm.pages(first.next) for record in page.records] == ["DMPX999999J7"]


def test_a_file_does_nothing_and_must_be_there(tmp_path: Path) -> None:
    assert _file(tmp_path).ask(Order(MdmAct.LOCK, "x")).state is TaskState.FAILED
    with pytest.raises(FileMissing):
        _file(tmp_path / "none.csv").check()
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0 neither")
    for name in ("bad.xlsx", "old.xls"):
        with pytest.raises(FileUnreadable):
            _file(tmp_path / name).check()
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(MissingColumns):
        _file(tmp_path / "empty.csv").check()
