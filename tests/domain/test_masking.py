"""Masked tables: small counts are not shown, and a solver that sees all that is shown cannot find one out."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from tablet_loans.domain.masking import Counts, Mask, Masks, added, masks, published, without_names

COUNTS = st.builds(Counts, *(st.one_of(st.integers(0, 7), st.sampled_from((0, 12, 40))) for _ in range(3)))
TABLES = st.lists(st.lists(COUNTS, min_size=1, max_size=4), min_size=1, max_size=4)
BIG = Counts(30, 20, 10)


def told(counts: Counts) -> tuple[int, ...]:
    """Return all counts that a line tells, also by differences."""
    line = counts
    return (line.in_need, line.before, line.after, line.served, line.waiting, line.served + line.waiting)


def total(parts: Sequence[cp_model.LinearExpr]) -> cp_model.LinearExpr:
    """Return a sum as the solver writes it."""
    return cp_model.LinearExpr.sum(list(parts))


class Reader:
    """Who reads the table, knows its rules, and looks for another table that would print the same."""

    def __init__(self, groups: Sequence[Sequence[Counts]], masked: Masks) -> None:
        self.model = cp_model.CpModel()
        self.lines = [[self._line(i, j) for j in range(len(group))] for i, group in enumerate(groups)]
        self.groups = [self._sum(each) for each in self.lines]
        self.total = self._sum(self.groups)
        for group, lines, counted, own in zip(groups, self.lines, masked.lines, masked.groups, strict=True):
            for counts, line, mask in zip(group, lines, counted, strict=True):
                self._read(line, counts, mask)
            self._read(self._sum(lines), added(group), own)
        self._read(self.total, added(map(added, groups)), masked.total)

    def _line(self, group: int, place: int) -> list[cp_model.LinearExpr]:
        return [self.model.new_int_var(0, 1_000, f"{group}.{place}.{each}") for each in range(3)]

    def _sum(self, lines: Sequence[Sequence[cp_model.LinearExpr]]) -> list[cp_model.LinearExpr]:
        return [total(each) for each in zip(*lines, strict=True)]

    def _read(self, line: Sequence[cp_model.LinearExpr], counts: Counts, mask: Mask) -> None:
        if mask is not Mask.ALL:
            self.model.add(total(line) == counts.in_need)
        if mask is Mask.NOTHING:
            self.model.add(line[0] == counts.before)
            self.model.add(line[0] + line[1] == counts.after)

    def knows(self, line: Sequence[cp_model.LinearExpr], counts: Counts) -> list[int]:
        """Return the small counts of a line that the reader is sure of."""
        before, served, waiting = line
        told_by = (total(line), before, before + served, served, waiting, served + waiting)
        return [
            count
            for expression, count in zip(told_by, told(counts), strict=True)
            if 0 < count < 5 and not self._could_differ(expression, count)
        ]

    def _could_differ(self, expression: cp_model.LinearExpr, count: int) -> bool:
        model = self.model.clone()
        model.add(expression != count)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        return bool(solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE))


@settings(max_examples=100, deadline=None)
@given(TABLES)
def test_no_small_count_can_be_worked_out_from_what_is_shown(groups: list[list[Counts]]) -> None:
    reader = Reader(groups, masks(groups))
    for group, lines in zip(groups, reader.lines, strict=True):
        for counts, line in zip(group, lines, strict=True):
            assert reader.knows(line, counts) == []
    for group, line in zip(groups, reader.groups, strict=True):
        assert reader.knows(line, added(group)) == []
    assert reader.knows(reader.total, added(map(added, groups))) == []


def test_the_solver_finds_a_small_count_that_is_masked_alone() -> None:
    small = Counts(30, 20, 3)
    masked = Masks(Mask.NOTHING, (Mask.NOTHING,), ((Mask.EQUIPPED, Mask.NOTHING),))
    reader = Reader([[small, BIG]], masked)
    assert reader.knows(reader.lines[0][0], small) == [3]


def test_large_counts_are_all_shown() -> None:
    assert masks([[BIG, BIG], [BIG]]) == Masks(
        Mask.NOTHING, (Mask.NOTHING,) * 2, ((Mask.NOTHING,) * 2, (Mask.NOTHING,))
    )


def test_nobody_in_need_is_no_secret() -> None:
    assert masks([[Counts(0, 0, 0), BIG]]).lines == ((Mask.NOTHING, Mask.NOTHING),)


def test_a_small_count_takes_the_smallest_other_line_of_its_commune_along() -> None:
    small, smallest, larger = Counts(30, 20, 3), Counts(5, 6, 7), BIG
    masked = masks([[small, larger, smallest], [BIG]])
    assert masked.lines == ((Mask.EQUIPPED, Mask.NOTHING, Mask.EQUIPPED), (Mask.NOTHING,))
    assert masked.groups == (Mask.NOTHING, Mask.NOTHING)


def test_two_small_counts_that_add_up_to_a_small_one_take_a_third_line_along() -> None:
    masked = masks([[Counts(30, 20, 1), Counts(30, 20, 2), BIG]])
    assert masked.lines == ((Mask.EQUIPPED,) * 3,)


def test_a_commune_of_one_school_is_masked_with_it_and_takes_another_commune_along() -> None:
    masked = masks([[Counts(30, 3, 20)], [BIG, BIG], [Counts(6, 6, 6), BIG, BIG]])
    assert masked.groups == (Mask.EQUIPPED, Mask.EQUIPPED, Mask.NOTHING)
    assert masked.lines == ((Mask.EQUIPPED,), (Mask.EQUIPPED,) * 2, (Mask.NOTHING,) * 3)


def test_fewer_than_five_in_need_leave_no_count_at_all() -> None:
    masked = masks([[Counts(1, 1, 1), Counts(6, 7, 8), BIG]])
    assert masked.lines == ((Mask.ALL, Mask.ALL, Mask.NOTHING),)


def test_a_tiny_campaign_tells_nothing() -> None:
    assert masks([[Counts(1, 1, 0)]]) == Masks(Mask.ALL, (Mask.ALL,), ((Mask.ALL,),))


def test_names_are_left_out_of_notes() -> None:
    note = "Demande de Mme Œuvrard pour zoé, sans équipement"
    assert without_names(note, ("Œuvrard", "", "Zoé")) == "Demande de Mme […] pour […] sans équipement"


@pytest.mark.parametrize("line", [Counts(0, 0, 1), Counts(0, 0, 4), Counts(0, 1, 0)])
def test_small_lines_that_only_one_sum_makes_are_hidden_with_another_commune(line: Counts) -> None:
    masked = masks([[line] * 5, [BIG], [BIG]])
    assert (masked.groups[0], sorted(masked.groups[1:])) == (Mask.ALL, [Mask.NOTHING, Mask.ALL])


def test_as_many_served_as_schools_tell_that_each_has_one_unless_another_school_is_hidden() -> None:
    masked = masks([[Counts(4, 1, 5)] * 5 + [BIG], [BIG]])
    assert masked.lines[0][-1] is Mask.EQUIPPED


def test_a_note_is_published_when_short_and_without_names() -> None:
    assert published(" Fratrie,  vu avec l’école ", ("Œuvrard", "")) == "Fratrie, vu avec l’école"
    assert published("Mère : Mme oeuvrard", ("Œuvrard",)) == ""
    assert published("long " * 30, ()) == ""
