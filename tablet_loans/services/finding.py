"""Finding what a scanned or typed text names in this base: a tablet, a pupil, a loan, or who and what it may mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain import barcode
from tablet_loans.domain.barcode import CodeKind, Fault, Reading
from tablet_loans.domain.errors import ModelCode, Refusal, UnknownCode, UnknownLoan, UnknownPupil
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.spare_form import FoundForm, UnknownForm
from tablet_loans.services.desk import Suggested, Tablet
from tablet_loans.storage import devices, loans, pupils, scans
from tablet_loans.storage.database import Base
from tablet_loans.storage.devices import FoundDevice
from tablet_loans.storage.fields import words
from tablet_loans.storage.loans import FoundLoan

_DEVICE_CODES: Final = frozenset({CodeKind.TAG, CodeKind.SERIAL, CodeKind.IMEI})


@dataclass(frozen=True, slots=True)
class Found:
    """What a code names; `campaign_id` is that of a printed sheet, `fault` the layout that was repaired."""

    device: FoundDevice | None = None
    pupil_id: PupilId | None = None
    loan: FoundLoan | None = None
    campaign_id: int | None = None
    form: FoundForm | None = None
    fault: Fault = Fault.NONE


def found(base: Base, text: str) -> Found | None:
    """Return what the text names, its likeliest reading that is known here, or None."""
    looked_up: set[str] = set()
    for reading in barcode.readings(text):
        if reading.kind in _DEVICE_CODES:
            if reading.code not in looked_up and (device := devices.find(base, reading.code)) is not None:
                return Found(device=device, fault=reading.fault)
            looked_up.add(reading.code)
        elif (named := _named(base, reading)) is not None:
            return named
    return None


def _named(base: Base, reading: Reading) -> Found | None:
    if reading.kind is CodeKind.LOAN:
        loan = loans.find(base, reading.code)
        return None if loan is None else Found(loan=loan, fault=reading.fault)
    if reading.kind is CodeKind.INE:
        pupil_id = pupils.find_id(base, reading.code)
        return None if pupil_id is None else Found(pupil_id=pupil_id, fault=reading.fault)
    if reading.kind is CodeKind.PUPIL and (on_card := barcode.pupil_on_card(reading.code)) is not None:
        return Found(pupil_id=on_card, fault=reading.fault)
    if reading.kind is CodeKind.SHEET and (on_sheet := barcode.on_sheet(reading.code)) is not None:
        return Found(pupil_id=on_sheet[0], campaign_id=on_sheet[1], fault=reading.fault)
    if reading.kind is CodeKind.SPARE and (form := scans.spare(base, reading.code)) is not None:
        return Found(form=form, fault=reading.fault)
    return None


def why_not_found(text: str) -> Refusal:
    """Return what is said of a text that names nothing here."""
    code = text.strip()
    proved = next((reading for reading in barcode.readings(text) if reading.is_proved), None)
    if proved is not None and proved.kind is CodeKind.GTIN:
        return ModelCode(code=proved.code)
    if proved is not None and proved.kind is CodeKind.LOAN:
        return UnknownLoan(loan=proved.code)
    if proved is not None and proved.kind is CodeKind.SPARE:
        return UnknownForm(form=proved.code)
    if proved is not None:
        return UnknownCode(code=proved.code)
    return UnknownCode(code=code) if any(mark.isdigit() for mark in code) else UnknownPupil(pupil=code)


def suggested(base: Base, typed: str, schools: Sequence[str], limit: int) -> Suggested:
    """Return the pupils of these schools (none means all) and the tablets that the words typed may mean."""
    if not any(mark.isalnum() for mark in typed):
        return Suggested()
    ending = typed.strip()
    tablets = devices.ending_with(base, ending, limit) if len(ending) == 4 and ending.isalnum() else []
    return Suggested(
        tuple(pupils.suggested(base, typed, schools, limit)),
        tuple(Tablet(row.tag, row.serial or "", f"{row.maker} {row.model}".strip(), row.state) for row in tablets),
    )


def shown(device: FoundDevice) -> Tablet:
    """Return a device as the counter shows it."""
    model = f"{device.maker} {device.model}".strip()
    kit, missing = words(device.kit), words(device.missing_kit)
    return Tablet(device.tag, device.serial or "", model, device.state.value, kit, missing)
