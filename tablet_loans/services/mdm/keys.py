"""The keys that open an MDM: one that lasts, or a token bought with it and asked anew when it is over."""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final, Protocol

_EARLY_S: Final = 60.0


class Key(Protocol):
    """What is shown at each request."""

    def headers(self) -> Mapping[str, str]:
        """Return what a request carries. Raises: MdmTrouble."""

    def renew(self) -> bool:
        """Forget a token that is refused; False where there is nothing to ask anew."""


class Lasting:
    """A key that is good until somebody takes it away."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def headers(self) -> Mapping[str, str]:
        """Return the key."""
        return self._headers

    def renew(self) -> bool:
        """Return False: a key that is refused stays so."""
        return False


class Bought:
    """A token, bought when first needed, a minute before it is over, and when it is refused."""

    def __init__(self, buy: Callable[[], tuple[str, float]], now: Callable[[], float] = time.monotonic) -> None:
        self._buy = buy
        self._now = now
        self._token = ""
        self._until = 0.0
        self._lock = Lock()

    def headers(self) -> Mapping[str, str]:
        """Return the token. Raises: MdmTrouble."""
        with self._lock:
            if not self._token or self._now() >= self._until:
                self._token, life_s = self._buy()
                self._until = self._now() + max(life_s - _EARLY_S, life_s / 2)
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Forget the token, and return True: the next request buys another."""
        with self._lock:
            self._token = ""
        return True
