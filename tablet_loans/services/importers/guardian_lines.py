"""The lines of a file of guardians, whatever the format: what each says made a guardian or a problem."""

from collections.abc import Mapping, Sequence
from typing import Final

from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import ListedGuardian, ListedWard
from tablet_loans.text import N_

LONGEST: Final = {
    "civility": 10, "family_name": 255, "given_name": 255, "phone": 40, "mobile": 40, "email": 255, "address": 255,
    "postcode": 10, "commune": 120, "local_number": 40,
}  # fmt: skip


def listed(
    line: int,
    said: Mapping[str, str],
    wards: Sequence[ListedWard],
    *,
    school: str,
    is_institution: bool,
) -> ListedGuardian | Problem:
    """Return the guardian that a line names, its texts no longer than the base keeps; or its problem."""
    kept = {name: said.get(name, "")[:longest].rstrip() for name, longest in LONGEST.items()}
    if not kept["family_name"]:
        return Problem(line, N_("The guardian has no name; the line is not taken."))
    return ListedGuardian(
        line=line,
        local_number=kept["local_number"] or None,
        civility=kept["civility"],
        family_name=kept["family_name"],
        given_name=kept["given_name"],
        phone=kept["phone"],
        mobile=kept["mobile"],
        email=kept["email"],
        address=kept["address"],
        postcode=kept["postcode"],
        commune=kept["commune"],
        wards=tuple(wards),
        school=school,
        is_institution=is_institution,
    )
