"""Listing: the papers of a hand-over, a delivery, a return, and of what is lent and not signed. They change nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from tablet_loans.domain.barcode import sheet_code
from tablet_loans.domain.campaign import Terms, lent_kit
from tablet_loans.domain.carton import NoCartonYet
from tablet_loans.domain.device import DeviceKind
from tablet_loans.domain.errors import Refusal, UnknownLoan
from tablet_loans.domain.listing import (
    AllSigned,
    Delivery,
    HandOverClass,
    HandOverRow,
    LoanReceipt,
    NobodyToHandTo,
    UnsignedLoan,
    by_school,
    delivered_models,
    why_no_hand_over_receipt,
    why_no_return_receipt,
)
from tablet_loans.domain.loan import LoanState
from tablet_loans.domain.matching import Features
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.services import lending, packing, reporting
from tablet_loans.services.exporters.unsigned_list import UNSIGNED
from tablet_loans.services.locating import known_school
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Progress, Session
from tablet_loans.storage import campaigns
from tablet_loans.storage import listings as shelf
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.listings import DuePupil, Kitted, ReceiptFacts
from tablet_loans.text import N_, tr

KIND: Final = DeviceKind.TABLET.value
_NAMED: Final = 3
_UNSEEN: Final = Progress()


@dataclass(frozen=True, slots=True)
class PrintedLists:
    """Lists that were printed: of how many schools and classes or cartons, on how many lines."""

    schools: int
    parts: int
    lines: int
    pages: int
    file: str


@dataclass(frozen=True, slots=True)
class PrintedReceipts:
    """Receipts that were printed."""

    loans: int
    pages: int
    file: str


def hand_overs(
    session: Session, campaign: str | None, school: str | None = None, class_name: str | None = None
) -> list[HandOverClass]:
    """Return to whom a campaign promised a tablet or lent one, class by class in the order of the register.

    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, InvalidUai, UnknownSchool,
    BaseTrouble.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with session.base.reading():
        running = lending.chosen_campaign(session, campaign)
        held = campaigns.terms(session.base, running).terms
        school_id = None if school is None else known_school(session, school).id
        models = shelf.kitted_models(session.base, KIND)
        found = shelf.due_pupils(
            session.base,
            running.id,
            kind=KIND,
            today=session.today(),
            school_id=school_id,
            class_name=class_name,
        )
    classes = groupby(found, key=lambda each: (each.uai, each.school, each.commune, each.class_name))
    return [
        HandOverClass(*place, tuple(_hand_over(each, running, held, models) for each in pupils))
        for place, pupils in classes
    ]


def _hand_over(
    pupil: DuePupil, running: FoundCampaign, held: Terms, models: dict[Features, list[Kitted]]
) -> HandOverRow:
    model, kit = pupil.model, pupil.kit
    if not model:
        known = models.get(pupil.features, [])
        model = " / ".join(each.model for each in known[:_NAMED]) + (" / …" if len(known) > _NAMED else "")
        kit = tuple(dict.fromkeys(item for each in known for item in each.kit))
    code = sheet_code(PupilId(pupil.id), running.id)
    return HandOverRow(
        pupil.id, pupil.name, model or ", ".join(sorted(pupil.features)), lent_kit(held.kit, kit), code, pupil.loan,
        pupil.tag, pupil.lent_on, pupil.kept,
    )  # fmt: skip


