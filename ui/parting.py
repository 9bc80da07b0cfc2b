"""What closing the window would lose: asked before it closes, in the words of what is not done."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Parting:
    """What is not done, what leaving does to it, and how leaving is called."""

    title: str
    sentence: str
    act: str


@runtime_checkable
class Writes(Protocol):
    """A dialog, or a part of a room, that writes for some time, waits for its turn to, or keeps what is typed."""

    def is_writing(self) -> bool:
        """Say whether something confirmed is not written yet, or something typed is not kept."""

    def stop_writing(self) -> None:
        """Stop before anything is written, unless it is decided already."""


@runtime_checkable
class PartsInWords(Protocol):
    """What says itself what leaving does to it."""

    def parting_words(self) -> Parting:
        """Return what is asked before the window closes."""
