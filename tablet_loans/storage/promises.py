"""Promises of a class of device, which any device of that class fulfils."""

from typing import Final

from tablet_loans.domain.device import DeviceId
from tablet_loans.domain.pupil import PupilId
from tablet_loans.storage.database import Base
from tablet_loans.storage.fields import words

_OPEN: Final = "SELECT id FROM reservation WHERE pupil_id = ? AND device_id IS NULL AND state = 'promised'"
_FITS: Final = (
    "SELECT promise.features, model.features FROM reservation promise JOIN device ON device.id = ?"
    " JOIN device_model model ON model.id = device.model_id AND model.kind = promise.kind WHERE promise.id = ?"
)


def of_a_class(base: Base, pupil_id: PupilId, device_id: DeviceId) -> int | None:
    """Return the id of a pupil's promise of a class that this device fulfils, or None."""
    for (promise,) in base.execute(_OPEN, (pupil_id,)).fetchall():  # a base without plans has none
        row = base.execute(_FITS, (device_id, promise)).fetchone()
        if row is not None and set(words(row[0])) <= set(words(row[1])):
            return int(promise)
    return None
