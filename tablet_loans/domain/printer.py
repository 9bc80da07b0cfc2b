"""A printer: how far it puts things from where they belong, as measured on a calibration page."""

import math
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.errors import Refusal
from tablet_loans.text import N_

MOST_MM: Final = 20.0
LEAST_SCALE: Final = 0.9
MOST_SCALE: Final = 1.1
LONGEST_NAME: Final = 160


class OffsetOutOfBounds(Refusal):
    """No printer is that far off."""

    sentence = N_("“{field}” must be a number from {least} to {most}.")
    way_out = N_("Print the calibration page and measure again.")


class UnknownPrinter(Refusal):
    """No printer was calibrated under this name."""

    sentence = N_("No printer is known as “{printer}”. Known: {known}.")
    way_out = N_("“labels printer NAME” keeps what was measured on a calibration page.")


class PrinterNameless(Refusal):
    """The printer has no name, or one too long."""

    sentence = N_("A printer needs a name of at most {most} characters.")


@dataclass(frozen=True, slots=True)
class PrinterOffset:
    """How far all is moved to lie where it belongs on a printer's page: to the right and down in mm, and scaled."""

    name: str
    right_mm: float = 0.0
    down_mm: float = 0.0
    scale: float = 1.0


def why_not_offset(printer: PrinterOffset) -> Refusal | None:
    """Return why a printer cannot be so far off, or None."""
    if not printer.name.strip() or len(printer.name) > LONGEST_NAME:
        return PrinterNameless(most=LONGEST_NAME)
    for field, value, least, most in (
        ("right", printer.right_mm, -MOST_MM, MOST_MM),
        ("down", printer.down_mm, -MOST_MM, MOST_MM),
        ("scale", printer.scale, LEAST_SCALE, MOST_SCALE),
    ):
        if not math.isfinite(value) or not least <= value <= most:
            return OffsetOutOfBounds(field=field, least=f"{least:g}", most=f"{most:g}")
    return None
