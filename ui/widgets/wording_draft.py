"""A wording as it is being typed: what is changed, what is not the usual text, what cannot be printed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tablet_loans.domain.clause import Clause, Group, why_not_clause
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.wording import OpenedWording, differing


@dataclass(slots=True)
class WordingDraft:
    """The clauses of one language as they are typed, beside those that are kept."""

    opened: OpenedWording
    typed: dict[Group, Clause] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.typed = {each.group: each for each in self.opened.words.clauses}

    def write(self, clause: Clause) -> None:
        """Take a clause as it is typed; spaces around it do not count."""
        self.typed[clause.group] = Clause(clause.group, clause.title.strip(), clause.text.strip())

    def clauses(self) -> tuple[Clause, ...]:
        """Return all clauses, in the order of the agreement."""
        return tuple(self.typed[group] for group in Group if group in self.typed)

    def changed(self) -> list[Clause]:
        """Return the clauses that are not what is kept."""
        groups = differing(self.opened.words.clauses, self.clauses())
        return [each for each in self.clauses() if each.group in groups]

    def unlike_usual(self) -> frozenset[Group]:
        """Return the groups whose text is not the usual one."""
        return differing(self.opened.usual, self.clauses()) if self.opened.usual else frozenset()

    def refusals(self) -> dict[Group, Refusal]:
        """Return why clauses cannot be printed, by group."""
        found = {each.group: why_not_clause(each) for each in self.clauses()}
        return {group: refusal for group, refusal in found.items() if refusal is not None}

    def usual(self, group: Group) -> Clause | None:
        """Return the usual clause of a group, or None where there is none in this language."""
        return next((each for each in self.opened.usual if each.group is group), None)

    def reopen(self, opened: OpenedWording, saved: Sequence[Clause]) -> None:
        """Take what is kept now; what has been typed since stays."""
        before = {each.group: each for each in self.opened.words.clauses}
        done = {each.group: each for each in saved}
        for clause in opened.words.clauses:
            typed = self.typed.get(clause.group)
            if typed is None or typed in (before.get(clause.group), done.get(clause.group)):
                self.typed[clause.group] = clause
        self.opened = opened
