"""Starting a program that works in one base: nothing is loaded that this base does not need."""

from tablet_loans.storage import driver


def prepare(url: str) -> None:
    """Prepare the process for the base at `url`; to be called before any other service is imported."""
    driver.spare(url)
