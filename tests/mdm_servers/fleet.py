"""The tablets that a server tells of: they do what they were asked when they next report."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tests.mdm_servers.traps import SEEN, Tablet, imei

RE_ENROLLED: Final = "2026-11-02T10:00:00Z"


class Fleet:
    """Tablets by number; what changes of them is told from the next listing on, by `prepare`."""

    def __init__(self, tablets: Sequence[Tablet]) -> None:
        self.tablets: Sequence[Tablet] = tablets
        self._asked: list[tuple[int, dict[str, Any]]] = []
        self._is_told = False

    def prepare(self) -> None:
        """Render the pages beforehand, so that serving them costs nothing."""

    def tablet(self, external_id: str) -> Tablet | None:
        """Return the tablet whose number an identifier ends with, None where there is none."""
        found = re.search(r"\d+$", external_id)
        number = int(found[0]) if found else -1
        return next((each for each in self.tablets if each.number == number), None)

    def change(self, number: int, **facts: Any) -> None:
        """Change what is told of a tablet; one that `is_gone` is told no more."""
        changed = (replace(each, **facts) if each.number == number else each for each in self.tablets)
        self.tablets = [each for each in changed if not each.is_gone]
        self._is_told = False

    def later(self, number: int, **facts: Any) -> None:
        """Change it when the tablet next reports."""
        self._asked.append((number, facts))

    def report(self) -> None:
        """Let the tablets report, and do what they were asked; a listing lets them first."""
        asked, self._asked = self._asked, []
        for number, facts in asked:
            self.change(number, **facts)

    def enrol(self, serial: str) -> None:
        """Switch a tablet on: it enrols, or enrols again, and has no owner then."""
        known = next((each for each in self.tablets if each.serial == serial), None)
        if known is None:
            number = max((each.number for each in self.tablets), default=-1) + 1
            known = Tablet(number, serial, imei(number), RE_ENROLLED, SEEN, True, "", "", "iPad")
            self.tablets = [*self.tablets, known]
        self.change(known.number, is_enrolled=True, enrolled_at=RE_ENROLLED, owner="", is_lost=False)

    def tell(self) -> None:
        """Let the tablets report, and render what changed."""
        self.report()
        if not self._is_told:
            self.prepare()
            self._is_told = True
