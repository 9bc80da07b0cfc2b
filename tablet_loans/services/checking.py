"""Checking a base: its pages, its foreign keys, its impossible states and its ledger chains."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tablet_loans.domain.act import GENESIS, Action, LedgerId, Subject, changes_from_facts, facts_digest, line_hash
from tablet_loans.domain.errors import ErasureStays
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import BaseUnsound
from tablet_loans.services.session import Progress, Receipt, Session
from tablet_loans.storage import inspection, ledger, stations
from tablet_loans.storage.inspection import Finding
from tablet_loans.storage.ledger import Link
from tablet_loans.text import N_, tr


@dataclass(frozen=True, slots=True)
class Soundness:
    """What a check went through; `heads`, kept elsewhere, would betray a chain that was cut and rewritten."""

    stations: int
    lines: int
    erased: int
    heads: dict[str, str]


class _ToldStates:
    """The states that loans and devices must be in, by what the ledger tells, whatever the stations' clocks.

    Each change leaves one state and reaches another: what is reached once more than left is where the row is.
    """

    def __init__(self) -> None:
        self._balance: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        self._unknown: set[tuple[str, int]] = set()

    def hear(self, link: Link) -> None:
        """Count the steps of a line; a line whose facts were erased says nothing of its subjects any more."""
        if link.facts is None:
            self._unknown.update(link.line.subjects)
            return
        for change in changes_from_facts(json.loads(link.facts)):
            if change.subject in (Subject.LOAN, Subject.DEVICE):
                row = self._balance[change.subject.value, change.row_id]
                if "state" in change.after:
                    row[str(change.after["state"])] += 1
                if change.before is not None and "state" in change.before:
                    row[str(change.before["state"])] -= 1

    def contradicted(self, session: Session) -> Iterator[Finding]:
        """Yield the rows whose state is not the one the ledger tells."""
        for kind, name in (("loan", "number"), ("device", "tag")):
            for row_id, state, shown in inspection.states(session.base, kind, name):
                told = [state for state, count in self._balance.get((kind, row_id), {}).items() if count > 0]
                if told and told != [state] and (kind, row_id) not in self._unknown:
                    yield Finding(N_("a state that the ledger does not tell"), shown)


def check(session: Session, progress: Progress | None = None) -> Soundness:
    """Verify the whole base and say what was gone through. Raises: BaseUnsound, BaseTrouble."""
    with session.base.reading():
        findings = [*inspection.damage(session.base), *inspection.impossible_states(session.base)]
        lines = erased = 0
        told = _ToldStates()
        by_right = ledger.erased_by_right(session.base)
        heads = stations.heads(session.base)
        total = sum(head.sequence for head in heads)
        for head in heads:
            previous, sequence = GENESIS, 0
            for link in ledger.links(session.base, head.code):
                findings.extend(_broken(link, previous, sequence, by_right))
                told.hear(link)
                previous, sequence = link.hash, link.line.sequence
                lines, erased = lines + 1, erased + (link.facts is None)
                if progress and lines % 5_000 == 0:
                    progress.step(lines, total)
            if (previous, sequence) != (head.head, head.sequence):
                findings.append(Finding(N_("a chain that is cut short"), head.code))
        findings.extend(told.contradicted(session))
    if findings:
        shown = [f"{tr(finding.what)}: {finding.which}" for finding in findings[:100]]
        raise BaseUnsound(count=len(findings), problems=shown)
    return Soundness(len(heads), lines, erased, {head.code: head.head for head in heads})


def erase_facts(session: Session, line_ids: Sequence[LedgerId]) -> Receipt[int]:
    """Erase what these ledger lines tell, not that they happened; the chains stay whole.

    Raises: NotPermitted, ErasureStays, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    if ledger.erasures_among(session.base, line_ids):
        raise ErasureStays()
    with session.transaction() as act:
        count = ledger.erase(session.base, line_ids)
        return act(Action.FACTS_ERASED, count, topics=set(), lines=list(line_ids))


def _broken(link: Link, previous: str, sequence: int, by_right: set[str]) -> Iterator[Finding]:
    line, place = link.line, f"{link.line.station} {link.line.sequence}"
    if line.previous_hash != previous or line.sequence != sequence + 1:
        yield Finding(N_("a broken chain"), place)
    if line_hash(line) != link.hash:
        yield Finding(N_("an altered line"), place)
    if link.facts is None or link.salt is None:
        if line.id not in by_right:
            yield Finding(N_("facts that vanished"), place)
    elif facts_digest(link.salt, link.facts) != line.digest:
        yield Finding(N_("altered facts"), place)
