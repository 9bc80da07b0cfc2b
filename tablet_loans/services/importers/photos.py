"""Codes in a picture: a camera's frame or a photograph, torch-lit, tilted or blurred as they come.

zxing-cpp looks at the whole picture first; where that is not enough, the places that hold most edges are cut out and
looked at again: enlarged, evenly lit, sharpened, turned.
A linear code has a weak check: zxing-cpp now and then reads another one. So it counts only when a check character of
its own proves it, or when two different looks agree.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log1p, sqrt
from typing import Final

import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

from tablet_loans.domain import barcode
from tablet_loans.domain.barcode import CodeKind, Fault
from tablet_loans.domain.trouble import FileUnreadable
from tablet_loans.text import N_

Box = tuple[int, int, int, int]
Look = Callable[[Image.Image], Image.Image]

_FORMATS: Final = zxingcpp.BarcodeFormats(
    [zxingcpp.Code128, zxingcpp.Code39, zxingcpp.EAN13, zxingcpp.UPCA, zxingcpp.ITF14, zxingcpp.DataMatrix,
     zxingcpp.QRCode]
)  # fmt: skip
"""What stands on tablets, boxes and our own papers, without those whose short codes noise imitates."""
_MATRIX: Final = ("]d", "]Q")
_UNPROVED: Final = 2
_AGREEING_LOOKS: Final = 2
_LARGEST_LOOK: Final = 700_000
_LARGEST_PHOTO: Final = 50_000_000
_EVEN: Final = [round(255 * log1p(value / 24) / log1p(255 / 24)) for value in range(256)]
"""The logarithm of light: bars are as deep in a torch's shadow as in its beam."""
_CELL: Final = 8


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A code, its symbology as scanners name it (AIM, such as ]C0), and its middle in parts of width and height."""

    text: str
    symbology: str
    place: tuple[float, float] = field(default=(0.5, 0.5), compare=False)

    @property
    def scan(self) -> str:
        """Return what a scanner would have typed."""
        return self.symbology + self.text

    @property
    def is_proved(self) -> bool:
        """Say whether the code itself tells that it was read right."""
        return self.symbology.startswith(_MATRIX) or self.rank < _UNPROVED

    @property
    def rank(self) -> int:
        """Return how likely the code is the one that is meant: an asset tag of ours, what is proved, the rest."""
        proved = [each for each in barcode.readings(self.scan) if each.is_proved and each.fault is Fault.NONE]
        if any(each.kind is CodeKind.TAG for each in proved):
            return 0
        return 1 if proved else _UNPROVED


def codes_in(photo: bytes, name: str = "") -> list[SeenCode]:
    """Return every code of a PNG or JPEG photograph, asset tags first, then the proved ones. Raises: FileUnreadable."""
    try:
        opened = Image.open(io.BytesIO(photo), formats=("PNG", "JPEG"))
        if opened.width * opened.height > _LARGEST_PHOTO:
            raise FileUnreadable(path=name, reason=N_("the picture is too large"))
        grey = ImageOps.exif_transpose(opened).convert("L")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileUnreadable(path=name, reason=N_("it is neither a PNG nor a JPEG picture")) from error
    return _codes(grey, _LOOKS, regions=8, is_complete=True)


def codes_in_frame(grey: bytes, width: int, height: int, line: int = 0, turn: int = 0) -> list[SeenCode]:
    """Return the codes of a camera's frame, one byte a point; it stops looking once one is found.

    `line` is the length of a padded line. `turn` is the frame's number: TURNS frames of one label, one after the other,
    are looked at in every way.
    """
    picture = Image.frombuffer("L", (width, height), grey, "raw", "L", line, 1)
    return _codes(picture, (_LOOKS[0], _LOOKS[1 + turn % TURNS]), regions=2, is_complete=False)


def _codes(picture: Image.Image, looks: Sequence[Look], *, regions: int, is_complete: bool) -> list[SeenCode]:
    votes, seen = Counter[SeenCode](), dict[SeenCode, SeenCode]()
    sure: list[SeenCode] = []
    for found in _looked_at(picture, looks, regions):
        votes.update(set(found))
        seen.update({code: code for code in found if code not in seen})
        sure = [code for code, count in votes.items() if count >= _AGREEING_LOOKS or code.is_proved]
        if sure and not is_complete:
            break
    return sorted((seen[code] for code in sure), key=lambda code: code.rank)


def _looked_at(picture: Image.Image, looks: Sequence[Look], regions: int) -> Iterator[Sequence[SeenCode]]:
    """Return what each look finds: the whole picture's, then each look's at the places that hold edges."""
    whole: Box = (0, 0, picture.width, picture.height)
    yield _read(picture, whole, picture.size, try_invert=True)
    boxes = _busy_places(picture)[:regions]
    for look in looks:
        yield [code for box in boxes for code in _read(look(_enlarged(picture.crop(box))), box, picture.size)]


def _read(look: Image.Image, box: Box, size: tuple[int, int], *, try_invert: bool = False) -> list[SeenCode]:
    found = zxingcpp.read_barcodes(look, formats=_FORMATS, text_mode=zxingcpp.TextMode.Plain, try_invert=try_invert)
    return [
        SeenCode(each.text, each.symbology_identifier, _place(each, look, box, size))
        for each in found
        if _is_writable(each.text)
    ]


def _is_writable(text: str) -> bool:
    """Say whether the text is one that a label bears: ASCII and the separator of GS1."""
    return bool(text.strip()) and all(" " <= mark <= "~" or mark == "\x1d" for mark in text)


def _place(found: zxingcpp.Barcode, look: Image.Image, box: Box, size: tuple[int, int]) -> tuple[float, float]:
    """Return about where a code's middle is in the whole picture: a turned look keeps its middle."""
    corner, other = found.position.top_left, found.position.bottom_right
    left, top, right, bottom = box
    across, down = (corner.x + other.x) / 2 / look.width, (corner.y + other.y) / 2 / look.height
    return (left + across * (right - left)) / size[0], (top + down * (bottom - top)) / size[1]


