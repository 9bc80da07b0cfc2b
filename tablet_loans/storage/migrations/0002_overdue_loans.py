"""Open loans are found by their due date: what is overdue today, among a million loans."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Add the index of open loans by due date."""
    db.execute_sql("CREATE INDEX loan_open_due ON loan (due_on) WHERE state = 'open'")
