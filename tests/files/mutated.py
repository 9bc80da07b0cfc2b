"""Files as mail, disks and hurried hands leave them: one change or several, of bytes or of what a zip holds."""

import io
import random
import warnings
import zipfile
import zlib
from collections.abc import Callable

_INSERTED = (
    b"\x00", b'"', b"'", b";", b"\t", b"\r", b"\r\n", b"\n\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe9", b"\xc3", b"\x1a",
    b"&", b"&a;", b"&#0;", b"&#x110000;", b"<", b">", b"]]>", b"<!--", b"<![CDATA[", b"<?xml version='1.0'?>",
    b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaa'>]>", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"sep=|\n", b"=HYPERLINK(1)",
    b"9" * 400, b"A" * 400,
    b"-1", b"1e999", b"nan", b"00/00/0000", b"29/02/2015", b"0690142E", b"{name}", b"{0}", b"%s",
    b"{INE:", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xe2\x80\xae", b"e\xcc\x81", b";" * 300, b'"' * 51,
)  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "iso-8859-15", "utf-7", "cp037")


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return the file after one to four mishaps; those of a zip befall its parts as often as its bytes."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if content.startswith(b"PK\x03\x04") and chance.random() < 0.7:
            content = _repacked(content, chance)
        else:
            content = chance.choice(_MISHAPS)(content, chance)
    return content


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _bitten(content: bytes, chance: random.Random) -> bytes:
    first, last = sorted((chance.randint(0, len(content)), chance.randint(0, len(content))))
    return content[:first] + content[min(last, first + 200) :]


def _doubled(content: bytes, chance: random.Random) -> bytes:
    first = chance.randint(0, len(content))
    piece = content[first : first + chance.choice((4, 60, 2000))]
    return content[:first] + piece * chance.choice((2, 3, 30)) + content[first + len(piece) :]


def _inserted(content: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(content))
    return content[:place] + chance.choice(_INSERTED) + content[place:]


def _shuffled(content: bytes, chance: random.Random) -> bytes:
    sign = chance.choice((b"\n", b";", b",", b">", b"\t"))
    parts = content.split(sign)
    chance.shuffle(parts)
    return sign.join(parts)


def _swapped(content: bytes, chance: random.Random) -> bytes:
    old, new = chance.choice(((b";", b","), (b";", b"\t"), (b"\r\n", b"\n"), (b"\n", b"\r"), (b'"', b""), (b"0", b"9")))
    return content.replace(old, new)


def _encoded_again(content: bytes, chance: random.Random) -> bytes:
    text = content.decode(chance.choice(("utf-8", "cp1252")), "replace")
    return text.encode(chance.choice(_ENCODINGS), "replace")


_MISHAPS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped, _flipped, _cut, _bitten, _doubled, _inserted, _inserted, _shuffled, _swapped, _encoded_again,
)  # fmt: skip


def _repacked(content: bytes, chance: random.Random) -> bytes:
    """Return a sound zip one of whose parts was changed, lost, renamed or doubled."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        return _flipped(content, chance)
    if not parts:
        return content
    place = chance.randrange(len(parts))
    name, part = parts.pop(place)
    match chance.randrange(10):
        case 0:
            pass
        case 1:
            parts.insert(place, (chance.choice(("a/" + name, name.upper(), "__MACOSX/._" + name)), part))
        case 2:
            parts += [(name, part), (name, chance.choice(_MISHAPS)(part, chance))]
        case _:
            parts.insert(place, (name, chance.choice(_MISHAPS)(part, chance)))
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, part in parts:
            archive.writestr(name, part)
    return made.getvalue()
