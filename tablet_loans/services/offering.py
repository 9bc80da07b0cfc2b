"""Offering: who waits in the order of the applied plan, and which ready devices suit the first of them."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.allocation import NoPlan, Stock, held_back
from tablet_loans.domain.campaign import CampaignId
from tablet_loans.domain.device import DeviceId, DeviceKind, DeviceState
from tablet_loans.domain.matching import Features
from tablet_loans.domain.offer import (
    MOST_AT_ONCE,
    DeviceOwed,
    DeviceTaken,
    FreeDevice,
    NoLongerWaiting,
    NoOffer,
    Offer,
    TooManyOffers,
    WaitingRow,
    chosen_class,
)
from tablet_loans.domain.plan import PlanHead, PlanId, Waiting
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.rules import ReserveTooLarge, Rules, rules_from
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import lending, locating
from tablet_loans.services.session import Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import allocations, devices, plans, rows
from tablet_loans.storage import offers as shelf
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.offers import AppliedPlan

KIND: Final = DeviceKind.TABLET.value
_PIECE: Final = 500
_FIRST: Final = 20
_TOLD: Final = 50
_TOPICS: Final = {Topic.PLANS, Topic.DEVICES, Topic.PUPILS}


def waiting(session: Session, campaign: str | None, school: str | None = None, limit: int = 500) -> list[WaitingRow]:
    """Return the first who still wait, of a school or of all, in the order of the last plan applied.

    Who received a device or a promise since, left, or was excluded no longer waits.
    Raises: NotPermitted, UnknownCampaign, NoPlan, InvalidUai, UnknownSchool, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    _must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        head = _applied(session, running)
        school_id = None if school is None else locating.known_school(session, school).id
        queue = plans.queue(session.base, head.id)
        return list(islice(_still(session, running.id, queue, _PIECE, school_id), limit))


def offers(session: Session, campaign: str | None, limit: int = MOST_AT_ONCE) -> list[Offer]:
    """Return the ready devices left over by promises and reserves, each with the pupil who waits and whom it suits.

    Raises: NotPermitted, UnknownCampaign, NoPlan, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    _must_be_here(session)
    with session.base.reading():
        running = lending.chosen_campaign(session, campaign)
        head = _applied(session, running)
        piles = _piles(session, _rules(session, running.id))
        queue = plans.queue(session.base, head.id)
        return list(islice(_offered(session, running, head.id, piles, queue), limit))


def offer_for(session: Session, tag: str, beside: Sequence[Offer] = ()) -> Offer | None:
    """Return the first who waits in an open campaign and whom this ready device suits, unless it is owed to others.

    Who is offered a device `beside` it is passed over. Nothing is offered on a base without an applied plan, or of the
    version before. Raises: NotPermitted, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    with troubles_spoken(session.base):
        if not allocations.are_here(session.base) or not (running := shelf.applied_plans(session.base)):
            return None
        found = devices.find(session.base, tag)
        if found is None or found.state is not DeviceState.READY:
            return None
        if (device := shelf.free_device(session.base, KIND, found.id)) is None:
            return None
        return next(filter(None, (_offer(session, plan, device, beside) for plan in running)), None)


def offers_for(session: Session, tags: Sequence[str]) -> list[Offer]:
    """Return the offers of devices just made ready, each to another pupil; of many devices, those of the first ones.

    Raises: BaseTrouble.
    """
    made: list[Offer] = []
    if session.actor.may(Permission.READ_PUPILS):
        for tag in tags[:_TOLD]:
            if (offer := offer_for(session, tag, made)) is not None:
                made.append(offer)
    return made


def _offer(session: Session, plan: AppliedPlan, device: FreeDevice, beside: Sequence[Offer]) -> Offer | None:
    queue = plans.queue(session.base, PlanId(plan.id), device.features)
    still = _still(session, CampaignId(plan.campaign_id), queue, _FIRST)
    passed = {each.waiting.pupil_id for each in beside}
    suited = (each for each in still if each.required <= device.features and each.pupil_id not in passed)
    first = next(suited, None)
    if first is None or not _is_left_over(session, plan.campaign_id, device, beside):
        return None
    return Offer(plan.campaign, plan.id, device, first)


def _is_left_over(session: Session, campaign_id: int, device: FreeDevice, beside: Sequence[Offer]) -> bool:
    """Say whether devices of this one's class are left over; where rules hold some back, at its own place."""
    rules = _rules(session, campaign_id)
    alike = [each.device for each in beside if each.device.features == device.features]
    if not rules.reserved:
        return shelf.left_over(session.base, KIND, device.features) > len(alike)
    here = sum(each.home == device.home for each in alike)
    return _left(session, rules).get((device.features, device.home), 0) > here


