"""The look: colours by meaning in light and dark, one stylesheet, the palette and the faces of the text."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from tablet_loans import paths


class Scheme(StrEnum):
    """Which colours are asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    """What a colour means."""

    PLAIN = "plain"
    SOFT = "soft"
    ACCENT = "accent"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme; each `on_` colour is the ground of a chip."""

    bg: str
    rail: str
    panel: str
    line: str
    text: str
    soft: str
    accent: str
    on_accent: str
    ok: str
    on_ok: str
    warn: str
    on_warn: str
    bad: str
    on_bad: str
    primary_text: str
    hover: str


LIGHT: Final = Tokens(
    bg="#F6F7F9", rail="#FFFFFF", panel="#FFFFFF", line="#E2E6EC", text="#17202B", soft="#5A6675",
    accent="#2456C8", on_accent="#E9EFFC", ok="#17734A", on_ok="#E6F4EC", warn="#9A5B00", on_warn="#FFF3DC",
    bad="#B3261E", on_bad="#FCEBEA", primary_text="#FFFFFF", hover="#F1F4F8",
)  # fmt: skip
DARK: Final = Tokens(
    bg="#12161C", rail="#161B22", panel="#1A2028", line="#2C3541", text="#E8ECF1", soft="#9AA6B5",
    accent="#8AB0FF", on_accent="#1F2D4A", ok="#62D39A", on_ok="#16302A", warn="#FFC262", on_warn="#38290F",
    bad="#FF9A92", on_bad="#3A1D1C", primary_text="#12161C", hover="#212933",
)  # fmt: skip

_current: Tokens = LIGHT


def tokens() -> Tokens:
    """Return the colours in use."""
    return _current


def ink(tone: Tone) -> QColor:
    """Return the colour in which a tone is written."""
    return QColor(getattr(_current, "text" if tone is Tone.PLAIN else tone.value))


def ground(tone: Tone) -> QColor:
    """Return the colour of the chip behind a tone."""
    return QColor(_current.line if tone in (Tone.PLAIN, Tone.SOFT) else getattr(_current, f"on_{tone.value}"))


def mono() -> QFont:
    """Return the face of tags, serials and times."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(12)
    return font


def apply(application: QApplication, scheme: Scheme) -> None:
    """Dress the whole program in a scheme, and follow the system's when that is asked for."""
    application.setStyle("Fusion")
    _use_faces(application)
    hints = application.styleHints()
    hints.setColorScheme(
        {Scheme.LIGHT: Qt.ColorScheme.Light, Scheme.DARK: Qt.ColorScheme.Dark}.get(scheme, Qt.ColorScheme.Unknown)
    )
    if application.property("follows_scheme") is None:
        application.setProperty("follows_scheme", True)
        hints.colorSchemeChanged.connect(lambda _scheme: _dress(application))
    application.setProperty("asked_scheme", scheme.value)
    _dress(application)


def _dress(application: QApplication) -> None:
    global _current  # noqa: PLW0603 - one look a process
    asked = application.property("asked_scheme")
    is_dark = application.styleHints().colorScheme() == Qt.ColorScheme.Dark
    _current = DARK if asked == Scheme.DARK or (asked == Scheme.SYSTEM and is_dark) else LIGHT
    application.setPalette(_palette(_current))
    folder = paths.resources() / "theme"
    template = Template((folder / "desk.qss").read_text(encoding="utf-8"))
    tick = (folder / ("tick-dark.png" if _current is DARK else "tick-light.png")).as_posix()
    application.setStyleSheet(template.substitute(asdict(_current), mono=mono().family(), tick=tick))


def _palette(colours: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for places, colour in (
        ((role.Window, role.AlternateBase), colours.bg),
        ((role.Base, role.Button, role.ToolTipBase), colours.panel),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), colours.text),
        ((role.PlaceholderText,), colours.soft),
        ((role.Highlight,), colours.on_accent),
        ((role.HighlightedText, role.Accent, role.Link), colours.accent),
        ((role.Mid, role.Midlight, role.Dark), colours.line),
    ):
        for place in places:
            palette.setColor(place, QColor(colour))
    return palette


def _use_faces(application: QApplication) -> None:
    """Keep the system's face; without a display, or a face, draw with the Roboto that the documents use."""
    if QGuiApplication.platformName() not in ("offscreen", "minimal") and QFontDatabase.families():
        return
    if "Roboto" not in QFontDatabase.families() and (found := find_spec("font_roboto")) and found.origin:
        for file in sorted((Path(found.origin).parent / "files").glob("Roboto-*.ttf")):
            QFontDatabase.addApplicationFont(str(file))
    font = QFont("Roboto")
    font.setPixelSize(13)
    application.setFont(font)
