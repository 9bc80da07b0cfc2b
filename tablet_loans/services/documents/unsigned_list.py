"""The list of what is lent and not signed: a school on pages of its own, class after class."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tablet_loans.domain.listing import UnsignedSchool
from tablet_loans.services.documents.dates import in_figures, in_words
from tablet_loans.services.documents.paper import must_be_pdf, new_document
from tablet_loans.services.documents.printable import must_be_printable, printed, texts_of
from tablet_loans.services.documents.style import GREY, MARGIN, MM, NOTE, RIGHT, STRONG, Box, draw_line, draw_within
from tablet_loans.services.documents.table import Column, Flow, Group, add_table

_TITLE: Final = "Prêts sans convention signée"
_NEVER: Final = "jamais"
_NO_CLASS: Final = "Sans classe"
_HEAD: Final = 30 * MM
_COLUMNS: Final = (
    Column("Élève", 58, is_strong=True),
    Column("Prêt", 28),
    Column("Étiquette", 28),
    Column("Prêté le", 24),
    Column("Convention imprimée le", 34),
)


def write_unsigned_lists(
    authority: str,
    campaign: str,
    schools: Sequence[UnsignedSchool],
    out: Path,
    *,
    written_at: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write the list of each school into the PDF `out`, each on pages of its own, and return how many pages.

    `progress` hears (done, total) after each school. Raises: FontLacks, FileTrouble.
    """
    must_be_pdf(out)
    told, pages = [printed(each) for each in schools], 0
    must_be_printable([(each.uai, (authority, campaign, *texts_of(each))) for each in told])
    day = in_words(written_at.astimezone().date())
    with new_document(out, title=_TITLE, author=authority, subject=campaign, written_at=written_at) as canvas:
        for done, each in enumerate(told, start=1):
            foot = "\u00a0· ".join(filter(None, (_TITLE, each.uai, campaign, day)))
            pages += _flow(authority, each, (day, campaign)).draw(canvas, foot)
            progress(done, len(told))
    return pages


def _flow(authority: str, listed: UnsignedSchool, told: tuple[str, str]) -> Flow:
    flow = Flow()
    flow.add(_HEAD, partial(_draw_head, authority=authority, listed=listed, told=told))
    groups = []
    for class_name, found in groupby(listed.rows, key=lambda row: row.class_name):
        rows = [
            (
                row.pupil,
                row.loan,
                row.tag,
                in_figures(row.lent_on),
                in_figures(row.printed_on) if row.printed_on else _NEVER,
            )
            for row in found
        ]
        groups.append(Group(f"{class_name or _NO_CLASS}\u00a0· {len(rows)}", rows))
    add_table(flow, "À faire signer", _COLUMNS, groups)
    return flow


def _draw_head(canvas: Canvas, top: float, authority: str, listed: UnsignedSchool, told: tuple[str, str]) -> None:
    width = RIGHT - MARGIN
    draw_within(canvas, authority, Box(MARGIN, top, width, 5 * MM), size=NOTE, grey=GREY)
    draw_line(canvas, _TITLE, MARGIN, top - 12 * MM, size=20, face=STRONG)
    place = f"{listed.school} ({listed.uai})"
    draw_within(canvas, place, Box(MARGIN, top - 14.5 * MM, width, 6.5 * MM), size=13, face=STRONG)
    count, never = len(listed.rows), sum(row.printed_on is None for row in listed.rows)
    lent = f"{count} prêt{'s' if count > 1 else ''}"
    unprinted = f"dont {never} sans convention imprimée" if never else ""
    said = "\u00a0· ".join(filter(None, (", ".join(filter(None, (lent, unprinted))), *told, listed.commune)))
    draw_within(canvas, said, Box(MARGIN, top - 21.5 * MM, width, 6 * MM), size=9, grey=GREY)
