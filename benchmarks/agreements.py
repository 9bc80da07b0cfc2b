"""300 agreements from the base to one PDF on one core, against LibreOffice converting them already merged."""

import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import pypdfium2

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, in_turn, seconds
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.services import agreeing
from tablet_loans.services.session import Session
from tablet_loans.storage.database import open_database

_SIZE: Final = Size(devices=20_000, pupils=20_000, lines=3_000)
_AGREEMENTS: Final = 300
_ROUNDS: Final = 3
_PROMISE: Final = 10.0
_OFFICE: Final = "soffice"
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:'
    'office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:'
    'opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:styles><style:style'
    ' style:name="Standard" style:family="paragraph"><style:text-properties fo:font-size="8.5pt"/></style:style>'
    '</office:styles><office:automatic-styles><style:style style:name="P" style:family="paragraph"'
    ' style:parent-style-name="Standard"><style:paragraph-properties fo:break-before="page"/></style:style>'
    "</office:automatic-styles><office:body><office:text>"
)
_FOOT: Final = "</office:text></office:body></office:document>"


def measure() -> Verdict:
    """Return the verdict, or say that LibreOffice is not here to compare with."""
    with bases.folder() as folder, _one_core():
        empty = folder / "empty.fodt"
        empty.write_text(f"{_HEAD}<text:p/>{_FOOT}", "utf-8")
        if not _is_converted(empty, folder):  # its profile is made the first time
            told = "skipped: LibreOffice Writer is not installed (apt-get install libreoffice-writer-nogui)"
            return Verdict("agreements", told, "none", _PROMISE, _PROMISE, is_least=True)
        session = bases.session_in(open_database(str(bases.copied(_SIZE, folder / "base.sqlite"))))
        found = agreeing.open_loans(session.base, LoanFilter())[:_AGREEMENTS]
        chosen, number = LoanFilter(numbers=tuple(loan.number for loan in found)), count()
        first = _printed(session, chosen, folder, number)
        merged = folder / "merged.fodt"
        merged.write_text(_merged(first), "utf-8")
        bases.settle()
        program, office = in_turn(
            [(partial(_printed, session, chosen, folder, number), partial(_converted, merged, folder))] * _ROUNDS
        )
        starting = seconds(partial(_converted, empty, folder))
        session.base.close()
    return _verdict(program, office, starting)


def _verdict(program: Sequence[float], office: Sequence[float], starting: float) -> Verdict:
    taken, other = statistics.median(program), statistics.median(office)
    return Verdict(
        "agreements",
        f"{_AGREEMENTS} agreements, {2 * _AGREEMENTS} pages from the base in {taken:.2f} s",
        f"LibreOffice {other:.1f} s, of which {starting:.1f} s to start",
        other / taken,
        _PROMISE,
        is_least=True,
        also=f"{(other - starting) / taken:.1f} without its start",
    )


@contextmanager
def _one_core() -> Iterator[None]:
    """Keep this process and those it starts on one processor, where the system lets it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _printed(session: Session, chosen: LoanFilter, folder: Path, number: Iterator[int]) -> Path:
    out = folder / f"program-{next(number)}.pdf"
    agreeing.print_agreements(session, chosen, out)
    return out


def _converted(document: Path, folder: Path) -> None:
    assert _is_converted(document, folder)


def _is_converted(document: Path, folder: Path) -> bool:
    """Convert a document and say whether it was: there is no Writer in every LibreOffice."""
    if shutil.which(_OFFICE) is None:
        return False
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = (_OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(document))
    subprocess.run(command, check=True, capture_output=True)
    return document.with_suffix(".pdf").is_file()


def _merged(printed: Path) -> str:
    """Return a document with the same texts, page by page: one paragraph a line, no code, no rule, no box."""
    document = pypdfium2.PdfDocument(printed.read_bytes())
    pages = (page.get_textpage().get_text_range().split("\r\n") for page in document)
    return f"{_HEAD}{''.join(map(_paragraphs, pages))}{_FOOT}"


def _paragraphs(lines: Sequence[str]) -> str:
    shown = ("".join(mark for mark in escape(line) if mark.isprintable()) for line in lines)
    return "".join(
        f'<text:p text:style-name="{"Standard" if place else "P"}">{line}</text:p>' for place, line in enumerate(shown)
    )
