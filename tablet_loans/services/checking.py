"""Checking a base: its pages, its foreign keys, its impossible states and its ledger chains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tablet_loans.domain.act import GENESIS, Action, LedgerId, facts_digest, line_hash
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import BaseUnsound
from tablet_loans.services.session import Progress, Receipt, Session
from tablet_loans.storage import inspection, ledger, stations
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.inspection import Finding
from tablet_loans.storage.ledger import Link
from tablet_loans.text import N_, tr


@dataclass(frozen=True, slots=True)
class Soundness:
    """What a check went through."""

    stations: int
    lines: int
    erased: int


def check(session: Session, progress: Progress | None = None) -> Soundness:
    """Verify the whole base and say what was gone through. Raises: BaseUnsound, BaseTrouble."""
    with troubles_spoken(session.base):
        findings = [*inspection.damage(session.base), *inspection.impossible_states(session.base)]
        lines = erased = 0
        by_right = ledger.erased_by_right(session.base)
        heads = stations.heads(session.base)
        total = sum(head.sequence for head in heads)
        for head in heads:
            previous, sequence = GENESIS, 0
            for link in ledger.links(session.base, head.code):
                findings.extend(_broken(link, previous, sequence, by_right))
                previous, sequence = link.hash, link.line.sequence
                lines, erased = lines + 1, erased + (link.facts is None)
                if progress and lines % 5_000 == 0:
                    progress.step(lines, total)
            if (previous, sequence) != (head.head, head.sequence):
                findings.append(Finding(N_("a chain that is cut short"), head.code))
    if findings:
        shown = [f"{tr(finding.what)}: {finding.which}" for finding in findings[:100]]
        raise BaseUnsound(count=len(findings), problems=shown)
    return Soundness(len(heads), lines, erased)


def erase_facts(session: Session, line_ids: Sequence[LedgerId]) -> Receipt[int]:
    """Erase what these ledger lines tell, not that they happened; the chains stay whole.

    Raises: NotPermitted, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
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
