"""A school, known by its UAI."""

from dataclasses import dataclass
from typing import NewType

SchoolId = NewType("SchoolId", int)


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school as lists show it."""

    id: SchoolId
    uai: str
    name: str
    kind: str
    commune: str
