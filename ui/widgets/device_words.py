"""The words and tones of a device, alike wherever it is shown."""

from collections.abc import Mapping
from typing import Final

from tablet_loans.domain.device import PLACE_WORDS, STATE_WORDS, DeviceRow, DeviceState, Place
from tablet_loans.domain.enrolment import ENROLMENT_WORDS
from tablet_loans.text import tr
from ui.theme import Tone

STATE_TONES: Final[Mapping[str, Tone]] = {
    DeviceState.READY: Tone.OK,
    DeviceState.ON_LOAN: Tone.ACCENT,
    DeviceState.TO_PREPARE: Tone.WARN,
    DeviceState.IN_REPAIR: Tone.WARN,
    DeviceState.LOST: Tone.BAD,
    DeviceState.STOLEN: Tone.BAD,
    DeviceState.RETIRED: Tone.PLAIN,
}


def capital(words: str) -> str:
    """Return words as a chip or a menu writes them: with a capital."""
    return words[:1].upper() + words[1:]


def state_words(state: str) -> str:
    """Return a state as a chip writes it."""
    return capital(tr(STATE_WORDS[state]))


def enrolment_words(enrolment: str) -> str:
    """Return where a device stands in the MDMs as a chip writes it, "" where none was read."""
    return capital(tr(ENROLMENT_WORDS.get(enrolment, "")))


def model_words(row: DeviceRow) -> str:
    """Return a model before its maker: where the room ends, the maker is what one can do without."""
    return " · ".join(part for part in (row.model, row.maker) if part)


def place_words(row: DeviceRow) -> str:
    """Return where a device stands, in short: the school's UAI, the depot's name, or the pupil's hands."""
    known = {Place.SCHOOL: row.school, Place.DEPOT: row.depot}.get(Place(row.place))
    return known or tr(PLACE_WORDS[row.place])


def whole_place(row: DeviceRow) -> str:
    """Return where a device stands: what kind of place, and which."""
    word, known = tr(PLACE_WORDS[row.place]), place_words(row)
    return word if known == word else f"{word} · {known}"
