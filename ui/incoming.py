"""What a file brings, and the service that takes it, as a process apart is asked for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final

from tablet_loans.domain.problem import ImportReport
from tablet_loans.services import answering, caring, glancing, receiving, rostering
from tablet_loans.services.apart import Work
from tablet_loans.services.session import Receipt
from tablet_loans.text import N_


class Kind(StrEnum):
    """What a file brings."""

    SCHOOLS = "schools"
    PUPILS = "pupils"
    GUARDIANS = "guardians"
    DEVICES = "devices"
    ANSWERS = "answers"


TITLES: Final[Mapping[Kind, str]] = {
    Kind.SCHOOLS: N_("Import schools"),
    Kind.PUPILS: N_("Import pupils"),
    Kind.GUARDIANS: N_("Import guardians"),
    Kind.DEVICES: N_("Import devices"),
    Kind.ANSWERS: N_("Import answers"),
}
TAKES: Final[Mapping[Kind, str]] = {
    Kind.SCHOOLS: N_("The ministry's directory, or any list of schools with their UAI: CSV, XLSX or ODS."),
    Kind.PUPILS: N_("SIECLE, ONDE, AAF, OneRoster, Pronote, or any list with names and classes: XML, ZIP, CSV, XLSX."),
    Kind.GUARDIANS: N_("SIECLE's ResponsablesAvecAdresses, ONDE, AAF or OneRoster: XML, ZIP or CSV."),
    Kind.DEVICES: N_("A supplier's delivery list: CSV, XLSX or ODS."),
    Kind.ANSWERS: N_("A survey's answers, or a school's own list of who has what at home: CSV, XLSX or ODS."),
}
_SERVICES: Final[Mapping[Kind, Callable[..., Receipt[ImportReport]]]] = {
    Kind.SCHOOLS: rostering.import_schools,
    Kind.PUPILS: rostering.import_pupils,
    Kind.GUARDIANS: caring.import_guardians,
    Kind.DEVICES: receiving.import_devices,
    Kind.ANSWERS: answering.import_answers,
}
OF_A_SCHOOL: Final = frozenset({Kind.PUPILS, Kind.GUARDIANS, Kind.ANSWERS})


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file, and what a person has said of it; `same` and `new` are the lines of doubts that were decided."""

    kind: Kind
    path: Path
    school: str | None = None
    campaign: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    same: frozenset[int] = frozenset()
    new: frozenset[int] = frozenset()

    def work(self, *, is_dry_run: bool) -> Work[Receipt[ImportReport]]:
        """Return the work that looks at the file, or imports it."""
        facts: dict[str, Any] = {"is_dry_run": is_dry_run}
        if self.kind in OF_A_SCHOOL:
            facts["school"] = self.school
        if self.kind is Kind.PUPILS:
            facts |= {"same": self.same, "new": self.new}
        if self.kind is Kind.ANSWERS:
            facts["campaign"] = self.campaign
        call, kind = _SERVICES[self.kind], self.kind.value
        return partial(glancing.read_as_known, call, kind=kind, path=self.path, named=dict(self.mapping), **facts)
