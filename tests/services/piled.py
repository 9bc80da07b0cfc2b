"""Piles for tests: pages that the program printed, drawn as a scanner gives them, joined again into a file."""

import io
import random
from collections.abc import Iterable
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

DPI = 200


def pictures_of(path: Path, dpi: int = DPI) -> list[Image.Image]:
    """Return the pages of a PDF as pictures in shades of grey."""
    document = pypdfium2.PdfDocument(path.read_bytes())
    return [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in document]


def scanned(page: Image.Image, angle: float = 0, *, seed: int = 1, contrast: float = 1.0) -> Image.Image:
    """Return a page as a scanner gives it: turned, a little soft, with specks."""
    turned = page.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    soft = ImageEnhance.Contrast(turned.filter(ImageFilter.GaussianBlur(0.7))).enhance(contrast)
    specks, draw = random.Random(seed), ImageDraw.Draw(soft)
    for _ in range(400):
        place = specks.randrange(soft.width), specks.randrange(soft.height)
        draw.point(place, fill=specks.randrange(120))
    return soft


def spoilt(page: Image.Image) -> Image.Image:
    """Return a front whose codes nobody can read: coffee was on them."""
    stained = page.copy()
    ImageDraw.Draw(stained).ellipse((stained.width // 3, -200, stained.width + 400, 900), fill=90)
    return stained


def unmarked(page: Image.Image) -> Image.Image:
    """Return a back as it was printed before backs had a mark."""
    plain, dot = page.copy(), page.width / 210
    plain.paste(255, (round(175 * dot), page.height - round(20 * dot), page.width, page.height))
    return plain


def joined(pages: Iterable[Image.Image], out: Path) -> Path:
    """Write pictures into one PDF, a page each, as a scanner does."""
    canvas = Canvas(str(out))
    for page in pages:
        size = (page.width * 72 / DPI, page.height * 72 / DPI)
        content = io.BytesIO()
        page.save(content, "JPEG", quality=80)
        canvas.setPageSize(size)
        canvas.drawImage(ImageReader(content), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return out
