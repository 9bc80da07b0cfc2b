"""Files told by their content, and text in whatever encoding it has."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from tablet_loans.domain.trouble import FileMissing, FileUnreadable, WrongFile
from tablet_loans.services.importers import content, devices
from tests import files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-15"])
def test_french_text_is_read_in_every_encoding_it_comes_in(encoding: str) -> None:
    text = "Nom;Prénom\r\nŒuvrard;Zoé\r\nKožic;Anaïs\r\nPrix;170,59 €\r\n"
    assert content.decoded(text.encode(encoding), "list.csv") == text


def test_a_half_sign_after_a_number_stays_a_half_sign() -> None:
    text = "12½ rue des Érables;¼ de lune"
    assert content.decoded(text.encode("cp1252"), "list.csv") == text


def test_one_late_byte_decides_for_the_whole_file() -> None:
    text = "Martin;Jules\r\n" * 50_000 + "Œuvrard;Zoé\r\n"
    assert content.decoded(text.encode("iso-8859-15"), "list.csv") == text


def test_a_line_pasted_from_elsewhere_does_not_spoil_a_utf8_file() -> None:
    whole = "Zoé;Élise;Anaïs\n".encode() + "Léo\n".encode("cp1252")
    assert content.decoded(whole, "list.csv") == "Zoé;Élise;Anaïs\nLéo\n"


def a_zip(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("begins", "word"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b'<?xml version="1.0"?><BEE_ELEVES VERSION="2.1">', "SIECLE"),
        (b"<!DOCTYPE html><html><table>", "HTML"),
        (b"<?xml version='1.0'?><rss/>", "XML"),
        (b"\x00\x01\x02\x03binary", "binary"),
        (a_zip("ElevesSansAdresses.xml"), "SIECLE"),
        (a_zip("photo.raw"), "ZIP"),
        (a_zip("word/document.xml"), "document"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_is(begins: bytes, word: str) -> None:
    with pytest.raises(WrongFile) as refused:
        devices.read(begins, "livraison.csv", mapping=None, tag_prefix="ML")
    assert word in str(refused.value.facts["found"])


def test_what_an_archive_says_it_is_is_only_glanced_at() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b" " * 40 * 2**20)
    tracemalloc.start()
    try:
        assert content.kind_of(made.getvalue(), "list.ods") == "a ZIP archive"
        assert tracemalloc.get_traced_memory()[1] < 2 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "spoilt",
    [
        b"PK\x03\x04cut",
        files.xlsx(["IMEI"])[:-30],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    ],
)
def test_a_damaged_or_protected_spreadsheet_is_unreadable(spoilt: bytes) -> None:
    with pytest.raises(FileUnreadable):
        devices.read(spoilt, "livraison.xlsx", mapping=None, tag_prefix="ML")


def test_a_missing_an_empty_and_a_folder_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"\xef\xbb\xbf \r\n")
    with pytest.raises(FileMissing):
        content.loaded(tmp_path / "none.csv")
    for path in (tmp_path / "empty.csv", tmp_path):
        with pytest.raises(FileUnreadable):
            content.loaded(path)
