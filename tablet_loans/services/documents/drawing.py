"""A drawing: lines of text, rules, boxes and bars as the operators of a PDF page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tablet_loans.services.documents.pdf_stream import FACES, PdfStream
from tablet_loans.services.documents.style import (
    BODY,
    HAIRLINE,
    LEADING,
    PLAIN,
    Box,
    first_baseline,
    fitted,
    middle_baseline,
)


@dataclass(slots=True)
class Drawing:
    """What is drawn on one page, or on a form that many pages show."""

    document: PdfStream
    _done: list[str] = field(default_factory=list)
    _forms: list[int] = field(default_factory=list)

    def show(self, form: int) -> None:
        """Draw a form."""
        self._forms.append(form)
        self._done.append(f"/X{form} Do")

    def line(
        self, text: str, left: float, baseline: float, size: float = BODY, face: str = PLAIN, grey: float = 0
    ) -> None:
        """Draw one line of text as it is."""
        shown = text.translate(self.document.codes[face])
        self._done.append(f"{grey:g} g BT /{FACES[face]} {size:.4g} Tf {left:.2f} {baseline:.2f} Td <{shown}> Tj ET")

    def lines(self, lines: Sequence[str], left: float, baseline: float, size: float, leading: float = LEADING) -> float:
        """Draw lines one below the other, and return the baseline that would follow."""
        codes = self.document.codes[PLAIN]
        shown = " T* ".join(f"<{line.translate(codes)}> Tj" for line in lines)
        self._done.append(
            f"0 g BT /{FACES[PLAIN]} {size:.4g} Tf {leading * size:.4g} TL {left:.2f} {baseline:.2f} Td {shown} ET"
        )
        return baseline - len(lines) * leading * size

    def within(
        self, text: str, box: Box, size: float = BODY, face: str = PLAIN, grey: float = 0, *, is_centred: bool = True
    ) -> None:
        """Draw `text` within `box`, in its middle or at its top: wrapped, then smaller, never cut off."""
        lines, size = fitted(text, box, size, face)
        baseline = middle_baseline(box, size, len(lines)) if is_centred else first_baseline(box, size)
        for each in lines:
            self.line(each, box.left, baseline, size, face, grey)
            baseline -= LEADING * size

    def rule(self, left: float, right: float, height: float, grey: float = 0, width: float = HAIRLINE) -> None:
        """Draw a hairline."""
        self._done.append(f"{grey:g} G {width:g} w {left:.2f} {height:.2f} m {right:.2f} {height:.2f} l S")

    def upright(self, left: float, bottom: float, top: float, grey: float = 0) -> None:
        """Draw a hairline from `bottom` to `top`."""
        self._done.append(f"{grey:g} G {HAIRLINE:g} w {left:.2f} {bottom:.2f} m {left:.2f} {top:.2f} l S")

    def frame(self, left: float, bottom: float, width: float, height: float, grey: float = 0) -> None:
        """Draw an empty box."""
        self._done.append(f"{grey:g} G {HAIRLINE:g} w {left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re S")

    def ticks(self, places: Iterable[tuple[float, float]], side: float) -> None:
        """Draw boxes to tick, by their lower left corners."""
        boxes = " ".join(f"{left:.2f} {bottom:.2f} {side:.2f} {side:.2f} re" for left, bottom in places)
        self._done.append(f"0 G {2 * HAIRLINE:g} w {boxes} S")

    def modules(self, runs: str, left: float, bottom: float, width: float, height: float) -> None:
        """Draw a code: its runs as rectangles in units of `width` and `height`, all in one shape."""
        self._done.append(f"q 0 g {width:.5f} 0 0 {height:.5f} {left:.3f} {bottom:.3f} cm {runs} f Q")

    def end_form(self) -> int:
        """Keep the drawing as a form, and return its number."""
        return self.document.add_form("\n".join(self._done))

    def end_page(self) -> None:
        """Put the drawing on a page of its own."""
        self.document.add_page("\n".join(self._done), dict.fromkeys(self._forms))
