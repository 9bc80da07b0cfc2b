"""Labels as a camera sees them in a school hall: tilted, torch-lit, blurred, dim, each drawn from its number alone."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final

import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tablet_loans.domain.identifiers import asset_tag

WIDTH: Final = 1280
HEIGHT: Final = 720
_FINE: Final = 2
"""How much finer the scene is drawn than the camera sees it."""
_MODULE: Final = 4
"""Pixels a module on the drawn label, before the camera looks at it."""
Matrix = tuple[float, float, float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """How a label is lit: contrast 1 is black on white; the torch dazzles a disc of radius `glare` label heights."""

    contrast: float = 1.0
    dark: int = 20
    glare: float = 0.0
    noise: int = 4


@dataclass(frozen=True, slots=True)
class Pose:
    """How a label is held.

    Degrees in the picture's plane and away from it, pixels a module, modules of blur, pixels of shake.
    """

    turn: float = 0.0
    lean: float = 0.0
    module: float = 2.4
    blur: float = 0.25
    shake: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture and the code on its label."""

    kind: str
    code: str
    picture: Image.Image


def pictures(count: int, first: int = 0) -> Iterator[Seen]:
    """Return `count` pictures, every kind in turn: the same number always gives the same picture."""
    for number in range(first, first + count):
        chance = random.Random(number)
        kind = list(_KINDS)[number % len(_KINDS)]
        code, label = _label(chance, number)
        pose, light = _KINDS[kind](chance)
        yield Seen(kind, code, photographed(label, pose, light, chance))


