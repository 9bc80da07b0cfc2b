"""XML read as it flows: records one by one, whatever the file's size, and nothing fetched or expanded on the way."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, cast

from lxml import etree

from tablet_loans.domain.trouble import FileUnreadable, LineUnreadable
from tablet_loans.services.importers import content
from tablet_loans.services.importers.archive import SIGNATURES, Document, unpacked
from tablet_loans.text import N_

Element = etree._Element

_PIECE: Final = 65536
_LONGEST_RECORD: Final = 64
"""In pieces: a record that goes on for four megabytes is no pupil's."""
_MOST_RECORDS: Final = 4_000_000
_LAST_EXACT_LINE: Final = 65535
"""From here on libxml2 tells the line on which an element's first text ends."""
_ENCODINGS: Final = frozenset((
    "UTF-8", "UTF8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252", "CP1252",
    "US-ASCII", "ASCII",
))  # fmt: skip
_DECLARED: Final = re.compile(rb"^<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_SUBSET: Final = re.compile(rb"""<!DOCTYPE(?:"[^"]*"|'[^']*'|[^\[>"'])*\[""")
_ENTITIES: Final = N_("it declares entities of its own, which no school's file does")
_BROKEN: Final = N_("it is damaged or cut short")


@contextmanager
def document(path: Path, expected: str) -> Iterator[tuple[Document, int]]:
    """Give the one XML document that a file is, or that its archive holds, and how many bytes it has.

    Raises: FileMissing, FileUnreadable, FileTooLarge, WrongFile.
    """
    with content.opened(path) as file:
        if not file.peek(4).startswith(SIGNATURES):
            yield file, path.stat().st_size
            return
        with unpacked(file, str(path)) as archive:
            name = archive.only_document(expected)
            with archive.member(name) as member:
                yield member, archive.size(name)


def root(source: Document, path: str) -> str:
    """Return the name of the document's root element, without its namespace. Raises: FileUnreadable."""
    return _root_tag(_head(source, path), path).rpartition("}")[2].rpartition(":")[2]


def records(source: Document, path: str, tags: frozenset[str]) -> Iterator[Element]:
    """Yield the elements with these tags, each whole; one is only there until the next is asked for.

    Raises: FileUnreadable, LineUnreadable.
    """
    piece = _head(source, path)
    root_tag = _root_tag(piece, path)
    parser = _parser(root_tag, *tags)
    top: Element | None = None
    count = waiting = 0
    try:
        while piece:
            parser.feed(piece)
            for event, element in _events(parser):
                if top is None:
                    top = element
                if event == "end" and element.tag in tags:
                    yield element
                    count, waiting = count + 1, 0
            waiting = waiting + 1 if _prune(top, tags) else 0
            if waiting > _LONGEST_RECORD or count > _MOST_RECORDS:
                raise FileUnreadable(path=path, reason=N_("it holds more than any real file"))
            piece = source.read(_PIECE)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _unreadable(error, path) from None


def texts(record: Element, tags: frozenset[str]) -> dict[str, str]:
    """Return the texts of a record's children with these tags, their spaces in order; the others stay unread."""
    said: dict[str, str] = {}
    for child in record.iterchildren(*tags):
        # An entity that nobody declared is a child of its own: its name stands in the text rather than nothing.
        text = "".join(map(str, child.itertext())) if len(child) else child.text
        if text:
            said[str(child.tag)] = tidy(text)
    return said


def line_of(record: Element) -> int:
    """Return the line of the file on which a record begins; 0 when it is not known."""
    line = cast("int | None", record.sourceline) or 0
    return line - (record.text or "").count("\n") if line >= _LAST_EXACT_LINE else line


def tidy(text: str | None) -> str:
    """Return a text with its spaces in order and without control characters."""
    if not text:
        return ""
    if not text.isprintable():
        text = "".join(mark if mark.isprintable() else " " for mark in text)
    return " ".join(text.split())


def first(said: Mapping[str, str], *tags: str) -> str:
    """Return the first of these texts that says something."""
    return next((said[tag] for tag in tags if said.get(tag)), "")


def _prune(top: Element | None, tags: frozenset[str]) -> bool:
    """Drop all that was read but what is still being read; say whether that is a record not yet whole."""
    node = top
    while node is not None and len(node):
        del node[:-1]
        node = node[-1]
        if node.tag in tags:
            return True
    return False


def _head(source: Document, path: str) -> bytes:
    """Return the first piece of a document that has nothing to hide. Raises: FileUnreadable."""
    head = source.read(_PIECE)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FileUnreadable(path=path, reason=N_("it is empty"))
    narrow = head.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe \t\r\n")
    declared = _DECLARED.match(narrow)
    if declared and declared.group(1).decode("ascii").upper() not in _ENCODINGS:
        raise FileUnreadable(path=path, reason=N_("its encoding is none that schools' files have"))
    if not narrow.startswith(b"<"):
        raise FileUnreadable(path=path, reason=N_("it is not XML"))
    if _SUBSET.search(narrow):
        raise FileUnreadable(path=path, reason=_ENTITIES)
    return head.lstrip(b" \t\r\n")


def _root_tag(head: bytes, path: str) -> str:
    parser = _parser(events=("start",))
    try:
        parser.feed(head)
        started = next(_events(parser), None)
    except etree.XMLSyntaxError as error:
        started = next(_events(parser), None)
        if started is None:
            raise _unreadable(error, path) from None
    if started is None:
        raise FileUnreadable(path=path, reason=_BROKEN)
    declared: Any = started[1].getroottree().docinfo.internalDTD
    if declared is not None and any(declared.entities()):
        raise FileUnreadable(path=path, reason=_ENTITIES)
    return str(started[1].tag)


def _events(parser: etree.XMLPullParser) -> Iterator[tuple[str, Element]]:
    return cast("Iterator[tuple[str, Element]]", parser.read_events())


def _parser(*tags: str, events: tuple[Literal["start", "end"], ...] = ("start", "end")) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events, tag=tags or None, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False,
    )  # fmt: skip


def _unreadable(error: etree.XMLSyntaxError, path: str) -> LineUnreadable:
    return LineUnreadable(path=path, line=max(1, error.lineno or 1), reason=_BROKEN)
