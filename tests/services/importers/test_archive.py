"""Archives and XML that nobody should open: bombs, entities, damage; and memory that stays flat."""

import io
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from tablet_loans.domain.roster import ListedPupil
from tablet_loans.domain.trouble import FileTooLarge, FileUnreadable, WrongFile
from tablet_loans.services.importers import archive, content, rosters
from tests.files.siecle import Pupil, many, pupils_xml, written, zipped

XML = pupils_xml([Pupil("101", "Œuvrard", "Zoé")])
NAME = "ElevesSansAdresses.xml"


def names(path: Path) -> list[str]:
    return [item.family_name for item in rosters.pupils(path).lines if isinstance(item, ListedPupil)]


@pytest.mark.parametrize("inside", [
    [(NAME, XML)],
    [("Exports/2020/" + NAME, XML), ("__MACOSX/Exports/._x.xml", b"\x00\x05"), ("Exports/.cache.xml", b"no")],
    [(NAME, XML), ("lisez-moi.txt", b"bonjour"), ("ancien.zip", zipped((NAME, XML)))],
    [("ELEVES.XML", XML)],
])  # fmt: skip
def test_a_zip_of_one_xml_is_read_where_ever_it_lies(tmp_path: Path, inside: list[tuple[str, bytes]]) -> None:
    assert names(written(tmp_path, zipped(*inside), "export.csv")) == ["Œuvrard"]


@pytest.mark.parametrize(("inside", "found"), [
    ([(NAME, XML), ("Autre.xml", XML)], archive.SEVERAL),
    ([("lisez-moi.txt", b"bonjour")], archive.NO_XML),
    ([(".cache.xml", XML)], archive.NO_XML),
    ([("export.zip", zipped((NAME, XML)))], archive.NESTED),
    ([], archive.NO_XML),
])  # fmt: skip
def test_a_zip_of_two_xml_of_none_or_of_a_zip_is_named(
    tmp_path: Path, inside: list[tuple[str, bytes]], found: str
) -> None:
    with pytest.raises(WrongFile) as refused:
        rosters.pupils(written(tmp_path, zipped(*inside)))
    assert refused.value.facts["found"] == found


