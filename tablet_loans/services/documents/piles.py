"""Piles of paper that were scanned: a PDF or images, page by page, and the codes on each."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium_c
import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from tablet_loans.domain.filing import PageRead, code_in
from tablet_loans.domain.trouble import FileMissing, FileTrouble, FileUnreadable, WrongFile, reason_of
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.style import PAGE_HEIGHT, PAGE_WIDTH
from tablet_loans.text import N_

JPEG: Final = "image/jpeg"
_READ_DPI, _CLOSE_DPI, _LOOK_DPI = 150, 300, 50
"""A page is kept as it is read: it is drawn once, and once more only where no code is found on it."""
_MOST_AT_HAND: Final = 64 * 2**20
"""Bytes of pages as they are kept, between their reading and their filing; those beyond are drawn again."""
_INCHES: Final = 11.7
"""The long side of an A4 page: an image is read as one, whatever its resolution says."""
_MOST_INCHES: Final = 17.0
_MOST_PIXELS: Final = 80_000_000
"""An A3 page at 600 dots per inch; a bomb is refused by its header, before it is decoded."""
_QUALITY: Final = 60
_INK: Final = 0.0005
_Format = zxingcpp.BarcodeFormat
_SQUARE: Final = zxingcpp.BarcodeFormats((_Format.QRCode,))
_OURS: Final = zxingcpp.BarcodeFormats((_Format.Code128, _Format.QRCode))
_OTHERS: Final = zxingcpp.BarcodeFormats(
    (_Format.Code39, _Format.EAN13, _Format.ITF, _Format.DataMatrix, _Format.PDF417, _Format.Aztec)
)
_TURNS: Final = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


_Bomb: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PageLost(Exception):
    """A page that cannot be drawn: damaged, or too large by far."""


@dataclass(slots=True)
class AtHand:
    """Pages as they are kept, by file and page, as far as there is room."""

    room: int = _MOST_AT_HAND
    pages: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def put(self, page: PageRead, content: bytes) -> None:
        """Keep a page at hand, if there is room."""
        if len(content) <= self.room:
            self.room -= len(content)
            self.pages[page.file, page.page] = content

    def take(self, page: PageRead) -> bytes | None:
        """Return a page that is at hand, and make room."""
        content = self.pages.pop((page.file, page.page), None)
        self.room += len(content or b"")
        return content


@dataclass(slots=True)
class Pile:
    """One file of a pile, open: its pages are drawn one at a time."""

    path: Path
    count: int
    _source: Any
    _place: int
    at_hand: "AtHand"

    def picture(self, page: int, dpi: int) -> Image.Image:
        """Return a page, counted from 1, in shades of grey. Raises: PageLost."""
        try:
            return _of_pdf(self._source, page, dpi) if _is_pdf(self._source) else _of_image(self._source, page, dpi)
        except (pypdfium2.PdfiumError, OSError, SyntaxError, ValueError, MemoryError, EOFError, *_Bomb) as error:
            raise PageLost from error

    def read(self, page: int) -> PageRead:
        """Return what a page bears; one that cannot be drawn bears nothing."""
        try:
            picture = self.picture(page, _READ_DPI)
            found = _codes(picture, _SQUARE)
            if not _are_ours(found):
                found += _codes(picture, _OURS)
            if not _are_ours(found):
                if _is_empty(picture):
                    return PageRead(self._place, page, is_empty=True)
                found = self._closer(page, picture) or found
        except PageLost:
            return PageRead(self._place, page)
        read = PageRead(self._place, page, tuple(dict.fromkeys(code.text for code in found)), _turn(found))
        if _are_ours(found):  # whoever bears no code may have to turn as its front does
            self.at_hand.put(read, _upright(picture, read.turn))
        return read

    def _closer(self, page: int, picture: Image.Image) -> list[Any]:
        """Return the codes that only a sharper or clearer picture shows, else those of other kinds."""
        sharp = ImageOps.autocontrast(self.picture(page, _CLOSE_DPI), cutoff=1)
        return _codes(sharp, _OURS) or _codes(picture, _OTHERS)

    def kept(self, page: PageRead) -> bytes:
        """Return a page as it is kept, upright: a JPEG in shades of grey, the same bytes each time."""
        return self.at_hand.take(page) or _upright(self.picture(page.page, _READ_DPI), page.turn)

    def save_look(self, page: int, out: Path) -> bool:
        """Write a small PNG of a page to look at, and say whether it can be drawn. Raises: FileTrouble."""
        if small := self.look(page, _LOOK_DPI):
            save(small, out)
        return bool(small)

    def look(self, page: int, dpi: int) -> bytes:
        """Return a page to look at, as a PNG; empty when it cannot be drawn."""
        try:
            return _written(self.picture(page, dpi), "PNG")
        except PageLost:
            return b""


@contextmanager
def opened(path: Path, place: int = 0, at_hand: AtHand | None = None) -> Iterator[Pile]:
    """Give the pages of a PDF, a JPEG, a PNG or a TIFF, the file at `place` of the pile.

    Pages that are read stay `at_hand` until they are kept.

    Raises: FileMissing, FileUnreadable, WrongFile.
    """
    source: Any
    try:
        with path.open("rb") as file:
            head = file.read(1024)
        if not head:
            raise FileUnreadable(path=str(path), reason=N_("it is empty"))
        if b"%PDF-" in head:
            source = pypdfium2.PdfDocument(str(path))
            count = len(source)
        else:
            source = _image(path)
            count = getattr(source, "n_frames", 1)
    except FileNotFoundError as error:
        raise FileMissing(path=str(path)) from error
    except UnidentifiedImageError as error:
        raise WrongFile(path=str(path), found=N_("something else"), expected="PDF, JPEG, PNG, TIFF") from error
    except _Bomb as error:
        raise FileUnreadable(path=str(path), reason=N_("its picture is too large")) from error
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == pdfium_c.FPDF_ERR_PASSWORD
        reason = N_("it is protected by a password") if is_locked else N_("it is damaged or cut short")
        raise FileUnreadable(path=str(path), reason=reason) from error
    except OSError as error:
        raise FileUnreadable(path=str(path), reason=reason_of(error)) from error
    try:
        yield Pile(path, count, source, place, AtHand() if at_hand is None else at_hand)
    finally:
        source.close()


def _is_pdf(source: Any) -> bool:
    return isinstance(source, pypdfium2.PdfDocument)


def _image(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(path, formats=("JPEG", "PNG", "TIFF"))


def _of_pdf(source: Any, number: int, dpi: int) -> Image.Image:
    page = source[number - 1]
    try:
        for drawn in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            width, height = drawn.get_px_size()
            _must_be_moderate(width, height)
        inches = max(page.get_size()) / 72
        scale = dpi / 72 * min(1.0, _MOST_INCHES / inches)
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            picture: Image.Image = bitmap.to_pil().convert("L").copy()  # the bitmap's own memory goes with it
            return picture
        finally:
            bitmap.close()
    finally:
        page.close()


def _of_image(source: Image.Image, number: int, dpi: int) -> Image.Image:
    source.seek(number - 1)
    _must_be_moderate(*source.size)
    longest = round(dpi * _INCHES)
    whole = ImageOps.exif_transpose(source).convert("L")
    if max(whole.size) > longest:
        whole.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return whole


def _must_be_moderate(width: int, height: int) -> None:
    if width * height > _MOST_PIXELS:
        raise PageLost


def _codes(picture: Image.Image, formats: Any) -> list[Any]:
    return list(zxingcpp.read_barcodes(picture, formats=formats))


def _are_ours(found: Sequence[Any]) -> bool:
    return any(code_in(code.text) is not None for code in found)


def _upright(picture: Image.Image, degrees: int) -> bytes:
    turn = _TURNS.get(degrees)
    return _written(picture if turn is None else picture.transpose(turn), "JPEG", quality=_QUALITY, optimize=True)


def _turn(found: Sequence[Any]) -> int:
    """Return how many degrees the page turns to stand upright: as the program's own codes lie, else as it is."""
    lie = [code.orientation for code in found if code_in(code.text) is not None]
    return round(lie[0] / 90) * 90 % 360 if lie else 0


