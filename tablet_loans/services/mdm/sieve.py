"""A long list within an answer, read while it still comes: what is sent whole overlaps the network all the same."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tablet_loans.services.mdm.fields import parsed

_BLOCK: Final = 1000
_LONGEST_ITEM: Final = 4 * 1024 * 1024
_SCAN: Final = json.JSONDecoder().raw_decode
_SPACE: Final = re.compile(r"[\s,]*")


class Sieve:
    """Takes an answer's bytes, reads its list `name`, which it delivers by blocks, and keeps the rest."""

    def __init__(self, name: str, deliver: Callable[[list[object]], None]) -> None:
        self.count = 0
        self._deliver = deliver
        self._opening = re.compile(rf'"{re.escape(name)}"\s*:\s*\[')
        self.begin()

    def begin(self) -> None:
        """Forget an answer that was cut off."""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._head = ""
        self._text = ""
        self._items: list[object] = []
        self._is_within = False
        self._is_over = False
        self._is_flat = True

    def feed(self, chunk: bytes) -> None:
        """Take what came, and deliver the blocks that are whole."""
        self._text += self._decode(chunk)
        is_early = not self._is_within and len(self._text) < _LONGEST_ITEM
        if is_early and (opening := self._opening.search(self._text)):
            self._head, self._text = self._text[: opening.end()], self._text[opening.end() :]
            self._is_within = True
        if self._is_within and not self._is_over:
            self._scan()
            self._is_over = self._is_over or len(self._text) > _LONGEST_ITEM  # no record is so long
        if len(self._items) >= _BLOCK:
            block, self._items = self._items, []
            self.count += len(block)
            self._deliver(block)

    def remains(self) -> bytes:
        """Return the answer without the items: it is JSON only if it came whole."""
        return (self._head + self._text).encode()

    def last(self) -> list[object]:
        """Return the items of the last block."""
        return self._items

    def _scan(self) -> None:
        """Read the items that are whole: one is when a comma or the list's end follows it."""
        text, place = self._text, self._many(self._text)
        while True:
            place = self._skipped(text, place)
            if place == len(text):
                break
            if text[place] == "]":
                self._is_over = True
                break
            try:
                item, end = _SCAN(text, place)
            except ValueError:
                break
            except RecursionError:
                self._is_over = True
                break
            if not text.startswith(",", end) and self._skipped_space(text, end) == len(text):
                break
            self._items.append(item)
            place = end
        self._text = text[place:]

    def _many(self, text: str) -> int:
        """Read as many objects as are whole at once, which is twice as fast as one by one; return where they end."""
        begun, end = self._skipped(text, 0), 0
        found = max(text.rfind("}, {"), text.rfind("},{")) + 1 if self._is_flat else 0
        if found:
            self._is_flat = False  # unless it is: where that lies within an item, from now on they are read one by one
            with suppress(ValueError, RecursionError):
                items = parsed(f"[{text[begun:found]}]")
                self._items += items if isinstance(items, list) else []
                self._is_flat, end = True, found
        return end

    @staticmethod
    def _skipped(text: str, place: int) -> int:
        found = _SPACE.match(text, place)
        return found.end() if found else place

    @staticmethod
    def _skipped_space(text: str, place: int) -> int:
        while place < len(text) and text[place].isspace():
            place += 1
        return place
