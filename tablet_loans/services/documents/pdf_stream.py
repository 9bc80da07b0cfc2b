"""A PDF written as it is drawn: each page goes to the disk at once, so that 40,000 take the memory of one.

reportlab keeps every page until the end. Here only a page's place in the file is kept; the faces, of which each glyph
that was drawn is embedded once, and the list of pages come last. Source: ISO 32000-1.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from tablet_loans.domain.trouble import FileTrouble, reason_of
from tablet_loans.services.documents.paper import must_be_pdf
from tablet_loans.services.documents.style import PAGE_HEIGHT, PAGE_WIDTH, PLAIN, STRONG, face_of

_HEADER: Final = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
_CATALOG, _INFO, _PAGES, _FONTS = 1, 2, 3, 4
_NODE: Final = 200
"""Pages to a node of the tree: the list of a large document stays short."""
_LEVEL: Final = 4
_NONSYMBOLIC, _SYMBOLIC = 32, 4
FACES: Final[Mapping[str, str]] = {PLAIN: "F1", STRONG: "F2"}


class GlyphCodes(dict[int, str]):
    """The glyphs of a face that were drawn, numbered as they come; `text.translate(codes)` is what a page shows."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.drawn: list[int] = []
        self._places: dict[int, int] = {}

    def __missing__(self, code: int) -> str:
        glyph = face_of(self.name).face.charToGlyph.get(code, 0)
        if glyph not in self._places:
            self.drawn.append(code)
            self._places[glyph] = len(self.drawn)
        return self.setdefault(code, f"{self._places[glyph]:04x}")


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself, and whether its pages go on both sides of a sheet."""

    title: str
    author: str
    subject: str
    language: str = "fr-FR"
    written_at: datetime | None = None
    is_two_sided: bool = True


@dataclass(slots=True)
class PdfStream:
    """A PDF on its way to a file; `pages` counts those written."""

    file: BinaryIO
    about: About
    pages: int = 0
    codes: dict[str, GlyphCodes] = field(default_factory=lambda: {face: GlyphCodes(face) for face in FACES})
    _places: "array[int]" = field(default_factory=lambda: array("Q", [0] * 5))
    _at: int = 0
    _nodes: list[tuple[int, int]] = field(default_factory=list)
    _kids: list[int] = field(default_factory=list)

    def begin(self) -> None:
        """Write what stands first."""
        self._write(_HEADER)

    def add_form(self, content: str) -> int:
        """Write what many pages show alike, and return the number by which they name it."""
        box = f"[0 0 {PAGE_WIDTH:.2f} {PAGE_HEIGHT:.2f}]"
        head = f"/Type /XObject /Subtype /Form /BBox {box} /Resources << /Font {_FONTS} 0 R >>"
        return self._add_stream(content.encode("ascii"), head)

    def add_page(self, content: str, forms: Iterable[int] = ()) -> None:
        """Write a page that shows these forms as /X and their number."""
        if not self._kids:
            self._nodes.append((self._reserve(), 0))
        drawn = self._add_stream(content.encode("ascii"), "")
        shown = " ".join(f"/X{number} {number} 0 R" for number in forms)
        self._kids.append(
            self._add(
                f"<< /Type /Page /Parent {self._nodes[-1][0]} 0 R /MediaBox [0 0 {PAGE_WIDTH:.2f} {PAGE_HEIGHT:.2f}]"
                f" /Resources << /Font {_FONTS} 0 R /XObject << {shown} >> >> /Contents {drawn} 0 R >>"
            )
        )
        self.pages += 1
        if len(self._kids) == _NODE:
            self._end_node()

    def end(self) -> None:
        """Write the faces, the list of pages, and where everything stands."""
        if self._kids:
            self._end_node()
        kids = " ".join(f"{number} 0 R" for number, _ in self._nodes)
        self._put(_PAGES, f"<< /Type /Pages /Count {self.pages} /Kids [{kids}] >>")
        faces = " ".join(f"/{FACES[name]} {self._add_face(codes)} 0 R" for name, codes in self.codes.items())
        self._put(_FONTS, f"<< {faces} >>")
        self._put(_INFO, self._info())
        sides = "DuplexFlipLongEdge" if self.about.is_two_sided else "Simplex"
        self._put(
            _CATALOG,
            f"<< /Type /Catalog /Pages {_PAGES} 0 R /Lang ({self.about.language})"
            f" /ViewerPreferences << /DisplayDocTitle true /Duplex /{sides} >> >>",
        )
        self._end_file()

    def _end_node(self) -> None:
        number = self._nodes[-1][0]
        kids = " ".join(f"{kid} 0 R" for kid in self._kids)
        self._put(number, f"<< /Type /Pages /Parent {_PAGES} 0 R /Count {len(self._kids)} /Kids [{kids}] >>")
        self._nodes[-1] = (number, len(self._kids))
        self._kids.clear()

    def _info(self) -> str:
        about = self.about
        said = {"Title": about.title, "Author": about.author, "Subject": about.subject, "Creator": "tablet-loans"}
        texts = " ".join(f"/{name} <feff{text.encode('utf-16-be').hex()}>" for name, text in said.items())
        if about.written_at is None:
            return f"<< {texts} >>"
        return f"<< {texts} /CreationDate (D:{about.written_at.astimezone(UTC):%Y%m%d%H%M%S}Z) >>"

    def _add_face(self, codes: GlyphCodes) -> int:
        """Embed the glyphs of a face that were drawn, each under the number the pages give it."""
        font = face_of(codes.name)
        face, name = font.face, f"AAAAAA+{font.face.name.decode('ascii')}"
        subset = face.makeSubset(codes.drawn)
        program = self._add_stream(subset, f"/Length1 {len(subset)}")
        box = " ".join(f"{edge:.0f}" for edge in face.bbox)
        described = self._add(
            f"<< /Type /FontDescriptor /FontName /{name} /Flags {(face.flags & ~_NONSYMBOLIC) | _SYMBOLIC}"
            f" /FontBBox [{box}] /ItalicAngle {face.italicAngle:g} /Ascent {face.ascent:.0f}"
            f" /Descent {face.descent:.0f} /CapHeight {face.capHeight:.0f} /StemV {face.stemV:g}"
            f" /FontFile2 {program} 0 R >>"
        )
        widths = " ".join(f"{face.charWidths.get(code, face.defaultWidth):.0f}" for code in codes.drawn)
        glyphs = self._add(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity /DW 0 /W [1 [{widths}]]"
            f" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /FontDescriptor {described} 0 R >>"
        )
        spelled = self._add_stream(_spelling(codes.drawn), "")
        return self._add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
            f" /DescendantFonts [{glyphs} 0 R] /ToUnicode {spelled} 0 R >>"
        )

    def _reserve(self) -> int:
        self._places.append(0)
        return len(self._places) - 1

    def _add(self, body: str) -> int:
        number = self._reserve()
        self._put(number, body)
        return number

    def _put(self, number: int, body: str) -> None:
        self._places[number] = self._at
        self._write(f"{number} 0 obj\n{body}\nendobj\n".encode("ascii"))

    def _add_stream(self, content: bytes, head: str) -> int:
        number, packed = self._reserve(), zlib.compress(content, _LEVEL)
        self._places[number] = self._at
        start = f"{number} 0 obj\n<< {head} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
        self._write(start.encode("ascii") + packed + b"\nendstream\nendobj\n")
        return number

    def _end_file(self) -> None:
        """Write where each object begins, as a stream of 8-byte places."""
        number, start = self._reserve(), self._at
        self._places[number] = start
        lines = b"\0\0\0\0\0\0\0\0\0" + b"".join(b"\1" + place.to_bytes(8) for place in self._places[1:])
        packed = zlib.compress(lines, _LEVEL)
        head = (
            f"{number} 0 obj\n<< /Type /XRef /Size {len(self._places)} /W [1 8 0] /Root {_CATALOG} 0 R"
            f" /Info {_INFO} 0 R /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
        )
        self._write(head.encode("ascii") + packed + f"\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n".encode("ascii"))

    def _write(self, content: bytes) -> None:
        self.file.write(content)
        self._at += len(content)


def _spelling(drawn: list[int]) -> bytes:
    """Return which character each glyph is, for those who search or copy the text."""
    lines = [f"<{place:04x}> <{chr(code).encode('utf-16-be').hex()}>" for place, code in enumerate(drawn, start=1)]
    pieces = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = "\n".join(f"{len(piece)} beginbfchar\n" + "\n".join(piece) + "\nendbfchar" for piece in pieces)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def"
        " /CMapName /Adobe-Identity-UCS def /CMapType 2 def"
        f" 1 begincodespacerange <0000> <ffff> endcodespacerange\n{body}\nendcmap"
        " CMapName currentdict /CMap defineresource pop end end"
    ).encode("ascii")


@contextmanager
def new_stream(out: Path, about: About) -> Iterator[PdfStream]:
    """Give a new document that grows beside its place; what is raised within leaves no file behind.

    The same drawing and time give the same bytes. Raises: FileTrouble.
    """
    must_be_pdf(out)
    partial = out.with_name(f"{out.name}.part")
    try:
        with partial.open("wb") as file:
            stream = PdfStream(file, about)
            stream.begin()
            yield stream
            stream.end()
        partial.replace(out)
    except OSError as error:
        raise FileTrouble(path=str(out), reason=reason_of(error)) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