def _is_empty(picture: Image.Image) -> bool:
    """Say whether nothing is on a page but a scanner's specks; its edges, which cast shadows, are not looked at."""
    width, height = picture.size
    inner = picture.crop((width // 25, height // 25, width - width // 25, height - height // 25))
    inner.thumbnail((400, 400))
    shades = inner.histogram()
    paper = max(range(256), key=shades.__getitem__)
    return sum(shades[: max(0, paper - 48)]) < _INK * sum(shades)


def _written(picture: Image.Image, form: str, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def save(content: bytes, out: Path) -> None:
    """Write a file, whole or not at all. Raises: FileTrouble."""
    partial = out.with_name(f"{out.name}.part")
    try:
        partial.write_bytes(content)
        partial.replace(out)
    except OSError as error:
        raise FileTrouble(path=str(out), reason=reason_of(error)) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def bind(pages: Iterator[bytes], out: Path, *, title: str, author: str) -> int:
    """Write kept pages into one PDF and return how many. Raises: FileTrouble."""
    from reportlab.lib.utils import ImageReader

    must_be_pdf(out)
    count = 0
    with new_document(out, title=title, author=author, subject=title) as canvas:
        for content in pages:
            picture = ImageReader(io.BytesIO(content))
            width, height = picture.getSize()
            is_wide = width > height
            size = (PAGE_HEIGHT, PAGE_WIDTH) if is_wide else (PAGE_WIDTH, PAGE_HEIGHT)
            canvas.setPageSize(size)
            canvas.drawImage(picture, 0, 0, *size, preserveAspectRatio=True)
            canvas.showPage()
            count += 1
    return count
