"""An arrival: devices that come in together, and the codes of each one as they are scanned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from tablet_loans.domain.barcode import CodeKind, Reading
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.errors import ModelCode, Refusal
from tablet_loans.domain.identifiers import own_tag, tag_number
from tablet_loans.text import N_, sort_key

_SERIAL: Final = re.compile(r"[0-9A-Z_+]{3,60}")
_PRICE: Final = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
_DAY: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class Piece(StrEnum):
    """What one scan can bring of a device."""

    TAG = "tag"
    SERIAL = "serial"
    IMEI = "imei"


class Labels(StrEnum):
    """Where asset tags come from: the next number, or labels printed beforehand, ours or another authority's."""

    SEQUENCE = "sequence"
    OURS = "ours"
    OTHERS = "others"


class Codes(StrEnum):
    """Which codes of each device are recorded."""

    SERIAL = "serial"
    SERIAL_AND_IMEI = "serial_and_imei"
    IMEI = "imei"


LABEL_WORDS: Final = {
    Labels.SEQUENCE: N_("next number"),
    Labels.OURS: N_("pre-printed labels"),
    Labels.OTHERS: N_("pre-printed, other numbering: the label first"),
}
CODE_WORDS: Final = {
    Codes.SERIAL: N_("serial number"),
    Codes.SERIAL_AND_IMEI: N_("serial number and IMEI"),
    Codes.IMEI: N_("IMEI alone"),
}
PIECE_WORDS: Final = {
    Piece.TAG: N_("the label"),
    Piece.SERIAL: N_("the serial number"),
    Piece.IMEI: N_("the IMEI"),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is said once of devices that come in together; money in cents, all taxes included."""

    model: str
    maker: str = ""
    kind: DeviceKind = DeviceKind.TABLET
    gtin: str = ""
    kit: tuple[str, ...] = ()
    supplier: str = ""
    invoice: str = ""
    mandate: str = ""
    account: str = ""
    purchased_on: date | None = None
    price_cents: int | None = None
    depot: str = ""

    @property
    def full_model(self) -> str:
        """The model with its maker."""
        return f"{self.maker} {self.model}".strip()


@dataclass(frozen=True, slots=True)
class Way:
    """How the devices of an arrival are scanned: where tags come from, which codes, with which prefix of our own."""

    labels: Labels = Labels.SEQUENCE
    codes: Codes = Codes.SERIAL
    prefix: str = ""

    @property
    def needs(self) -> tuple[Piece, ...]:
        """What each device needs before it is recorded."""
        tag = () if self.labels is Labels.SEQUENCE else (Piece.TAG,)
        serial = () if self.codes is Codes.IMEI else (Piece.SERIAL,)
        return (*tag, *serial, *(() if self.codes is Codes.SERIAL else (Piece.IMEI,)))


@dataclass(frozen=True, slots=True)
class Draft:
    """The codes of one device, as far as they have come."""

    tag: str | None = None
    serial: str | None = None
    imei: str | None = None

    def lacks(self, way: Way) -> tuple[Piece, ...]:
        """Return what has not come yet."""
        return tuple(piece for piece in way.needs if getattr(self, piece.value) is None)


class AlreadyRecorded(Refusal):
    """The code is that of a device already here."""

    sentence = N_("{code} is already recorded as {tag}.")


class AlreadyRecordedOn(AlreadyRecorded):
    """The code is that of a device already here, and the day it came is known."""

    sentence = N_("{code} is already recorded as {tag} on {day}.")


class OtherModel(Refusal):
    """The code is that of another model than the one being received."""

    sentence = N_("{code} is not the code of {model}: this box holds another model.")
    way_out = N_("Put it aside, or choose its model.")


class LabelNotAsked(Refusal):
    """An asset tag was scanned where tags are given in sequence."""

    sentence = N_("{code} is a label, and labels are given in order here.")
    way_out = N_("Scan the serial number, or choose pre-printed labels.")


class WrongLabel(Refusal):
    """The label checked after a device is not the one to stick on it."""

    sentence = N_("This is the label {code}; the one to stick is {wanted}.")


class ImeiNotAsked(Refusal):
    """An IMEI was scanned where it is not recorded."""

    sentence = N_("{code} is an IMEI, which is not recorded here.")
    way_out = N_("Scan the serial number, or choose “serial number and IMEI”.")


class PieceAwaited(Refusal):
    """A second label, serial number or IMEI came while the first still waits for the rest."""

    sentence = N_("{first} still waits for the rest of its codes; {code} is another one.")
    way_out = N_("Scan what is missing, or press Esc to begin this tablet again.")


class NotOfADevice(Refusal):
    """The code is no device's: a pupil's card, a printed sheet, a loan or a web address."""

    sentence = N_("“{code}” is no tablet's code.")
    way_out = N_("Scan the serial number on the box or on the back of the tablet.")


class WrongCheckCharacter(Refusal):
    """An asset tag's check character is wrong."""

    sentence = N_("The asset tag {tag} does not match its check character.")
    way_out = N_("Scan it again, or type it as it is printed.")


class NoModel(Refusal):
    """Devices are received of a model, and none was chosen."""

    sentence = N_("Choose the model first.")


class NoCode(Refusal):
    """A device has neither a serial number nor an IMEI."""

    sentence = N_("A tablet needs a serial number or an IMEI.")


class NotAPrice(Refusal):
    """The price typed is none."""

    sentence = N_("“{text}” is not a price: 189,50 for example.")


class NotADate(Refusal):
    """The date typed is none."""

    sentence = N_("“{text}” is not a date: 10/04/2026 for example.")


def taken(draft: Draft, read: Sequence[Reading], way: Way, arrival: Arrival) -> Draft:
    """Return the draft with what a scan brings to it, unchanged when that is already there.

    Raises: ModelCode, OtherModel, LabelNotAsked, ImeiNotAsked, PieceAwaited, NotOfADevice, WrongCheckCharacter.
    """
    read = _without_model(read, arrival)
    first = read[0]
    if first.kind is CodeKind.TAG and first.is_proved:
        return _labelled(draft, first.code, way)
    if (imei := _imei(draft, read, way)) is not None:
        return _with(draft, Piece.IMEI, imei, way)
    if tag_number(first.code, way.prefix) is not None and own_tag(first.code) is None:
        raise WrongCheckCharacter(tag=first.code)
    if way.labels is Labels.OTHERS and draft.tag is None:
        return _with(draft, Piece.TAG, _code(read, CodeKind.TAG), way)
    return _with(draft, Piece.SERIAL, _serial(read, arrival.maker), way)


def _without_model(read: Sequence[Reading], arrival: Arrival) -> Sequence[Reading]:
    """Hear the model's own code out, alone or beside a serial number. Raises: ModelCode, OtherModel."""
    gtin = next((each.code for each in read if each.kind is CodeKind.GTIN and each.is_proved), None)
    if gtin is None:
        return read
    if arrival.gtin and gtin.lstrip("0") != arrival.gtin.lstrip("0"):
        raise OtherModel(code=gtin, model=arrival.full_model)
    rest = [
        each
        for each in read
        if each.kind in (CodeKind.SERIAL, CodeKind.IMEI) and each.code.lstrip("0") != gtin.lstrip("0")
    ]
    if not rest:
        raise ModelCode(code=gtin)
    return rest


def _labelled(draft: Draft, tag: str, way: Way) -> Draft:
    if way.labels is Labels.SEQUENCE:
        raise LabelNotAsked(code=tag)
    return _with(draft, Piece.TAG, tag, way)


def _imei(draft: Draft, read: Sequence[Reading], way: Way) -> str | None:
    """Return the IMEI that a scan is: by its check digit, else where nothing but an IMEI is still missing."""
    imei = next((each for each in read if each.kind is CodeKind.IMEI), None)
    if imei is None:
        return None
    if imei.is_proved and way.codes is Codes.SERIAL:
        raise ImeiNotAsked(code=imei.code)
    is_wanted = imei.is_proved or draft.lacks(way) == (Piece.IMEI,) or way.codes is Codes.IMEI
    return imei.code if is_wanted else None


def _serial(read: Sequence[Reading], maker: str) -> str:
    """Return the serial number a scan is; Apple prints an S before its own, and 1P before what is none.

    Raises: NotOfADevice.
    """
    code = _code(read, CodeKind.SERIAL)
    if sort_key(maker) == "apple":
        if code.startswith("1P"):
            raise NotOfADevice(code=code)
        known = {each.code for each in read if each.kind is CodeKind.SERIAL}
        code = code[1:] if code.startswith("S") and code[1:] in known else code
    if not _SERIAL.fullmatch(code):
        raise NotOfADevice(code=code[:40])
    return code


def _code(read: Sequence[Reading], kind: CodeKind) -> str:
    """Return the longest code of that kind among those read with the first one's keyboard. Raises: NotOfADevice."""
    codes = [each.code for each in read if each.kind is kind]
    if not codes or (read[0].is_proved and read[0].kind not in (kind, CodeKind.TAG, CodeKind.SERIAL)):
        raise NotOfADevice(code=read[0].code[:40])
    fault = next(each.fault for each in read if each.kind is kind)
    return max((each.code for each in read if each.kind is kind and each.fault is fault), key=len)


def _with(draft: Draft, piece: Piece, code: str, way: Way) -> Draft:
    there = getattr(draft, piece.value)
    if there not in (None, code):
        raise PieceAwaited(first=there, code=code)
    if piece not in way.needs:
        raise NotOfADevice(code=code)
    return replace(draft, **{piece.value: code})


def price_cents(text: str) -> int | None:
    """Return a typed price in cents, None for nothing. Raises: NotAPrice."""
    bare = re.sub(r"[\s€]", "", text)
    if not bare:
        return None
    if (match := _PRICE.fullmatch(bare)) is None:
        raise NotAPrice(text=text.strip())
    return int(match.group(1)) * 100 + int((match.group(2) or "0").ljust(2, "0"))


def day(text: str) -> date | None:
    """Return a typed date (10/04/2026 or 2026-04-10), None for nothing. Raises: NotADate."""
    bare = text.strip()
    match = _DAY.fullmatch(bare)
    try:
        if match:
            return date(int(match.group(3)), int(match.group(2)), int(match.group(1)))
        return date.fromisoformat(bare) if bare else None
    except ValueError:
        raise NotADate(text=bare) from None
