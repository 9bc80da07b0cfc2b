"""Carding: pupil cards for the counter, class by class, and the labels of cartons."""

from pathlib import Path
from typing import Final

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.carton import CartonRow, NoCartonYet
from tablet_loans.domain.label import Label, NobodyThere
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.services import labelling, packing
from tablet_loans.services.labelling import LabelOptions, PrintedLabels
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Session
from tablet_loans.storage import labels as shelf
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_, tr, trn

CARD_STOCK: Final = "A4 cards"
CARTON_STOCK: Final = "Avery L7165"
_UNSEEN: Final = Progress()


def print_cards(
    session: Session, school: str, out: Path, options: LabelOptions, class_name: str | None = None,
    progress: Progress = _UNSEEN,
) -> PrintedLabels:  # fmt: skip
    """Write a card for each pupil of a school or a class into a PDF, in the order of the register.

    Raises: NotPermitted, InvalidUai, UnknownSchool, NobodyThere, UnknownStock, StartBeyondSheet, UnknownPrinter,
    CodeDoesNotFit, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    uai = known_school(session, school).uai
    with troubles_spoken(session.base):
        found = shelf.pupils_there(session.base, today=session.today(), school=uai, class_name=class_name)
    cards = [
        Label(
            pupil_card(PupilId(each.id)),
            f"{each.family_name.upper()} {each.given_name}".strip(),
            (each.school,),
            (each.class_name,) if each.class_name else (),
        )
        for each in found
    ]
    if not cards:
        raise NobodyThere()
    pages, stock = labelling.write(session, cards, out, options, tr(N_("Pupil cards")), progress)
    return PrintedLabels(len(cards), pages, stock, str(out))


def print_carton_labels(
    session: Session, campaign: str | None, out: Path, options: LabelOptions, school: str | None = None
) -> PrintedLabels:
    """Write a label for each carton with a device in it into a PDF: where it goes, and how many lie in it.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, NoCartonYet, UnknownStock, StartBeyondSheet,
    UnknownPrinter, CodeDoesNotFit, FontLacks, FileTrouble, UpgradeNeeded, BaseTrouble.
    """
    found = [each for each in packing.cartons(session, campaign, school) if each.devices]
    if not found:
        raise NoCartonYet()
    with troubles_spoken(session.base):
        authority, _ = labelling.owner(session, campaign)
    labels = [_carton(each, authority) for each in found]
    pages, stock = labelling.write(session, labels, out, options, tr(N_("Carton labels")))
    return PrintedLabels(len(labels), pages, stock, str(out))


def _carton(carton: CartonRow, authority: str) -> Label:
    count, school = len(carton.devices), carton.school
    address = " · ".join(filter(None, (school.address, school.commune)))
    told = trn("{count} tablet", "{count} tablets", count).format(count=count)
    below = (school.name, address, f"{told} · {school.uai}")
    return Label(carton.code, carton.code, (authority,) if authority else (), tuple(filter(None, below)))
