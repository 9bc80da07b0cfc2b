"""The command line: one file a noun; each registers its commands and answers with plain values."""
