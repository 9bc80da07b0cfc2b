"""A reading of an MDM under way: pages matched while the next ones come, and written in turns with the counter."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from sys import getswitchinterval, setswitchinterval
from typing import Final

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.enrolment import (
    Enrolment,
    ExternalRecord,
    MdmGarbled,
    MdmTrouble,
    OddRecord,
    Page,
    Provider,
)
from tablet_loans.domain.enrolment_state import EnrolmentEvent, step
from tablet_loans.domain.mdm_rule import MdmRules
from tablet_loans.domain.reconciliation import Registered, Seen, device_of, reconcile
from tablet_loans.services.mdm import Connector
from tablet_loans.services.session import Cancelled, Progress, Session, Topic
from tablet_loans.storage import enrolments, mdm_accounts, mdm_tasks
from tablet_loans.storage.enrolments import Known, Written
from tablet_loans.storage.fields import to_microseconds
from tablet_loans.storage.mdm_accounts import Account
from tablet_loans.storage.turns import in_turns, lightly

_PIECE: Final = 100
_MATCHED: Final = 500
_MOST_ODD: Final = 100
_LET_IN_S: Final = 0.0005
_GOOD_FOR: Final = timedelta(hours=1)
_FRESH_FOR: Final = timedelta(minutes=1)
_TOPICS: Final = {Topic.MDM, Topic.DEVICES}


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync read and changed; `findings` counts how the MDMs and the register then differ, by kind."""

    mdm: str
    devices: int
    new: int
    changed: int
    gone: int
    unchanged: int
    odd: tuple[OddRecord, ...] = ()
    odd_count: int = 0
    is_resumed: bool = False
    findings: Mapping[str, int] = field(default_factory=dict)


def rules_of(session: Session) -> MdmRules:
    """Return the settings by which MDMs and register are compared."""
    chosen = session.settings
    return MdmRules(chosen.mdm_stale_days, chosen.mdm_owner, chosen.mdm_groups)


