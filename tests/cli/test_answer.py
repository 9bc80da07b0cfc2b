"""What a person reads of any answer, whatever the base holds."""

import sys
from collections.abc import Sequence

import pytest

import tablet_loans.cli
from tablet_loans.__main__ import main
from tablet_loans.cli.answer import lines
from tablet_loans.domain.errors import UnknownLoan

LONG = "A" * 1_000


def test_a_name_of_a_thousand_characters_leaves_the_other_columns_in_sight() -> None:
    rows = [{"name": LONG, "loan": "20-K3-0042"}, {"name": "Zoé", "loan": "20-K3-0043"}]
    assert all(len(line) < 100 for line in lines({"rows": rows}))


def test_a_name_with_signs_that_move_the_cursor_stays_in_its_cell() -> None:
    rows = [{"name": "Li\ngne\x1b[2J\u202eb", "loan": "20-K3-0042"}]
    _, line = lines({"rows": rows})
    assert all(mark.isprintable() for mark in line)


def test_a_sentence_is_not_hidden_by_what_it_is_about() -> None:
    refused = UnknownLoan(loan=LONG)
    assert len(refused.spoken()) < 600
    assert refused.facts["loan"] == LONG


def test_ctrl_c_while_the_program_loads_ends_it_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Stopping:
        """A finder at which Ctrl+C comes."""

        def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: object = None) -> None:
            if name == "tablet_loans.cli.program":
                raise KeyboardInterrupt

    main(["--lang", "en", "--json", "check", "--database", "/nowhere"])
    capsys.readouterr()
    monkeypatch.delitem(sys.modules, "tablet_loans.cli.program")
    monkeypatch.delattr(tablet_loans.cli, "program")
    monkeypatch.setattr(sys, "meta_path", [Stopping(), *sys.meta_path])
    assert main([]) == 130
    assert capsys.readouterr() == ("", "")
