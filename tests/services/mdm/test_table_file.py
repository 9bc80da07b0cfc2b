"""A list from any other MDM."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from tablet_loans.domain.enrolment import ExternalRecord, MdmAct, OddRecord, Order, Provider, Reach, Secret, TaskState
from tablet_loans.domain.trouble import FileMissing, FileUnreadable, MissingColumns, UnknownField
from tablet_loans.services.mdm import Connector
from tablet_loans.services.mdm.making import connector

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


def test_a_long_list_comes_by_pages_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    rows = "".join(f"DMPX{number:06d}J7\n" for number in range(2500))
    (tmp_path / "list.csv").write_text(f"Serial\n{rows}")
    mdm = _file(tmp_path / "list.csv")
    first, *rest = mdm.pages()
    assert (len(first.records), len(rest)) == (1000, 2)
    assert list(mdm.pages(first.next)) == rest
    assert mdm.check().devices == 2500


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