def print_hand_overs(
    session: Session,
    campaign: str | None,
    out: Path,
    *,
    school: str | None = None,
    class_name: str | None = None,
    has_codes: bool = True,
    progress: Progress = _UNSEEN,
) -> PrintedLists:
    """Write a list of each class into a PDF, with a place for each pupil's tag, accessories, date and signature.

    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, InvalidUai, UnknownSchool,
    NobodyToHandTo, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    from tablet_loans.services.documents.hand_over_list import write_hand_over_lists  # what no window waits for

    if not (found := hand_overs(session, campaign, school, class_name)):
        raise NobodyToHandTo()
    authority, name = _letterhead(session, campaign)
    pages = write_hand_over_lists(
        authority, name, found, out, has_codes=has_codes, written_at=session.now(), progress=progress.step
    )
    schools = len({each.uai for each in found})
    return PrintedLists(schools, len(found), sum(len(each.rows) for each in found), pages, str(out))


def deliveries(session: Session, campaign: str | None, school: str | None = None) -> list[Delivery]:
    """Return what leaves the depot for each school, or for one, in the order of the register.

    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, InvalidUai, UnknownSchool,
    UpgradeNeeded, BaseTrouble.
    """
    cartons = [each for each in packing.cartons(session, campaign, school) if each.devices]
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        lent = campaigns.terms(session.base, running).terms.kit
        kits = shelf.packed_kits(session.base, running.id)
    found = groupby(sorted(cartons, key=lambda each: each.school.uai), key=lambda each: each.school)
    return [
        Delivery(
            place,
            tuple(some),
            delivered_models((model, lent_kit(lent, kit), missing) for model, kit, missing in kits.get(place.id, ())),
        )
        for place, some in found
    ]


def print_deliveries(
    session: Session,
    campaign: str | None,
    out: Path,
    *,
    school: str | None = None,
    copies: int = 1,
    progress: Progress = _UNSEEN,
) -> PrintedLists:
    """Write the delivery note of each school into a PDF, in one copy, or two: the school's and the depot's.

    Raises: NotPermitted, UnknownCampaign, NoOpenCampaign, SeveralOpenCampaigns, InvalidUai, UnknownSchool,
    NoCartonYet, FontLacks, FileTrouble, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    from tablet_loans.services.documents.delivery_note import write_delivery_notes

    if not (found := deliveries(session, campaign, school)):
        raise NoCartonYet()
    authority, name = _letterhead(session, campaign)
    pages = write_delivery_notes(
        authority, name, found, out, copies=copies, written_at=session.now(), progress=progress.step
    )
    cartons, devices = sum(len(each.cartons) for each in found), sum(each.devices for each in found)
    return PrintedLists(len(found), cartons, devices, pages, str(out))


def return_receipts(session: Session, numbers: Sequence[str]) -> list[LoanReceipt]:
    """Return what the return receipts of these loans say, in the order given, each once.

    Raises: NotPermitted, UnknownLoan, NotReturned, BaseTrouble.
    """
    return _receipts(session, numbers, why_no_return_receipt)


def hand_over_receipts(session: Session, numbers: Sequence[str]) -> list[LoanReceipt]:
    """Return what the receipts of the hand-over of these loans say, in the order given, each once.

    Raises: NotPermitted, UnknownLoan, NotHandedOver, BaseTrouble.
    """
    return _receipts(session, numbers, why_no_hand_over_receipt)


def _receipts(
    session: Session, numbers: Sequence[str], why_not: Callable[[str, LoanState], Refusal | None]
) -> list[LoanReceipt]:
    session.require(Permission.PRINT_AGREEMENTS)
    told = []
    with troubles_spoken(session.base):
        for number in dict.fromkeys(each.strip().upper() for each in numbers):
            if (found := shelf.receipt_facts(session.base, number)) is None:
                raise UnknownLoan(loan=number)
            if refusal := why_not(found.number, found.state):
                raise refusal
            told.append(_receipt(session, found))
    return told


