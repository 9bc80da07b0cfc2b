"""Mappings: which columns of a file were given which fields, by the kind of file and the digest of its headers."""

import json

from tablet_loans.storage.database import Base


def find(base: Base, kind: str, headers_digest: str) -> dict[str, str]:
    """Return the field of each column that was named, none when nothing is remembered."""
    row = base.execute(
        "SELECT fields FROM column_mapping WHERE kind = ? AND headers = ?", (kind, headers_digest)
    ).fetchone()
    return dict(json.loads(row[0])) if row else {}


def keep(base: Base, kind: str, headers_digest: str, mapping: dict[str, str]) -> None:
    """Keep the field of each column, in the place of what was kept before."""
    base.execute(
        "INSERT INTO column_mapping (kind, headers, fields) VALUES (?, ?, ?)"
        " ON CONFLICT (kind, headers) DO UPDATE SET fields = excluded.fields",
        (kind, headers_digest, json.dumps(mapping, ensure_ascii=False)),
    )