@dataclass(slots=True)
class SyncRun:
    """A sync under way: what was read, what was written, and the place of the next page.

    `unread` are the devices whose record is odd: they stay as they were.
    """

    session: Session
    account: Account
    progress: Progress
    is_dry_run: bool
    begun_at: datetime
    known: dict[str, Known] = field(default_factory=dict)
    register: list[Registered] = field(default_factory=list)
    place: str = ""
    seen: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    is_resumed: bool = False
    error: MdmTrouble | Cancelled | None = None
    pages: int = 0
    told: list[Seen] = field(default_factory=list)
    odd: list[OddRecord] = field(default_factory=list)
    odd_count: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    untold: tuple[int, int, int] = (0, 0, 0)

    def read(self, connector: Connector) -> None:
        """Read the pages, match each while the next comes, and write what differs in turns with the counter's acts."""
        pages = connector.pages(self.place)  # the first is on its way while the base is read
        self.known = enrolments.known(self.session.base, self.account.id)
        self.register = list(enrolments.registered(self.session.base))
        self._write_all(self._pieces(pages))
        is_stale_place = self.is_resumed and not self.pages and isinstance(self.error, MdmGarbled)
        if is_stale_place:  # the place where the last one ended is not known there any more
            self.error, self.place, self.is_resumed = None, "", False
            self.seen.clear()
            self._write_all(self._pieces(connector.pages()))

    def mark_gone(self) -> None:
        """Mark what this MDM tells no more."""
        told = self.seen | self.unread
        missing = (each for name, each in self.known.items() if name not in told and not each.is_gone)
        self._write_all(_bundled(map(self._gone, missing)))

    def stop(self) -> None:
        """Keep the place that was reached, and what was written, before the trouble is told."""
        at = to_microseconds(self.session.now())
        text = mdm_accounts.unfinished_text(self.place, sorted(self.seen | self.unread), at) if self.place else ""
        if not self.is_dry_run and (self._has_written or (text and self.pages)):
            self._written(text, is_whole=False)

    def end(self) -> LedgerId:
        """Write one ledger line when something changed, and return it, else "" for none."""
        is_first = self.account.first_synced_at is None
        is_changed = is_first or self._has_written or self.account.unfinished is not None
        return self._written("", is_whole=True) if is_changed and not self.is_dry_run else LedgerId("")

    def report(self) -> SyncReport:
        """Return what came of it; of a dry run, as it would come."""
        base, session = self.session.base, self.session
        seen = [*self.told, *self._others()]
        is_fresh = session.now() - self.begun_at < _FRESH_FOR
        register = self.register if is_fresh else enrolments.registered(base)
        is_read = enrolments.are_all_read(base, but=self.account.id)
        every = reconcile(register, seen, rules_of(session), session.now(), is_all_read=is_read)
        return SyncReport(
            self.account.name, len(self.seen), self.new, self.changed, self.gone, self.unchanged,
            tuple(self.odd), self.odd_count, self.is_resumed, Counter(each.kind.value for each in every),
        )  # fmt: skip

    def _others(self) -> Iterable[Seen]:
        """Yield what this run did not read: what other MDMs tell, and of this one what was read before, or is odd."""
        if not self.is_resumed and not self.unread:
            return enrolments.seen(self.session.base, but=self.account.id)
        read = {each.record.external_id for each in self.told}
        mine = (self.seen | self.unread if self.is_resumed else self.unread) - read
        every = enrolments.seen(self.session.base)
        return (each for each in every if each.mdm != self.account.name or each.record.external_id in mine)

    @property
    def _has_written(self) -> bool:
        return bool(self.new or self.changed or self.gone)

    @property
    def _tells_enrolment(self) -> bool:
        return self.account.provider is not Provider.APPLE

    def _pieces(self, pages: Iterator[Page]) -> Iterator[list[Written]]:
        """Yield what is to be written; a trouble of the MDM's ends it, after what was read."""
        try:
            for page in pages:
                yield from self._of_page(page)
                self.pages, self.place = self.pages + 1, page.next
        except (MdmTrouble, Cancelled) as error:
            self.error = error

    def _of_page(self, page: Page) -> Iterator[list[Written]]:
        self.odd_count += len(page.odd)
        self.unread.update(each.external_id for each in page.odd if each.external_id)
        self.odd += page.odd[: max(_MOST_ODD - len(self.odd), 0)]
        records = page.records
        for start in range(0, len(records), _MATCHED):
            some: list[ExternalRecord] = []
            for each in records[start : start + _MATCHED]:
                if each.external_id not in self.seen:
                    self.seen.add(each.external_id)
                    some.append(each)
            yield from _bundled(self._matched(some))
            self.progress.step(len(self.seen), max(page.total or 0, len(self.known), len(self.seen)))

    def _matched(self, records: list[ExternalRecord]) -> Iterator[Written]:
        serials = [each.serial for each in records if each.serial]
        by_serial, _ = enrolments.devices_with(self.session.base, serials, ())
        imeis = [imei for each in records if each.serial not in by_serial for imei in each.imeis]
        _, by_imei = enrolments.devices_with(self.session.base, (), imeis)
        for record in records:
            if differs := self._compared(record, device_of(record, by_serial, by_imei)):
                yield differs

    def _compared(self, record: ExternalRecord, device_id: int | None) -> Written | None:
        """Return what is to be written of a record, None where it is as it was."""
        before = self.known.get(record.external_id)
        told, digest = enrolments.told_by(record)
        was = before.enrolment if before else Enrolment.NEVER_SEEN
        after = self._after(was, record)
        self.told.append(Seen(self.account.name, record, device_id, after, self._tells_enrolment))
        if before and before.digest == digest and before.device_id == device_id and not before.is_gone:
            self.unchanged += 1
            return None
        if before is None:
            self.new += 1
        else:
            self.changed += 1
        is_other = before is not None and before.device_id != device_id
        return Written(before, record, device_id, Enrolment.NEVER_SEEN if is_other else was, after, told, digest)

    def _after(self, was: Enrolment, record: ExternalRecord) -> Enrolment:
        if not self._tells_enrolment:
            return Enrolment.NEVER_SEEN
        return step(was, EnrolmentEvent.TOLD_ENROLLED if record.is_enrolled else EnrolmentEvent.TOLD_NOT)

    def _gone(self, each: Known) -> Written:
        self.gone += 1
        return Written(each, None, each.device_id, each.enrolment, step(each.enrolment, EnrolmentEvent.GONE))

    def _write_all(self, pieces: Iterator[list[Written]]) -> None:
        base, at = self.session.base, self.session.now()
        if self.is_dry_run:
            for _ in pieces:
                pass
            return

        def write(tallied: tuple[list[Written], str]) -> None:
            enrolments.write(base, self.account.id, tallied[0], at)
            mdm_tasks.update_account(base, self.account.id, {"unfinished": tallied[1]})

        with lightly(base):
            for _ in in_turns(base, map(self._tallied, pieces), write):
                pass

    def _tallied(self, piece: list[Written]) -> tuple[list[Written], str]:
        """Return a piece with what the base keeps beside it until a line tells it: a sync may be killed."""
        new = sum(each.known is None for each in piece)
        gone = sum(each.record is None for each in piece)
        self.untold = (self.untold[0] + new, self.untold[1] + len(piece) - new - gone, self.untold[2] + gone)
        return piece, mdm_accounts.unfinished_text("", (), to_microseconds(self.session.now()), self.untold)

    def _written(self, unfinished: str, *, is_whole: bool) -> LedgerId:
        """Write where the sync stands, with its line."""
        account = self.account
        new, changed, gone = self.untold
        with self.session.transaction() as act:
            values: dict[str, object] = {"unfinished": unfinished}
            if is_whole and account.first_synced_at is None:
                values["first_synced_at"] = act.at
            mdm_tasks.update_account(self.session.base, account.id, values)
            return act(
                Action.MDM_SYNCED,
                None,
                topics=_TOPICS,
                about=[(Subject.MDM_ACCOUNT, account.id)],
                mdm=account.name,
                new=new,
                changed=changed,
                gone=gone,
                is_whole=is_whole,
            ).ledger_id


def begun(session: Session, account: Account, progress: Progress, *, is_dry_run: bool) -> SyncRun:
    """Return a reading that goes on where the last one ended early, within the hour; a dry run reads all."""
    run = SyncRun(session, account, progress, is_dry_run, session.now())
    left = account.unfinished
    run.untold = left.untold if left is not None else (0, 0, 0)
    if left is not None and not is_dry_run and abs(session.now() - left.at) < _GOOD_FOR:
        run.place, run.seen = left.place, set(left.seen)
    run.is_resumed = bool(run.place)
    return run


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep Python from looking for circles among 40,000 devices, which takes half; let the network's thread in soon.

    What comes is taken 30 KB at a time; by Python's own interval each of them waits as long as the line takes for two.
    """
    was_on, interval_s = gc.isenabled(), getswitchinterval()
    gc.disable()
    setswitchinterval(_LET_IN_S)
    try:
        yield
    finally:
        setswitchinterval(interval_s)
        if was_on:
            gc.enable()


def _bundled(items: Iterable[Written]) -> Iterator[list[Written]]:
    """Yield the items a few together, as many as one short transaction writes."""
    piece: list[Written] = []
    for item in items:
        piece.append(item)
        if len(piece) == _PIECE:
            yield piece
            piece = []
    if piece:
        yield piece
