"""Packing: what is fetched for each school, put into cartons by scanning, closed, listed and printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.carton import (
    AlreadyPacked,
    CartonRow,
    CartonState,
    ClassNotPromised,
    ItemState,
    NoCartonYet,
    NothingPromised,
    NothingToPack,
    NotPacked,
    NotReadyToPack,
    Packed,
    PackSchool,
    PickingLine,
    Promised,
    PromisedElsewhere,
    SchoolPicking,
    UnknownCarton,
    packed_by_line,
    why_not_class,
    why_not_close,
)
from tablet_loans.domain.device import STATE_WORDS, DeviceKind, DeviceState, Place
from tablet_loans.domain.errors import UnknownCode
from tablet_loans.domain.identifiers import normal_tag
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import finding, lending, locating
from tablet_loans.services.session import Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import cartons as shelf
from tablet_loans.storage import devices
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import Base, troubles_spoken
from tablet_loans.storage.devices import FoundDevice
from tablet_loans.text import sort_key

KIND: Final = DeviceKind.TABLET.value
_TOPICS: Final = {Topic.PLANS, Topic.DEVICES}
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class PrintedPicking:
    """Picking lists that were printed."""

    schools: int
    pages: int
    file: str


@dataclass(frozen=True, slots=True)
class PrintedCartons:
    """Carton lists that were printed."""

    cartons: int
    pages: int
    file: str


def picking(session: Session, campaign: str | None, school: str | None = None) -> list[SchoolPicking]:
    """Return what each school, or one, is to receive, from which places, and how much of it is packed; by name.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    _must_be_here(session)
    with session.base.reading():
        running = lending.chosen_campaign(session, campaign)
        school_id = None if school is None else locating.known_school(session, school).id
        promised = shelf.promised(session.base, running.id, KIND, school_id)
        packed = shelf.in_cartons(session.base, running.id, school_id)
        models, names = shelf.models(session.base, KIND), shelf.school_names(session.base)
        found = []
        for each, lines in promised.items():
            counts = packed_by_line(lines, packed.get(each, ()))
            told = [_line(line, count, models, names) for line, count in zip(lines, counts, strict=True)]
            found.append(SchoolPicking(shelf.school(session.base, each), tuple(told)))
    return sorted(found, key=lambda each: (sort_key(each.school.name), each.school.uai))


def _line(
    promised: Promised, packed: int, models: dict[frozenset[str], list[str]], names: dict[int, str]
) -> PickingLine:
    known = models.get(promised.features, [])
    model = " / ".join(known[:_NAMED]) + (" / …" if len(known) > _NAMED else "")
    place, _, where = promised.home.partition(":")
    if place == Place.SCHOOL.value:
        where = names.get(int(where or 0), "")
    return PickingLine(
        model or ", ".join(sorted(promised.features)), Place(place), where, promised.count, packed, promised.tag
    )  # fmt: skip


def pack(session: Session, campaign: str | None, school: str, code: str) -> Receipt[Packed]:
    """Put a device into the school's open carton, which is begun when there is none.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, UnknownCode, NotReadyToPack, AlreadyPacked,
    PromisedElsewhere, NothingPromised, ClassNotPromised, EnoughPacked, UpgradeNeeded, BaseTrouble.
    """
    return pack_all(session, campaign, school, [code])[0]


def pack_scanned(session: Session, campaign: str | None, school: str, raw: str) -> Receipt[Packed]:
    """Put the device that a scan names into the school's open carton. Raises: ModelCode, UnknownLoan, as `pack`."""
    session.require(Permission.STOCK)
    with troubles_spoken(session.base):
        named = finding.found(session.base, raw)
    if named is None or named.device is None:
        raise finding.why_not_found(raw)
    return pack(session, campaign, school, named.device.tag)


@settled
def pack_all(session: Session, campaign: str | None, school: str, codes: Sequence[str]) -> list[Receipt[Packed]]:
    """Put devices into the school's open carton, all or none, each by an act of its own. Raises: as `pack`."""
    session.require(Permission.STOCK)
    _must_be_here(session)
    located = locating.known_school(session, school)
    with session.transaction() as act:
        running = lending.chosen_campaign(session, campaign)
        goal = shelf.school(session.base, located.id, is_held=True)
        return [_packed(act, running, goal, code) for code in codes]


def _packed(act: Recorder, running: FoundCampaign, goal: PackSchool, code: str) -> Receipt[Packed]:
    session, base = act.session, act.session.base
    device = _locked(session, code)
    model = f"{device.maker} {device.model}".strip()
    _must_be_packable(base, device, running, goal, model)
    carton = shelf.open_carton(base, running.id, goal.id)
    if carton is None:
        carton = shelf.begin(base, running.id, goal.id, act.at, session.actor.name)
        act.created(Subject.CARTON, carton[0], state=CartonState.OPEN.value)
    carton_id, carton_code = carton
    act.created(Subject.CARTON_DEVICE, shelf.put(base, carton_id, device.id), state=ItemState.PACKED.value)
    packed = Packed(carton_code, device.tag, model, goal.name, shelf.count(base, carton_id))
    return act(
        Action.PACKED, packed, topics=_TOPICS, about=[(Subject.DEVICE, device.id)], what="packed", carton=carton_code,
        school=goal.uai, campaign=running.id,
    )  # fmt: skip


