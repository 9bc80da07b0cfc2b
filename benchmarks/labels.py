"""10,000 labels, read from the base and printed, against a raw reportlab canvas that draws the same bars and text."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, in_turn, ratio
from tablet_loans.domain.label import CodeStyle, layout_of
from tablet_loans.domain.label_stock import LabelStock, chosen_stock
from tablet_loans.services import calibrating, labelling
from tablet_loans.services.documents.label_codes import drawn_code
from tablet_loans.services.documents.style import MM, PLAIN, STRONG, with_faces
from tablet_loans.services.labelling import LabelDevices, LabelOptions
from tablet_loans.services.session import Session
from tablet_loans.storage.database import open_database

_SIZE: Final = Size(devices=30_000, pupils=20_000, lines=3_000)
_LABELS: Final = 10_000
_ROUNDS: Final = 3
_PROMISE: Final = 2
_RECTANGLE: Final = re.compile(r"(\d+) 0 (\d+) 1 re")

Bars = Sequence[tuple[int, int]]
Drawn = tuple[str, str, Bars]


def measure() -> Verdict:
    """Return the verdict on labels on sheets of 21, with bars, an owner and a serial number."""
    with bases.folder() as folder:
        path = bases.copied(_SIZE, folder / "base.sqlite")
        session, number = bases.session_in(open_database(str(path))), count()
        tags, drawn = _chosen(session)
        stock = chosen_stock(calibrating.usual_stocks(), labelling.USUAL_STOCK)
        owner = session.settings.authority
        bases.settle()
        program, raw = in_turn(
            [(partial(_written, session, tags, folder, number), partial(_raw, drawn, stock, owner, folder, number))]
            * _ROUNDS
        )
        session.base.close()
    measured = f"{_LABELS:,} labels read from the base and printed in {min(program):.2f} s"
    return Verdict("labels", measured, f"raw reportlab {min(raw):.2f} s", ratio(program, raw), _PROMISE)


def _chosen(session: Session) -> tuple[str, list[Drawn]]:
    """Return a range of tags, and what is on the label of each, worked out beforehand for the raw canvas."""
    query = "SELECT tag, serial FROM device ORDER BY tag LIMIT ?"
    found = session.base.execute(query, (_LABELS,)).fetchall()
    return f"{found[0][0]}..{found[-1][0]}", [(tag, f"S/N {serial}", _bars(tag)) for tag, serial in found]


def _bars(tag: str) -> Bars:
    path = drawn_code(CodeStyle.CODE128, tag).path
    return [(int(start), int(width)) for start, width in _RECTANGLE.findall(path)]


def _written(session: Session, tags: str, folder: Path, number: Iterator[int]) -> None:
    out = folder / f"program-{next(number)}.pdf"
    chosen = LabelDevices(span=tags)
    printed = labelling.print_labels(session, chosen, out, LabelOptions(has_serial=True)).value
    assert printed.labels == _LABELS


def _raw(drawn: Sequence[Drawn], stock: LabelStock, owner: str, folder: Path, number: Iterator[int]) -> None:
    """Draw the same as plain as reportlab can: a path of bars and three lines a label, all worked out beforehand."""
    with_faces()
    tag, _, _ = drawn[0]
    code = drawn_code(CodeStyle.CODE128, tag)
    layout = layout_of(stock, CodeStyle.CODE128, tag, code.across, 1, 1, 1, stock.dpi)
    canvas = Canvas(str(folder / f"raw-{next(number)}.pdf"), pageCompression=1, invariant=1)
    module, bars_high = layout.module_mm * MM, layout.code.height * MM
    for place, (title, serial, bars) in enumerate(drawn):
        if place and place % stock.count == 0:
            canvas.showPage()
        x, y = stock.place(place % stock.count)
        left, top = x * MM, (stock.page[1] - y) * MM
        path = canvas.beginPath()
        bottom = top - (layout.code.top + layout.code.height) * MM
        for start, width in bars:
            path.rect(left + layout.code.left * MM + start * module, bottom, width * module, bars_high)
        canvas.setFillGray(0)
        canvas.drawPath(path, stroke=0, fill=1)
        for room, text in zip(layout.rooms, (owner, title, serial), strict=True):
            canvas.setFont(STRONG if text is title else PLAIN, room.height * MM * 0.84)
            middle = left + (room.left + room.width / 2) * MM
            canvas.drawCentredString(middle, top - (room.top + room.height * 0.8) * MM, text)
    canvas.showPage()
    canvas.save()
