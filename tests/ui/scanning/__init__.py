"""The scan filter, key by key."""
