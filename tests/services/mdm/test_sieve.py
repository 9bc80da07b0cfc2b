"""A list read while it comes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablet_loans.services.mdm.sieve import Sieve

_NUMBERS = st.integers(-(2**63), 2**64 - 1)  # orjson tells longer ones as fractions, which no field takes
_VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | _NUMBERS | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
_ITEMS = st.lists(_VALUES)


def _sifted(content: bytes, step: int) -> tuple[list[object], bytes]:
    found: list[object] = []
    sieve = Sieve("devices", found.extend)
    for begun in range(0, len(content), step):
        sieve.feed(content[begun : begun + step])
    return [*found, *sieve.last()], sieve.remains()


@given(_ITEMS, st.integers(1, 40), st.booleans())
def test_a_list_in_pieces_is_the_list(items: list[object], step: int, is_spaced: bool) -> None:
    said = {"code": 200, "devices": items, "count": 3}
    content = json.dumps(said, ensure_ascii=False, indent=2 if is_spaced else None).encode("utf-8", "surrogatepass")
    found, remains = _sifted(content, step)
    assert found == json.loads(content.decode("utf-8", "replace"))["devices"]
    assert json.loads(remains) == {"code": 200, "devices": [], "count": 3}


def test_an_answer_that_begins_again_is_told_once() -> None:
    sieve = Sieve("devices", print)
    sieve.feed(b'{"devices": [1, 2, 3')
    sieve.begin()
    sieve.feed(b'{"devices": [1, 2]}')
    assert (sieve.last(), sieve.remains()) == ([1, 2], b'{"devices": []}')


@pytest.mark.parametrize("cut", range(1, 60, 3))
def test_a_list_cut_short_is_no_json(cut: int) -> None:
    content = json.dumps({"code": 200, "devices": [{"id": number} for number in range(9)], "count": 9}).encode()
    _found, remains = _sifted(content[:-cut], 7)
    with pytest.raises(json.JSONDecodeError):
        json.loads(remains)


def test_a_list_of_anything_else_is_left_alone() -> None:
    assert _sifted(b'{"other": [1, 2]}', 5) == ([], b'{"other": [1, 2]}')
    found, remains = _sifted(b'{"devices": [1, oops]}', 5)
    assert found == [1]
    assert b"oops" in remains


def test_what_is_nested_without_end_is_left_alone() -> None:
    found, remains = _sifted(b'{"devices": [1, ' + b"[" * 200_000 + b"2", 65536)
    assert found == [1]
    with pytest.raises((RecursionError, ValueError)):
        json.loads(remains)
