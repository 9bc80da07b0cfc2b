"""A PDF on its way: begun beside its place, put there whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.trouble import FileTrouble, reason_of
from tablet_loans.services.documents.style import PAGE_HEIGHT, PAGE_WIDTH, PLAIN, with_faces
from tablet_loans.text import N_


def must_be_pdf(out: Path) -> None:
    """Refuse a name that no viewer would open, and a folder that is not there. Raises: FileTrouble."""
    if out.suffix.lower() != ".pdf":
        raise FileTrouble(path=str(out), reason=N_("its name must end in .pdf"))
    for wrong, code in ((out.is_dir(), errno.EISDIR), (not out.parent.is_dir(), errno.ENOENT)):
        if wrong:
            raise FileTrouble(path=str(out), reason=reason_of(OSError(code, "")))
    if not os.access(out.parent, os.W_OK):
        raise FileTrouble(path=str(out), reason=reason_of(OSError(errno.EACCES, "")))


@contextmanager
def new_document(
    out: Path, *, title: str, author: str, subject: str, written_at: datetime | None = None, lang: str = "fr-FR"
) -> Iterator[Canvas]:
    """Give the canvas of a new A4 document; what is raised within leaves no file behind.

    The same drawing and time give the same bytes. Raises: FileTrouble.
    """
    partial = out.with_name(f"{out.name}.part")
    try:
        with canvas_on(
            partial, title=title, author=author, subject=subject, written_at=written_at, lang=lang
        ) as canvas:
            yield canvas
        partial.replace(out)
    except OSError as error:
        raise FileTrouble(path=str(out), reason=reason_of(error)) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def canvas_on(
    path: Path, *, title: str, author: str, subject: str, written_at: datetime | None = None, lang: str = "fr-FR"
) -> Iterator[Canvas]:
    """Give the canvas of an A4 document that is written at `path` in the end. Raises: OSError."""
    with_faces()
    canvas = _canvas(path, written_at, lang)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setSubject(subject)
    yield canvas
    canvas.save()


def _canvas(path: Path, written_at: datetime | None, lang: str) -> Canvas:
    canvas = Canvas(
        str(path),
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        initialFontName=PLAIN,  # type: ignore[arg-type]  # the stubs take a name for a number
        pageCompression=1,
        invariant=1,
        lang=lang,
    )
    canvas.setCreator("tablet-loans")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    if written_at is not None:
        stamp = f"D:{written_at.astimezone(UTC):%Y%m%d%H%M%S}Z"
        canvas.setDateFormatter(lambda *_: stamp)
    return canvas
