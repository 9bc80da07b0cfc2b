"""Who may do what: four roles, and the permissions each holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tablet_loans.text import N_


class Role(StrEnum):
    """The four kinds of people who use the program."""

    TECHNICIAN = "technician"
    LIAISON = "liaison"
    FINANCE = "finance"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a service asks for before it acts; each value is read aloud in a refusal."""

    LEND = N_("lend and return")
    STOCK = N_("record tablets")
    READ_PUPILS = N_("see pupils")
    ROSTER = N_("import schools and pupils")
    ASK = N_("record needs")
    PRINT_AGREEMENTS = N_("print agreements")
    WRITE_LETTERS = N_("write to families")
    EXPORT_ASSETS = N_("export the asset list")
    EXPORT_LOANS = N_("export loans")
    CAMPAIGN = N_("run campaigns")
    ADMINISTER = N_("administer the base")


_COUNTER: Final = frozenset({Permission.LEND, Permission.STOCK, Permission.READ_PUPILS, Permission.PRINT_AGREEMENTS})

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.TECHNICIAN: _COUNTER | {Permission.ROSTER, Permission.ASK, Permission.WRITE_LETTERS, Permission.EXPORT_LOANS},
    Role.LIAISON: frozenset(
        {Permission.READ_PUPILS, Permission.ASK, Permission.PRINT_AGREEMENTS, Permission.EXPORT_LOANS}
    ),
    Role.FINANCE: frozenset({Permission.EXPORT_ASSETS}),
    Role.ADMINISTRATOR: frozenset(Permission),
}

ROLE_WORDS: Final[Mapping[str, str]] = {
    Role.TECHNICIAN: N_("technician"),
    Role.LIAISON: N_("school liaison"),
    Role.FINANCE: N_("finance"),
    Role.ADMINISTRATOR: N_("administrator"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, and her role."""

    name: str
    role: Role

    def may(self, permission: Permission) -> bool:
        """Say whether the actor's role holds `permission`."""
        return permission in PERMISSIONS[self.role]
