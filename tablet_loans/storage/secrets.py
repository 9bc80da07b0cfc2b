"""The base's key: drawn once, kept in the system's keyring, written down as a recovery phrase; and its passwords.

keyring and mnemonic are imported where they serve: the window of a plain base starts without them.
"""

import hashlib
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from tablet_loans.domain.trouble import BadKey, NoKeyring, NoPlaceForSecret
from tablet_loans.text import sort_key

_SERVICE: Final = "tablet-loans"
_PURPOSE: Final = b"tablet-loans base key 1"
_LANGUAGES: Final = {"fr": "french", "en": "english"}
_WORDS: Final = 12
_UNSAFE_BACKENDS: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt.file")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key and the phrase of 12 words that gives it back. Source: BIP-39, 128 bits."""

    key: str = field(repr=False)
    phrase: str = field(repr=False)


def new_key(language: str) -> NewKey:
    """Draw a key; its phrase is in `language` (fr or en)."""
    from mnemonic import Mnemonic

    entropy = secrets.token_bytes(16)
    phrase = Mnemonic(_LANGUAGES[language]).to_mnemonic(entropy)
    return NewKey(_key(entropy), phrase)


def key_from(text: str) -> str:
    """Return the key that a phrase (either language, accents or none) or 64 hexadecimal digits give.

    Raises: BadKey.
    """
    from mnemonic import Mnemonic

    bare = text.strip()
    if re.fullmatch(r"[0-9a-fA-F]{64}", bare):
        return bare.lower()
    typed = [sort_key(word) for word in bare.split()]
    if len(typed) == _WORDS:
        for language in _LANGUAGES.values():
            words = Mnemonic(language)
            known = {sort_key(word): word for word in words.wordlist}
            if all(word in known for word in typed):
                phrase = words.delimiter.join(known[word] for word in typed)
                if words.check(phrase):
                    return _key(bytes(words.to_entropy(phrase)))
    raise BadKey()


def _key(entropy: bytes) -> str:
    return hashlib.sha256(_PURPOSE + entropy).hexdigest()


def must_have_keyring() -> None:
    """Refuse where the system offers no safe keyring. Raises: NoKeyring."""
    import keyring

    backend: Any = keyring.get_keyring()
    chained = getattr(backend, "backends", None)
    usable = chained if chained is not None else [backend]
    if not any(_is_safe(each) for each in usable):
        raise NoKeyring()


def _is_safe(backend: Any) -> bool:
    return not type(backend).__module__.startswith(_UNSAFE_BACKENDS)


def keep(base: str, key: str) -> None:
    """Keep the key of the base at this address in the keyring; another key there is put aside, never lost.

    Raises: NoKeyring.
    """
    import keyring
    from keyring.errors import KeyringError

    must_have_keyring()
    try:
        former = keyring.get_password(_SERVICE, base)
        if former is not None and former != key:
            aside = hashlib.sha256(former.encode()).hexdigest()[:8]
            keyring.set_password(_SERVICE, f"{base} (former {aside})", former)
        keyring.set_password(_SERVICE, base, key)
    except KeyringError as error:
        raise NoKeyring() from error


def recall(base: str) -> str | None:
    """Return the key of the base at this address from the keyring, or None."""
    import keyring
    from keyring.errors import KeyringError

    try:
        must_have_keyring()
        return keyring.get_password(_SERVICE, base)
    except (NoKeyring, KeyringError):
        return None


def keep_secret(base: str, name: str, value: str) -> None:
    """Keep a secret of the base at this address, other than its key, in the keyring. Raises: NoPlaceForSecret."""
    import keyring
    from keyring.errors import KeyringError

    try:
        must_have_keyring()
        keyring.set_password(_SERVICE, _named(base, name), value)
    except (NoKeyring, KeyringError) as error:
        raise NoPlaceForSecret() from error


def secret(base: str, name: str) -> str | None:
    """Return a secret of the base from the keyring, or None."""
    return recall(_named(base, name))


def forget_secret(base: str, name: str) -> bool:
    """Take a secret of the base out of the keyring, and say whether none is there now: it may not open."""
    import keyring
    from keyring.errors import KeyringError

    with suppress(NoKeyring):
        try:
            must_have_keyring()
            if keyring.get_password(_SERVICE, _named(base, name)) is not None:
                keyring.delete_password(_SERVICE, _named(base, name))
        except KeyringError:
            return False
    return True


def _named(base: str, name: str) -> str:
    return f"{base} ({name})"