def test_a_zip_called_xml_within_a_zip_is_no_xml(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        rosters.pupils(written(tmp_path, zipped((NAME, zipped((NAME, XML))))))


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bomb, bomb.open(NAME, "w") as stream:
        for _ in range(110):
            stream.write(b" " * 2**20)
    with pytest.raises(FileUnreadable):
        rosters.pupils(written(tmp_path, made.getvalue()))


def test_an_archive_that_says_it_holds_more_than_any_real_one_is_too_large(tmp_path: Path) -> None:
    whole = bytearray(zipped((NAME, XML)))
    struct.pack_into("<L", whole, whole.rindex(b"PK\x01\x02") + 24, 3 * 2**30)
    with pytest.raises(FileTooLarge):
        rosters.pupils(written(tmp_path, bytes(whole)))


def test_an_archive_that_holds_more_than_it_says_is_damaged(tmp_path: Path) -> None:
    whole = bytearray(zipped((NAME, pupils_xml(many(3_000)))))
    struct.pack_into("<L", whole, whole.rindex(b"PK\x01\x02") + 24, 100_000)
    with pytest.raises(FileUnreadable):
        list(rosters.pupils(written(tmp_path, bytes(whole))).lines)


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    whole = bytearray(zipped((NAME, XML)))
    whole[whole.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FileUnreadable) as refused:
        rosters.pupils(written(tmp_path, bytes(whole)))
    assert "password" in str(refused.value.facts["reason"])


def test_an_archive_whose_list_alone_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    whole = bytearray(zipped((NAME, XML)))
    struct.pack_into("<L", whole, whole.rindex(b"PK\x05\x06") + 12, 2**31)
    with pytest.raises(FileUnreadable):
        rosters.pupils(written(tmp_path, bytes(whole)))


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_rare_packing_is_refused(tmp_path: Path, packing: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as rare:
        rare.writestr(NAME, XML)
    with pytest.raises(FileUnreadable):
        rosters.pupils(written(tmp_path, made.getvalue()))


@pytest.mark.parametrize("cut", [3, 30, 200, -1])
def test_an_archive_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises((FileUnreadable, WrongFile)):
        rosters.pupils(written(tmp_path, zipped((NAME, XML))[:cut]))


@pytest.mark.parametrize("empty", [b"", b"\xef\xbb\xbf", b" \r\n", b"\x00" * 50])
def test_an_empty_file_is_said_so(tmp_path: Path, empty: bytes) -> None:
    for path in (written(tmp_path, empty), written(tmp_path, zipped((NAME, empty)))):
        with pytest.raises(FileUnreadable) as refused:
            rosters.pupils(path)
        assert "empty" in str(refused.value.facts["reason"])


def test_half_a_gigabyte_is_too_large(tmp_path: Path) -> None:
    path = written(tmp_path, XML)
    with path.open("r+b") as file:
        file.truncate(500 * 2**20)
    with pytest.raises(FileTooLarge) as refused:
        rosters.pupils(path)
    assert refused.value.facts["size"] == 500


LAUGHS = "".join(
    f'<!ENTITY {"abcdef"[n]} "{("&" + "abcdef"[n - 1] + ";") * 10 if n else "ha" * 10}">' for n in range(6)
)


@pytest.mark.parametrize("doctype", [
    f"<!DOCTYPE BEE_ELEVES [{LAUGHS}]>",
    '<!DOCTYPE BEE_ELEVES [<!ENTITY f SYSTEM "file:///etc/hostname">]>',
    '<!DOCTYPE BEE_ELEVES SYSTEM "x>.dtd" [<!ATTLIST ELEVE ELEVE_ID CDATA "1">]>',
    '<!DOCTYPE BEE_ELEVES [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_that_declares_entities_is_refused(tmp_path: Path, doctype: str, encoding: str) -> None:
    text = XML.decode("iso-8859-15").replace("ISO-8859-15", encoding.upper())
    text = text.replace("<BEE_ELEVES", f"{doctype}<BEE_ELEVES", 1).replace("Zoé", "&f;")
    with pytest.raises(FileUnreadable):
        rosters.pupils(written(tmp_path, text.encode(encoding)))


def test_an_entity_that_nobody_declares_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        list(rosters.pupils(written(tmp_path, XML.replace(b"Zo", b"&eacute;"))).lines)


def test_an_outer_dtd_is_never_fetched(tmp_path: Path) -> None:
    (tmp_path / "outer.dtd").write_text('<!ENTITY eacute "gone">')
    doctype = f'<!DOCTYPE BEE_ELEVES SYSTEM "{(tmp_path / "outer.dtd").as_uri()}">'
    content_ = XML.replace(b"<BEE_ELEVES", f"{doctype}<BEE_ELEVES".encode(), 1).replace(b"uvrard", b"&eacute;vrard")
    assert names(written(tmp_path, content_)) == ["Œ&eacute;vrard"]


@pytest.mark.parametrize("encoding", ["UTF-7", "IBM037", "NONSENSE"])
def test_an_encoding_that_hides_its_signs_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(FileUnreadable):
        rosters.pupils(written(tmp_path, XML.replace(b"ISO-8859-15", encoding.encode())))


def test_a_page_of_the_web_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongFile) as refused:
        rosters.pupils(written(tmp_path, b"<!DOCTYPE html><html><br><table><tr><td>a & b", NAME))
    assert refused.value.facts["found"] == content.PAGE


MEASURED = """
    import resource, sys
    from pathlib import Path
    from tablet_loans.services.importers import rosters
    path = Path(sys.argv[1])
    for _ in rosters.pupils(path).lines:
        pass
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_of(path: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MEASURED), str(path)], capture_output=True, check=True, timeout=60
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is told by the system's resource module")
def test_memory_stays_flat_on_sixty_megabytes(tmp_path: Path) -> None:
    few = pupils_xml(many(20))
    options = b"<OPTION ELEVE_ID='1'><OPTIONS_ELEVE><CODE_MATIERE>030201</CODE_MATIERE></OPTIONS_ELEVE></OPTION>\n"
    filler = b"<ELEVE ELEVE_ID='1'><DATE_SORTIE>01/09/2019</DATE_SORTIE>" + b"<CODE_PAYS>100</CODE_PAYS>" * 30
    large = few.replace(b"<OPTIONS>", b"<OPTIONS>" + options * (30 * 2**20 // len(options)))
    large = large.replace(b"</ELEVES>", (filler + b"</ELEVE>\n") * (30 * 2**20 // len(filler)) + b"</ELEVES>")
    assert len(large) > 60 * 10**6
    small_peak = peak_of(written(tmp_path, few, "few.xml"))
    assert peak_of(written(tmp_path, large, "large.xml")) < small_peak + 25
    assert peak_of(written(tmp_path, zipped(("large.xml", large)), "large.zip")) < small_peak + 25