def _must_be_packable(base: Base, device: FoundDevice, running: FoundCampaign, goal: PackSchool, model: str) -> None:
    if device.state is not DeviceState.READY:
        raise NotReadyToPack(tag=device.tag, state=STATE_WORDS[device.state])
    if (there := shelf.holding(base, device.id)) is not None:
        raise AlreadyPacked(tag=device.tag, carton=there.carton, school=there.school_name)
    if device.reservation_id is not None:
        campaign_id, school_id, name = shelf.school_promised(base, device.reservation_id)
        if (campaign_id, school_id) != (running.id, goal.id):
            raise PromisedElsewhere(tag=device.tag, school=name)
        return
    if not (promised := shelf.promised(base, running.id, KIND, goal.id).get(goal.id)):
        raise NothingPromised(school=goal.name)
    if device.kind != KIND:
        raise ClassNotPromised(tag=device.tag, model=model, school=goal.name)
    exact = {each.tag for each in promised if each.tag}
    packed = [each for each in shelf.in_cartons(base, running.id, goal.id).get(goal.id, []) if each.tag not in exact]
    features = shelf.features_of(base, device.id)
    if refusal := why_not_class(promised, packed, features, tag=device.tag, model=model, school=goal.name):
        raise refusal


def _locked(session: Session, code: str) -> FoundDevice:
    if (device := devices.locked(session.base, code)) is None:
        raise UnknownCode(code=code.strip()[:40])
    return device


@settled
def unpack(session: Session, code: str) -> Receipt[Packed]:
    """Take a device out of its carton. Raises: NotPermitted, UnknownCode, NotPacked, UpgradeNeeded, BaseTrouble."""
    session.require(Permission.STOCK)
    _must_be_here(session)
    with session.transaction() as act:
        device = _locked(session, code)
        if (there := shelf.holding(session.base, device.id)) is None:
            raise NotPacked(tag=device.tag)
        before, after = {"state": ItemState.PACKED.value}, {"state": ItemState.REMOVED.value}
        act.change(Subject.CARTON_DEVICE, there.item, before, after)
        left = shelf.count(session.base, there.carton_id)
        packed = Packed(there.carton, device.tag, f"{device.maker} {device.model}".strip(), there.school_name, left)
        about = [(Subject.DEVICE, device.id)]
        return act(Action.PACKED, packed, topics=_TOPICS, about=about, what="unpacked", carton=there.carton)


@settled
def close_carton(session: Session, code: str) -> Receipt[str]:
    """Close a carton: the next device of its school goes into another one, and answer with its code.

    Raises: NotPermitted, UnknownCarton, CartonClosed, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    _must_be_here(session)
    with session.transaction() as act:
        if (found := shelf.with_code(session.base, normal_tag(code))) is None:
            raise UnknownCarton(carton=code.strip()[:40])
        carton_id, carton_code, state, school = found
        if refusal := why_not_close(carton_code, state):
            raise refusal
        act.change(Subject.CARTON, carton_id, {"state": state.value}, {"state": CartonState.CLOSED.value})
        return act(Action.PACKED, carton_code, topics=_TOPICS, what="closed", carton=carton_code, school=school)


def cartons(session: Session, campaign: str | None, school: str | None = None) -> list[CartonRow]:
    """Return the cartons of all schools, or of one, with what lies in them; by school and in the order begun.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    _must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        school_id = None if school is None else locating.known_school(session, school).id
        return shelf.of_campaign(session.base, running.id, school_id)


def print_picking(session: Session, campaign: str | None, out: Path, school: str | None = None) -> PrintedPicking:
    """Write what each school, or one, is to receive into a PDF, each on pages of its own.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, NothingToPack, FontLacks, FileTrouble,
    UpgradeNeeded, BaseTrouble.
    """
    from tablet_loans.services.documents.picking_list import write_picking_lists  # what no window waits for

    if not (found := picking(session, campaign, school)):
        raise NothingToPack()
    name = lending.chosen_campaign(session, campaign).name
    pages = write_picking_lists(session.settings.authority, name, found, out, written_at=session.now())
    return PrintedPicking(len(found), pages, str(out))


def print_cartons(session: Session, campaign: str | None, out: Path, school: str | None = None) -> PrintedCartons:
    """Write a sheet for each carton with a device in it into a PDF: where it goes, and what lies in it, to scan.

    Raises: NotPermitted, UnknownCampaign, InvalidUai, UnknownSchool, NoCartonYet, FontLacks, FileTrouble,
    UpgradeNeeded, BaseTrouble.
    """
    from tablet_loans.services.documents.carton_list import write_carton_lists

    if not (found := [each for each in cartons(session, campaign, school) if each.devices]):
        raise NoCartonYet()
    name = lending.chosen_campaign(session, campaign).name
    pages = write_carton_lists(session.settings.authority, name, found, out, written_at=session.now())
    return PrintedCartons(len(found), pages, str(out))


def _must_be_here(session: Session) -> None:
    if not shelf.are_here(session.base):
        raise UpgradeNeeded()