def label(code: str, symbology: zxingcpp.BarcodeFormat = zxingcpp.Code128, *, gs1: bool = False) -> Image.Image:
    """Draw the white label of a code, with the quiet zone and the code in figures beneath."""
    options = {"force_square": True, "gs1": gs1} if symbology == zxingcpp.DataMatrix else {}
    drawn = zxingcpp.create_barcode(code, symbology, **options).to_image(scale=_MODULE, add_quiet_zones=False)
    points = bytes(memoryview(drawn))  # type: ignore[arg-type]
    bars = Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), points)
    if symbology == zxingcpp.Code128:
        bars = bars.resize((bars.width, 45 * _MODULE))
    margin, figures = 10 * _MODULE, 10 * _MODULE
    width = max(bars.width, len(code) * figures * 3 // 5)
    paper = Image.new("L", (width + 2 * margin, bars.height + 2 * margin + figures), 250)
    paper.paste(bars, ((paper.width - bars.width) // 2, margin))
    where = (paper.width // 2, bars.height + margin + 5 * _MODULE)
    ImageDraw.Draw(paper).text(where, code, fill=15, font_size=figures, anchor="mt")
    return paper


def photographed(
    label: Image.Image, pose: Pose = Pose(), light: Light = Light(), chance: random.Random | None = None
) -> Image.Image:
    """Return the picture of a label on a tablet's back, as a webcam gives it."""
    chance = chance or random.Random(0)
    back = Image.new("L", (WIDTH * _FINE, HEIGHT * _FINE), chance.randint(60, 120))
    coefficients = _inverse(_matrix(pose, label, chance))
    where = label.transform(back.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    mask = Image.new("L", label.size, 255).transform(back.size, Image.Transform.PERSPECTIVE, coefficients)
    back.paste(where, (0, 0), mask)
    scale = pose.module / _MODULE
    picture = _lit(back.reduce(_FINE), light, (label.width * scale, label.height * scale), chance)
    picture = _shaken(picture, pose.shake).filter(ImageFilter.GaussianBlur(pose.blur * pose.module))
    return _grainy(picture, light.noise, chance)


def _label(chance: random.Random, number: int) -> tuple[str, Image.Image]:
    tag = asset_tag("ML", number + 1)
    serial = "R52M" + "".join(chance.choices("0123456789ABCDEFGHJKLMNPRSTVWXYZ", k=7))
    code, symbology = chance.choice(
        [(str(tag), zxingcpp.Code128), (serial, zxingcpp.Code128), (serial, zxingcpp.DataMatrix),
         (str(tag), zxingcpp.QRCode)]
    )  # fmt: skip
    return code, label(code, symbology)


_KINDS: Final[dict[str, Callable[[random.Random], tuple[Pose, Light]]]] = {
    "turned": lambda c: (Pose(turn=c.uniform(-45, 45), module=c.uniform(1.5, 4)), Light()),
    "leaning": lambda c: (Pose(c.uniform(-15, 15), c.uniform(20, 50), module=c.uniform(1.8, 4)), Light()),
    "blurred": lambda c: (Pose(c.uniform(-10, 10), blur=c.uniform(0.3, 0.7), module=c.uniform(2, 4)), Light()),
    "shaken": lambda c: (Pose(c.uniform(-10, 10), shake=c.randint(2, 7), module=c.uniform(2, 4)), Light()),
    "torch": lambda c: (
        Pose(c.uniform(-10, 10), module=c.uniform(2, 4)), Light(c.uniform(0.5, 0.9), 5, c.uniform(0.2, 0.6), 6),
    ),
    "dim": lambda c: (Pose(c.uniform(-10, 10), module=c.uniform(2, 4)), Light(c.uniform(0.12, 0.4), 10, noise=8)),
    "torch and turned": lambda c: (
        Pose(c.uniform(-45, 45), c.uniform(0, 35), module=c.uniform(2, 4)),
        Light(c.uniform(0.4, 0.8), 5, c.uniform(0.15, 0.4), 6),
    ),
    "far": lambda c: (Pose(c.uniform(-8, 8), module=c.uniform(1.0, 1.7)), Light(0.8)),
}  # fmt: skip


def _matrix(pose: Pose, label: Image.Image, chance: random.Random) -> Matrix:
    """Return the projection from the label's pixels to the picture's."""
    scale, turn, lean = _FINE * pose.module / _MODULE, radians(pose.turn), radians(pose.lean)
    away = lean if chance.random() < 0.5 else -lean
    across = chance.random() < 0.5
    far = 900.0 * _FINE / scale
    centre_x, centre_y = _FINE * (WIDTH / 2 + chance.uniform(-60, 60)), _FINE * (HEIGHT / 2 + chance.uniform(-40, 40))
    to_middle = (1, 0, -label.width / 2, 0, 1, -label.height / 2, 0, 0, 1)
    leaning = (
        (cos(away), 0, 0, 0, 1, 0, sin(away) / far, 0, 1)
        if across
        else (1, 0, 0, 0, cos(away), 0, 0, sin(away) / far, 1)
    )
    turning = (
        scale * cos(turn), -scale * sin(turn), 0, scale * sin(turn), scale * cos(turn), 0, 0, 0, 1,
    )  # fmt: skip
    placing = (1, 0, centre_x, 0, 1, centre_y, 0, 0, 1)
    return _times(placing, _times(turning, _times(leaning, to_middle)))


def _times(a: Matrix, b: Matrix) -> Matrix:
    product = [sum(a[3 * row + k] * b[3 * k + column] for k in range(3)) for row in range(3) for column in range(3)]
    return tuple(product)  # type: ignore[return-value]


def _inverse(m: Matrix) -> tuple[float, ...]:
    """Return the eight coefficients that Pillow wants: from the picture back to the label."""
    a, b, c, d, e, f, g, h, i = m
    adjugate = (
        e * i - f * h, c * h - b * i, b * f - c * e,
        f * g - d * i, a * i - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip
    return tuple(each / adjugate[8] for each in adjugate[:8])


def _lit(picture: Image.Image, light: Light, size: tuple[float, float], chance: random.Random) -> Image.Image:
    """Darken or flatten the picture, then let a torch fall on it: bright in the middle, dark around."""
    span = light.contrast
    picture = picture.point([round(light.dark + value * span * (235 - light.dark) / 255) for value in range(256)])
    if not light.glare:
        return picture
    middle = (
        round(WIDTH / 2 + chance.uniform(-0.4, 0.4) * size[0]),
        round(HEIGHT / 2 + chance.uniform(-0.5, 0.5) * size[1]),
    )
    halo = _spot(middle, round(size[0] * 1.2)).point([60 + value * 195 // 255 for value in range(256)])
    dazzle = _spot(middle, round(size[1] * light.glare)).point([min(255, value * 2) for value in range(256)])
    return ImageChops.add(ImageChops.multiply(picture, halo), dazzle)


def _spot(middle: tuple[int, int], radius: int) -> Image.Image:
    field = Image.new("L", (WIDTH, HEIGHT), 0)
    disc = Image.radial_gradient("L").point([max(0, 255 - value * 255 // 179) for value in range(256)])
    disc = disc.resize((2 * radius, 2 * radius))
    field.paste(disc, (middle[0] - radius, middle[1] - radius))
    return field


def _shaken(picture: Image.Image, pixels: int) -> Image.Image:
    """Blur along the line from left to right by that many pixels."""
    blurred = picture
    for step in range(1, pixels):
        blurred = Image.blend(blurred, ImageChops.offset(picture, step, step // 3), 1 / (step + 1))
    return blurred


def _grainy(picture: Image.Image, amount: int, chance: random.Random) -> Image.Image:
    grain = Image.frombytes("L", picture.size, chance.randbytes(WIDTH * HEIGHT))
    grain = grain.point([128 + round((value - 128) * amount / 128) for value in range(256)])
    return ImageChops.add(picture, grain, offset=-128)
