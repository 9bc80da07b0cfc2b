"""Station codes: short, unique, one a computer."""

from tablet_loans.storage import stations
from tablet_loans.storage.database import Base


def test_codes_are_short_and_all_different() -> None:
    codes = [stations.code_at(place) for place in range(2_000)]
    assert codes[:2] == ["AA", "AB"]
    assert len(set(codes)) == 2_000
    assert {len(code) for code in codes} == {2, 3}
    assert not {"I", "O", "Q", "0", "1"} & set("".join(codes))


def test_a_computer_keeps_its_code(base: Base) -> None:
    assert stations.registered(base, "one") == "AA"
    assert stations.registered(base, "two") == "AB"
    assert stations.registered(base, "one") == "AA"
