"""Starting a program that works in one base: nothing is loaded that this base does not need."""

from tablet_loans.storage import driver


def prepare(url: str) -> None:
    """Prepare the process for the base at `url`; to be called before any other service is imported."""
    driver.spare(url)


def give_way() -> None:
    """Let this process wait for those that answer a person, whose processors it shares.

    Not for work that takes the base's lock again and again: put aside while it holds it, it would keep them waiting.
    """
    import psutil

    psutil.Process().nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10))  # which Windows alone knows
