"""What is printed of facts: each text composed and on one line, in characters that the faces can draw."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tablet_loans.domain.trouble import FontLacks
from tablet_loans.services.documents.style import drawn_characters

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Facts = TypeVar("Facts", bound="DataclassInstance")
_NO_BREAK: Final = "\u00a0"
_FRENCH_SIGN: Final = re.compile(r" (?=[:;!?»])|(?<=«) ")


@lru_cache(maxsize=1_024)  # a school, a class, an accessory come again and again
def written(text: str) -> str:
    """Return `text` as it is printed: composed, on one line, without what has no shape."""
    is_plain = text.isprintable() and "  " not in text and text == text.strip()
    if is_plain and unicodedata.is_normalized("NFC", text):
        return text
    composed = unicodedata.normalize("NFC", text)
    shaped = "".join(mark for mark in composed if mark.isspace() or unicodedata.category(mark) not in ("Cf", "Cc"))
    return " ".join(shaped.split())


def kept_together(text: str) -> str:
    """Return a text as it is printed, but for the spaces that hold words together, and French signs to theirs."""
    held = _FRENCH_SIGN.sub(_NO_BREAK, text.replace("\u202f", _NO_BREAK))
    return _NO_BREAK.join(map(written, held.split(_NO_BREAK)))


def printed(facts: Facts) -> Facts:
    """Return the facts with each text as it is printed, within lists too; an empty one in a list is left out."""
    return replace(facts, **{field.name: _printed(getattr(facts, field.name)) for field in fields(facts)})


def _printed(value: Any) -> Any:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else written(value)
    if isinstance(value, tuple):
        return tuple(each for each in map(_printed, value) if each != "")
    return printed(value) if is_dataclass(value) and not isinstance(value, type) else value


def texts_of(facts: Any) -> Iterator[str]:
    """Yield each text of the facts, within lists too."""
    if isinstance(facts, str):
        yield facts
    elif isinstance(facts, tuple):
        for each in facts:
            yield from texts_of(each)
    elif is_dataclass(facts):
        for field in fields(facts):
            yield from texts_of(getattr(facts, field.name))


def is_printable(texts: Iterable[str]) -> bool:
    """Say whether the faces can draw every character."""
    return drawn_characters().issuperset(map(ord, set("".join(texts))))


def must_be_printable(documents: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Refuse characters that the faces cannot draw, all at once, with the documents they are in. Raises: FontLacks."""
    drawn = drawn_characters()
    lacking = [(name, mark) for name, texts in documents for mark in set("".join(texts)) if ord(mark) not in drawn]
    if lacking:
        marks = sorted({mark for _, mark in lacking})
        names = dict.fromkeys(name for name, _ in lacking)
        raise FontLacks(characters=" ".join(marks), documents=", ".join(names))