def _enlarged(part: Image.Image) -> Image.Image:
    """Return a part twice as large, less when it is large already: its time is bounded."""
    times = min(2.0, sqrt(_LARGEST_LOOK / (part.width * part.height)))
    size = (max(1, round(part.width * times)), max(1, round(part.height * times)))
    return part.resize(size, Image.Resampling.BICUBIC)


def _even(part: Image.Image) -> Image.Image:
    return part.point(_EVEN)


def _sharp(part: Image.Image) -> Image.Image:
    return part.filter(ImageFilter.UnsharpMask(4, 250, 0))


def _local(part: Image.Image) -> Image.Image:
    """Return each point against the light around it."""
    even = part.point(_EVEN)
    return ImageChops.subtract(even, even.filter(ImageFilter.BoxBlur(30)), 0.5, 150)


def _turned(degrees: float) -> Look:
    def turn(part: Image.Image) -> Image.Image:
        return part.rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=128)

    return turn


_LOOKS: Final[Sequence[Look]] = (_even, _sharp, _turned(45), _turned(22.5), _turned(-22.5), _local)
"""The likeliest to help first; a reader of lines stands 15 degrees, and turns by 90 of itself."""
TURNS: Final = len(_LOOKS) - 1


def _busy_places(picture: Image.Image) -> list[Box]:
    """Return the places that hold most edges, the busiest first."""
    fine = max(1, picture.width // 320)
    edges = picture.reduce(fine).point(_EVEN).filter(ImageFilter.FIND_EDGES)
    if min(edges.size) < 3 * _CELL:
        return [(0, 0, picture.width, picture.height)]
    cells = edges.crop((1, 1, edges.width - 1, edges.height - 1)).reduce(_CELL).filter(ImageFilter.BoxBlur(1))
    depths = cells.tobytes()
    calm = sorted(depths)[len(depths) // 2]
    least = calm + (max(depths) - calm) * 0.35
    busy = {divmod(place, cells.width) for place, depth in enumerate(depths) if depth > least}
    islands = sorted(_islands(busy), key=lambda island: -sum(depths[y * cells.width + x] for y, x in island))
    return [_box(island, fine * _CELL, picture.size) for island in islands]


def _islands(cells: set[tuple[int, int]]) -> Iterator[set[tuple[int, int]]]:
    """Return the groups of cells that touch each other."""
    left = set(cells)
    while left:
        island, edge = set[tuple[int, int]](), {left.pop()}
        while edge:
            island |= edge
            edge = {(y + down, x + across) for y, x in edge for down in (-1, 0, 1) for across in (-1, 0, 1)} & left
            left -= edge
        yield island


def _box(island: set[tuple[int, int]], side: int, size: tuple[int, int]) -> Box:
    """Return the box around an island of cells, with the white that a code wants around it."""
    lines, columns = {y for y, _x in island}, {x for _y, x in island}
    return (
        max(0, (min(columns) - 1) * side), max(0, (min(lines) - 1) * side),
        min(size[0], (max(columns) + 2) * side + side // 2), min(size[1], (max(lines) + 2) * side + side // 2),
    )  # fmt: skip
