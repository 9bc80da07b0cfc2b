"""Labelling: labels of devices printed, scanned back once they stick, and the counter's command codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tablet_loans.domain import barcode
from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.barcode import CodeKind
from tablet_loans.domain.campaign import CampaignStatus
from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.errors import UnknownCode, UnknownPupil
from tablet_loans.domain.identifiers import normal_tag, own_tag
from tablet_loans.domain.label import (
    CodeStyle,
    Label,
    LabelRow,
    LabelState,
    NoLabelPrinted,
    NoLabels,
    NoLabelWaiting,
    OtherCodeScanned,
    UnknownRange,
)
from tablet_loans.domain.label_stock import first_place
from tablet_loans.domain.roles import Permission
from tablet_loans.services import calibrating, finding, lending
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import campaigns, devices, kits
from tablet_loans.storage import labels as shelf
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.devices import FoundDevice
from tablet_loans.storage.labels import LabelDevice
from tablet_loans.text import N_, language, tr

USUAL_STOCK: Final = "Avery L7160"
_TOPICS: Final = {Topic.DEVICES}
_UNSEEN: Final = Progress()
_AFTER_ANY_CHECK: Final = "~"


@dataclass(frozen=True, slots=True)
class PrintedCommands:
    """What was printed: the accessories that have a code of their own, the pages, the file."""

    accessories: int
    pages: int
    file: str


@dataclass(frozen=True, slots=True)
class PrintedLabels:
    """Labels that were printed: how many, on which stock and how many pages, in which file."""

    labels: int
    pages: int
    stock: str
    file: str


class Lacking(StrEnum):
    """What a device that gets a label does not have: any label that is not spoiled, or one that was scanned back."""

    LABEL = "label"
    CONFIRMED = "confirmed"


_ENOUGH: Final = {
    Lacking.LABEL: (LabelState.PRINTED, LabelState.CONFIRMED),
    Lacking.CONFIRMED: (LabelState.CONFIRMED,),
}


@dataclass(frozen=True, slots=True)
class LabelDevices:
    """Which devices get a label: those named, or those of a state, a school (a UAI) and a range (FIRST..LAST).

    With `lacking`, those alone that have no such label, and are neither lost, stolen nor retired.
    """

    tags: tuple[str, ...] = ()
    state: DeviceState | None = None
    school: str | None = None
    span: str | None = None
    lacking: Lacking | None = None


@dataclass(frozen=True, slots=True)
class ScannedDevice:
    """A device scanned to get a label; `label` is the state of its newest one, None when it never had any."""

    tag: str
    serial: str
    model: str
    label: LabelState | None


@dataclass(frozen=True, slots=True)
class LabelPreview:
    """The first pages of what would be printed: of how many labels and pages, on which stock, in which file."""

    labels: int
    pages: int
    stock: str
    file: str


@dataclass(frozen=True, slots=True)
class LabelOptions:
    """How labels are printed; without `dpi` as the stock's printers do, without `printer` as if none were off.

    `campaign` is whose authority and helpline are named; without one, those of the only open campaign.
    """

    stock: str = USUAL_STOCK
    start_at: int = 1
    style: CodeStyle = CodeStyle.CODE128
    has_serial: bool = False
    dpi: int | None = None
    printer: str | None = None
    campaign: str | None = None


def print_commands(session: Session, out: Path) -> PrintedCommands:
    """Write the counter's command codes, with one for each accessory of the models here, into a PDF.

    Raises: NotPermitted, FontLacks, FileTrouble, BaseTrouble.
    """
    from tablet_loans.services.documents.commands import write_commands

    session.require(Permission.LEND)
    with troubles_spoken(session.base):
        items = kits.accessories(session.base)
    pages = write_commands(items, out, session.now())
    return PrintedCommands(len(items), pages, str(out))


def print_labels(
    session: Session, chosen: LabelDevices, out: Path, options: LabelOptions, progress: Progress = _UNSEEN
) -> Receipt[PrintedLabels]:
    """Write a label for each device chosen into a PDF, and write them down in the journal, to be scanned back.

    Nothing is written down unless the file is there. Raises: NotPermitted, UnknownStock, StartBeyondSheet,
    UnknownPrinter, UnknownCode, UnknownCampaign, UnknownSchool, UnknownRange, NoLabels, CodeDoesNotFit,
    NotDrawnAsBars, FontLacks, FileTrouble, UpgradeNeeded, BaseTrouble, Cancelled.
    """
    session.require(Permission.STOCK)
    calibrating.must_be_here(session)
    with troubles_spoken(session.base):
        found = _found(session, chosen)
        authority, helpline = owner(session, options.campaign)
    labels = [_label(device, authority, helpline, has_serial=options.has_serial) for device in found]
    pages, stock = write(session, labels, out, options, tr(N_("Labels of tablets")), progress)
    shelf.write_down(
        session.base, [device.id for device in found], stock=stock, at=session.now(), by=session.actor.name
    )
    with session.transaction() as act:
        return act(
            Action.LABELS_PRINTED,
            PrintedLabels(len(found), pages, stock, str(out)),
            topics=_TOPICS,
            about=[(Subject.DEVICE, device.id) for device in found],
            labels=len(found),
            stock=stock,
            file=out.name,
        )


def preview(session: Session, chosen: LabelDevices, out: Path, options: LabelOptions, pages: int = 1) -> LabelPreview:
    """Write the first pages of the labels of the devices chosen into a PDF; nothing is written down.

    Raises: what `print_labels` does.
    """
    session.require(Permission.STOCK)
    calibrating.must_be_here(session)
    with troubles_spoken(session.base):
        found = _found(session, chosen)
        authority, helpline = owner(session, options.campaign)
    stock = calibrating.named_stock(session, options.stock)
    start = first_place(stock, options.start_at)
    shown = found[: pages * stock.count - start]
    labels = [_label(device, authority, helpline, has_serial=options.has_serial) for device in shown]
    write(session, labels, out, options, tr(N_("Labels of tablets")))
    return LabelPreview(len(found), -(-(start + len(found)) // stock.count), stock.name, str(out))


def scanned(session: Session, raw: str) -> ScannedDevice:
    """Return the device that was scanned by its tag, serial or IMEI. Raises: NotPermitted, UnknownCode, BaseTrouble."""
    session.require(Permission.STOCK)
    calibrating.must_be_here(session)
    with troubles_spoken(session.base):
        named = finding.found(session.base, raw)
        if named is None or named.device is None:
            raise finding.why_not_found(raw)
        device = named.device
        newest = shelf.of_device(session.base, device.id, *LabelState)[:1]
    model = f"{device.maker} {device.model}".strip()
    return ScannedDevice(device.tag, device.serial or "", model, newest[0].state if newest else None)


def write(
    session: Session,
    labels: Sequence[Label],
    out: Path,
    options: LabelOptions,
    title: str,
    progress: Progress = _UNSEEN,
) -> tuple[int, str]:
    """Write labels into a PDF, and return its pages and the stock's name.

    Raises: UnknownStock, StartBeyondSheet, UnknownPrinter, CodeDoesNotFit, NotDrawnAsBars, FontLacks, FileTrouble.
    """
    from tablet_loans.services.documents.labels import LabelPaper, LabelTitle, write_labels

    stock = calibrating.named_stock(session, options.stock)
    paper = LabelPaper(
        stock,
        options.style,
        options.dpi or stock.dpi,
        first_place(stock, options.start_at),
        calibrating.named_printer(session, options.printer),
    )
    said = LabelTitle(title, session.settings.authority, language(), session.now())
    return write_labels(labels, out, paper=paper, title=said, progress=progress.step), stock.name


def owner(session: Session, campaign: str | None) -> tuple[str, str]:
    """Return the authority and the helpline that labels name. Raises: UnknownCampaign."""
    running = campaigns.with_status(session.base, CampaignStatus.OPEN)
    if campaign is not None:
        running = [lending.chosen_campaign(session, campaign)]
    if len(running) != 1:
        return session.settings.authority, ""
    wording = campaigns.terms(session.base, running[0]).terms.wording
    return wording.authority or session.settings.authority, wording.helpline


def _label(device: LabelDevice, authority: str, helpline: str, *, has_serial: bool) -> Label:
    below = [tr(N_("S/N {serial}")).format(serial=device.serial)] if has_serial and device.serial else []
    if helpline:
        below.append(tr(N_("Help: {helpline}")).format(helpline=helpline))
    return Label(device.tag, device.tag, (authority,) if authority else (), tuple(below))


def _named(session: Session, tags: Sequence[str]) -> list[LabelDevice]:
    """Return the devices named, in the order given, each once."""
    found: dict[int, LabelDevice] = {}
    for tag in tags:
        if (device := devices.find(session.base, tag)) is None:
            raise UnknownCode(code=tag.strip()[:40])
        found.setdefault(device.id, LabelDevice(device.id, device.tag, device.serial))
    return list(found.values())


def _found(session: Session, chosen: LabelDevices) -> list[LabelDevice]:
    """Return the devices chosen, at least one. Raises: NoLabels, UnknownCode, UnknownSchool, UnknownRange."""
    found = _named(session, chosen.tags) if chosen.tags else _of(session, chosen)
    if not found:
        raise NoLabels()
    return found


def _of(session: Session, chosen: LabelDevices) -> list[LabelDevice]:
    if (chosen.state, chosen.school, chosen.span, chosen.lacking) == (None, None, None, None):
        raise NoLabels()
    uai = None if chosen.school is None else known_school(session, chosen.school).uai
    state = None if chosen.state is None else chosen.state.value
    span = None if chosen.span is None else _ends(chosen.span)
    enough = None if chosen.lacking is None else _ENOUGH[chosen.lacking]
    return shelf.chosen(session.base, state=state, school=uai, span=span, without=enough)


def _ends(span: str) -> tuple[str, str]:
    """Return the first and the last tag of FIRST..LAST; the check characters may be left out."""
    first, dots, last = (part.strip() for part in span.partition(".."))
    if not (first and dots and last):
        raise UnknownRange(range=span[:60])
    end = str(normal_tag(last))
    return str(normal_tag(first)), end if own_tag(last) else end + _AFTER_ANY_CHECK


@settled
def confirm(session: Session, raw: str) -> Receipt[str]:
    """Confirm the label that was stuck on a device, scanned back; older ones of it that still wait are spoiled.

    Answers with the tag. Raises: NotPermitted, UnknownCode, OtherCodeScanned, NoLabelWaiting, UpgradeNeeded,
    BaseTrouble.
    """
    session.require(Permission.STOCK)
    calibrating.must_be_here(session)
    with session.transaction() as act:
        device = _locked(session, raw)
        if not any(each.kind is CodeKind.TAG and each.code == device.tag for each in barcode.readings(raw)):
            raise OtherCodeScanned(code=raw.strip()[:40], tag=device.tag)
        waiting = shelf.of_device(session.base, device.id, LabelState.PRINTED)
        if not waiting:
            raise NoLabelWaiting(tag=device.tag)
        for label in waiting[1:]:
            _settle(act, label, LabelState.SPOILED)
        _settle(act, waiting[0], LabelState.CONFIRMED)
        what, about = LabelState.CONFIRMED.value, [(Subject.DEVICE, int(device.id))]
        return act(Action.LABEL_SETTLED, device.tag, topics=_TOPICS, about=about, what=what)


@settled
def spoil(session: Session, code: str, label: int | None = None) -> Receipt[str]:
    """Say that a label is spoiled: badly printed, torn or peeled off; answer with its device's tag.

    It is the device's newest one, unless another `label` is named by its id.

    Raises: NotPermitted, UnknownCode, NoLabelPrinted, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    calibrating.must_be_here(session)
    with session.transaction() as act:
        device = _locked(session, code)
        usable = shelf.of_device(session.base, device.id, LabelState.PRINTED, LabelState.CONFIRMED)
        found = [each for each in usable if label in {None, each.id}]
        if not found:
            raise NoLabelPrinted(tag=device.tag)
        _settle(act, found[0], LabelState.SPOILED)
        what, about = LabelState.SPOILED.value, [(Subject.DEVICE, int(device.id))]
        return act(Action.LABEL_SETTLED, device.tag, topics=_TOPICS, about=about, what=what)


def journal(session: Session, state: LabelState | None = None, limit: int = 500, search: str = "") -> list[LabelRow]:
    """Return the newest labels printed, and what became of each; `search` is a part of their tags.

    Raises: NotPermitted, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    calibrating.must_be_here(session)
    with troubles_spoken(session.base):
        return shelf.journal(session.base, state=state, limit=limit, search=search)


def _locked(session: Session, raw: str) -> FoundDevice:
    named = finding.found(session.base, raw)
    if named is None or named.device is None:
        refusal = finding.why_not_found(raw)  # a label is a tablet's, whatever was typed
        raise UnknownCode(code=raw.strip()) if isinstance(refusal, UnknownPupil) else refusal
    device = devices.locked(session.base, named.device.tag)
    assert device is not None  # noqa: S101 - found just now
    return device


def _settle(act: Recorder, label: LabelRow, state: LabelState) -> None:
    before = {"state": label.state.value, "settled_at": label.settled_at}
    act.change(Subject.LABEL_PRINT, label.id, before, {"state": state.value, "settled_at": act.at})