@settled
def accept(session: Session, chosen: Sequence[Offer]) -> Receipt[int]:
    """Promise these very devices to the pupils to whom they are offered, all or none, and answer with how many.

    Raises: NotPermitted, NoOffer, TooManyOffers, NoPlan, DeviceTaken, DeviceOwed, NoLongerWaiting, UnknownCampaign,
    UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    _must_be_here(session)
    if not chosen:
        raise NoOffer()
    if len(chosen) > MOST_AT_ONCE:
        raise TooManyOffers(count=len(chosen), most=MOST_AT_ONCE)
    for tag, times in Counter(each.device.tag for each in chosen).items():
        if times > 1:
            raise DeviceTaken(tag=tag)
    with session.transaction() as act:
        running = lending.chosen_campaign(session, chosen[0].campaign)
        shelf.hold(session.base, running.id)
        plan = _applied(session, running)
        in_order = sorted(chosen, key=lambda each: each.device.id)
        held = [_locked(session, each) for each in in_order]
        _must_be_left_over(session, running, held)
        _must_wait(session, running, in_order)
        for each, device in zip(in_order, held, strict=True):
            _promise(act, running, plan, each.waiting, device)
        about = [(Subject.CAMPAIGN, int(running.id)), *((Subject.DEVICE, each.id) for each in held)]
        about += [(Subject.PUPIL, int(each.waiting.pupil_id)) for each in in_order]
        ranks = [each.waiting.rank for each in in_order]
        return act(
            Action.PROMISED, len(chosen), topics=_TOPICS, about=about, plan=plan.id, ranks=ranks, campaign=running.id
        )  # fmt: skip


def _promise(act: Recorder, running: FoundCampaign, plan: PlanHead, who: WaitingRow, device: FreeDevice) -> None:
    values = {
        "campaign_id": int(running.id), "pupil_id": int(who.pupil_id), "device_id": device.id, "state": "promised",
        "kind": KIND, "features": json.dumps(sorted(who.required)), "home": device.home, "plan_id": int(plan.id),
    }  # fmt: skip
    promise = rows.insert(act.session.base, "reservation", values)
    act.created(Subject.RESERVATION, promise, state="promised")


def _locked(session: Session, offer: Offer) -> FreeDevice:
    """Return the device offered, held until the transaction ends. Raises: DeviceTaken."""
    found = devices.locked(session.base, offer.device.tag)
    device = None if found is None else shelf.free_device(session.base, KIND, DeviceId(found.id))
    if device is None or device.id != offer.device.id:
        raise DeviceTaken(tag=offer.device.tag)
    return device


def _must_be_left_over(session: Session, running: FoundCampaign, held: Sequence[FreeDevice]) -> None:
    left: Counter[Features] = Counter()
    for (features, _), count in _left(session, _rules(session, running.id)).items():
        left[features] += count
    for device in held:
        left[device.features] -= 1
        if left[device.features] < 0:
            raise DeviceOwed(tag=device.tag)


def _must_wait(session: Session, running: FoundCampaign, chosen: Sequence[Offer]) -> None:
    queue = [Waiting(each.waiting.rank, each.waiting.pupil_id, each.waiting.required) for each in chosen]
    still = {each.pupil_id: each for each in _still(session, running.id, iter(queue), _PIECE)}
    for each in chosen:
        now = still.pop(each.waiting.pupil_id, None)
        if now is None or not now.required <= each.device.features:
            raise NoLongerWaiting(rank=each.waiting.rank, school=each.waiting.school_name)


def _offered(
    session: Session,
    running: FoundCampaign,
    plan: int,
    piles: dict[Features, list[FreeDevice]],
    queue: Iterator[Waiting],
) -> Iterator[Offer]:
    """Yield an offer for each who waits in turn, as long as a device is left that suits."""
    free = Counter({features: len(pile) for features, pile in piles.items()})
    suited = (each for each in queue if any(each.required <= features for features in piles))
    needs: set[Features] = {frozenset(), frozenset({"cellular"})}
    for each in _still(session, running.id, suited, _PIECE):
        if not free.total():
            return
        if (features := chosen_class(each.required, free, needs)) is not None:
            free[features] -= 1
            yield Offer(running.name, plan, piles[features].pop(0), each)


def _piles(session: Session, rules: Rules) -> dict[Features, list[FreeDevice]]:
    """Return by class the devices that are left over, those that promises and reserves leave at each place."""
    left = Counter(_left(session, rules))
    piles: dict[Features, list[FreeDevice]] = {}
    for device in shelf.free_devices(session.base, KIND):
        if left[device.features, device.home] > 0:
            left[device.features, device.home] -= 1
            piles.setdefault(device.features, []).append(device)
    return piles


def _left(session: Session, rules: Rules) -> dict[tuple[Features, str], int]:
    """Return how many ready devices of each class promises and reserves leave at each place."""
    stock: list[Stock] = []
    with suppress(ReserveTooLarge):  # what is ready is all held back
        homes, uais = allocations.homes(session.base), allocations.uais(session.base)
        places = {uais[school]: own for school, own in homes.items()}
        stock = held_back(allocations.ready(session.base, KIND), rules, places)
    return {(each.features, each.home): each.count for each in stock}


def _still(
    session: Session, campaign_id: CampaignId, queue: Iterator[Waiting], piece: int, school_id: int | None = None
) -> Iterator[WaitingRow]:
    """Yield those of a queue who still wait, asked for in pieces."""
    while some := list(islice(queue, piece)):
        yield from shelf.still_waiting(session.base, campaign_id, KIND, session.today(), some, school_id)
        piece = _PIECE


def _rules(session: Session, campaign_id: int) -> Rules:
    return rules_from(json.loads(allocations.terms(session.base, campaign_id)[1]))


def _applied(session: Session, running: FoundCampaign) -> PlanHead:
    """Return the campaign's last plan applied and not withdrawn. Raises: NoPlan."""
    if (head := plans.last(session.base, running.id, is_applied=True)) is None:
        raise NoPlan(campaign=running.name)
    return head


def _must_be_here(session: Session) -> None:
    if not allocations.are_here(session.base):
        raise UpgradeNeeded()
