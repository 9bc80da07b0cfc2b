"""What is chosen for a sitting at the counter, kept from one day to the next."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from PySide6.QtCore import QSettings

from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.services.desk import PLAIN_DESK, Desk, OpenCampaign

USUAL_TAPE: Final = "Brother DK-22205"
"""As `receipting.RECEIPT_STOCK`, which the window does not wait for."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """The desk, and how the counter behaves."""

    desk: Desk = PLAIN_DESK
    prints: bool = False
    is_heard: bool = True
    is_discreet: bool = False
    receipts: bool = False

    def among(self, campaigns: list[OpenCampaign]) -> "Sitting":
        """Return the sitting in its campaign when that is still open, else in the first one with its own date."""
        if any(campaign.name == self.desk.campaign for campaign in campaigns):
            return self
        first = campaigns[0].name if campaigns else None
        return replace(self, desk=replace(self.desk, campaign=first, due_on=None))


def recalled(memory: QSettings | None, today: date) -> Sitting:
    """Return the sitting as it was left; a due date that has come is the campaign's again."""
    if memory is None:
        return Sitting()
    schools = str(memory.value("counter/schools") or "")
    receiver = str(memory.value("counter/received_by") or "")
    desk = Desk(
        campaign=str(memory.value("counter/campaign") or "") or None,
        due_on=_day(str(memory.value("counter/due_on") or ""), today),
        schools=tuple(schools.split()),
        received_by=ReceivedBy(receiver) if receiver in list(ReceivedBy) else ReceivedBy.PUPIL,
    )
    return Sitting(
        desk,
        prints=bool(memory.value("counter/prints", False, bool)),
        is_heard=bool(memory.value("counter/is_heard", True, bool)),
        is_discreet=bool(memory.value("counter/is_discreet", False, bool)),
        receipts=bool(memory.value("counter/receipts", False, bool)),
    )


def keep(memory: QSettings | None, sitting: Sitting) -> None:
    """Keep the sitting; the mode is not kept, for a day begins by lending."""
    if memory is None:
        return
    desk = sitting.desk
    for name, value in (
        ("campaign", desk.campaign or ""),
        ("due_on", desk.due_on.isoformat() if desk.due_on else ""),
        ("schools", " ".join(desk.schools)),
        ("received_by", desk.received_by.value),
        ("prints", sitting.prints),
        ("is_heard", sitting.is_heard),
        ("is_discreet", sitting.is_discreet),
        ("receipts", sitting.receipts),
    ):
        memory.setValue(f"counter/{name}", value)


@dataclass(frozen=True, slots=True)
class ReceiptChoice:
    """On which stock of labels and which printer (empty: the system's own choice) receipts are printed."""

    stock: str
    printer: str = ""


def receipt_choice(memory: QSettings | None) -> ReceiptChoice:
    """Return on what receipts are printed: a continuous tape, until another stock is chosen."""
    if memory is None:
        return ReceiptChoice(USUAL_TAPE)
    stock = str(memory.value("counter/receipt_stock") or USUAL_TAPE)
    return ReceiptChoice(stock, str(memory.value("counter/receipt_printer") or ""))


def keep_receipt_choice(memory: QSettings | None, choice: ReceiptChoice) -> None:
    """Keep on what receipts are printed."""
    if memory is not None:
        memory.setValue("counter/receipt_stock", choice.stock)
        memory.setValue("counter/receipt_printer", choice.printer)


def _day(written: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if day > today else None
