"""Words: the two languages of the program, and text folded so that both engines search and sort alike."""

import gettext
import locale
import os
import unicodedata
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("fr", "en")
DOMAIN: Final = "tablet_loans"
_LIGATURES: Final = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


class _Folding(dict[int, str]):
    """Each character as it is searched: lower case, without accents, a space for what is no letter or figure."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).casefold().translate(_LIGATURES))
        marks = (mark for mark in decomposed if not unicodedata.combining(mark))
        return self.setdefault(code, "".join(mark if mark.isalnum() else " " for mark in marks))


_FOLDING: Final = _Folding()

_translations: gettext.NullTranslations = gettext.NullTranslations()
_language: str = "en"


def N_(sentence: str) -> str:
    """Mark `sentence` for translation and return it as it is."""
    return sentence


def tr(sentence: str) -> str:
    """Return `sentence` in the language in use."""
    return _translations.gettext(sentence) if sentence else ""


def trn(one: str, many: str, count: int) -> str:
    """Return the singular or plural sentence for `count`, in the language in use."""
    return _translations.ngettext(one, many, count)


def set_language(language: str, catalogues: Path) -> None:
    """Speak `language` from now on, with the catalogues under `catalogues`; English needs none."""
    global _translations, _language  # noqa: PLW0603 - one language a process
    _language = language
    _translations = gettext.translation(DOMAIN, catalogues, [language], fallback=True)


def language() -> str:
    """Return the language in use: fr or en."""
    return _language


def grouped(count: int, language: str = "") -> str:
    """Return a count with its thousands grouped, in this language or the one in use: 12 480."""
    return f"{count:,}".replace(",", "\u00a0" if (language or _language) == "fr" else ",")


def system_language() -> str:
    """Return the system's language when the program speaks it, else French, its first language."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"):
        if value := os.environ.get(name):
            return "en" if value.startswith("en") else "fr"
    return "en" if (locale.getlocale()[0] or "").lower().startswith("en") else "fr"


def search_key(*parts: str | None) -> str:
    """Return the words of `parts` in lower case, without accents, each word after one space.

    A leading space stands before the first word, so that " zo" finds every word that begins with "zo".
    """
    words = " ".join(part for part in parts if part).translate(_FOLDING).split()
    return " " + " ".join(words) if words else ""


def sort_key(*parts: str | None) -> str:
    """Return `parts` folded for sorting: the same order on every engine and in every collation."""
    return " ".join(" ".join(part for part in parts if part).translate(_FOLDING).split())
