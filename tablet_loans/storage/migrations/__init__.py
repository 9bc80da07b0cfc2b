"""The base's versions: numbered, self-contained scripts run by playhouse.migrations."""