def _receipt(session: Session, found: ReceiptFacts) -> LoanReceipt:
    """Return what a receipt says; what was never handed out is not missing from what came back."""
    running = campaigns.with_id(session.base, found.campaign_id)
    held = Terms(found.due_on) if running is None else campaigns.terms(session.base, running).terms
    back = None if found.state is LoanState.OPEN else shelf.taken_back(session.base, found.id)
    kept = () if back is None else back.kept
    kit = lent_kit(held.kit, found.kit)
    return LoanReceipt(
        number=found.number,
        authority=held.wording.authority or session.settings.authority,
        campaign=found.campaign,
        pupil=found.pupil,
        class_name=found.class_name,
        school=found.school,
        school_uai=found.uai,
        kind=found.kind,
        model=found.model,
        tag=found.tag,
        serial=found.serial,
        lent_on=found.lent_on,
        due_on=found.due_on,
        kit=kit,
        missing=tuple(item for item in found.missing if item in kit and item not in kept),
        returned_on=found.closed_on,
        condition=found.condition,
        station="" if back is None else back.station,
        return_place=held.wording.return_place,
        helpline=held.wording.helpline,
    )


def print_return_receipts(
    session: Session, numbers: Sequence[str], out: Path, progress: Progress = _UNSEEN
) -> PrintedReceipts:
    """Write a return receipt for each loan into a PDF: half a page for the family, half a page to sign.

    Raises: NotPermitted, UnknownLoan, NotReturned, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    from tablet_loans.services.documents.receipt import write_return_receipts

    found = return_receipts(session, numbers)
    pages = write_return_receipts(found, out, written_at=session.now(), progress=progress.step)
    return PrintedReceipts(len(found), pages, str(out))


def print_hand_over_receipts(
    session: Session, numbers: Sequence[str], out: Path, progress: Progress = _UNSEEN
) -> PrintedReceipts:
    """Write a receipt of each loan's hand-over into a PDF, half a page each, for the families to keep.

    Raises: NotPermitted, UnknownLoan, NotHandedOver, FontLacks, FileTrouble, BaseTrouble, Cancelled.
    """
    from tablet_loans.services.documents.receipt import write_hand_over_receipts

    found = hand_over_receipts(session, numbers)
    pages = write_hand_over_receipts(found, out, written_at=session.now(), progress=progress.step)
    return PrintedReceipts(len(found), pages, str(out))


def unsigned(session: Session, campaign: str | None = None, school: str | None = None) -> list[UnsignedLoan]:
    """Return what is lent without a signed agreement, in the order of the register; no campaign means all.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, BaseTrouble.
    """
    session.require(Permission.PRINT_AGREEMENTS)
    with troubles_spoken(session.base):
        campaign_id = None if campaign is None else lending.chosen_campaign(session, campaign).id
        school_id = None if school is None else known_school(session, school).id
        return shelf.unsigned(session.base, campaign_id=campaign_id, school_id=school_id)


def print_unsigned(
    session: Session,
    out: Path,
    *,
    campaign: str | None = None,
    school: str | None = None,
    progress: Progress = _UNSEEN,
) -> PrintedLists:
    """Write what is lent without a signed agreement into a PDF, each school on pages of its own, by class.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, AllSigned, FontLacks, FileTrouble, BaseTrouble,
    Cancelled.
    """
    from tablet_loans.services.documents.unsigned_list import write_unsigned_lists

    schools = by_school(found := unsigned(session, campaign, school))
    if not found:
        raise AllSigned()
    authority, name = (session.settings.authority, "") if campaign is None else _letterhead(session, campaign)
    pages = write_unsigned_lists(authority, name, schools, out, written_at=session.now(), progress=progress.step)
    classes = len({(row.uai, row.class_name) for row in found})
    return PrintedLists(len(schools), classes, len(found), pages, str(out))


def export_unsigned(session: Session, out: Path, *, campaign: str | None = None, school: str | None = None) -> Export:
    """Write what is lent without a signed agreement into a .csv or .xlsx file, and keep that it went out.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, FileTrouble, DiskFull, BaseTrouble.
    """
    found = unsigned(session, campaign, school)
    return reporting.exported(session, out, "unsigned", UNSIGNED, found, tr(N_("Lent, not signed")))


def _letterhead(session: Session, campaign: str | None) -> tuple[str, str]:
    """Return the authority as the campaign's papers name it, and the campaign's name."""
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        held = campaigns.terms(session.base, running).terms
    return held.wording.authority or session.settings.authority, running.name
