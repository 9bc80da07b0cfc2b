"""The base: tables, queries and the ledger, on SQLite (plain or encrypted) and PostgreSQL alike."""
