"""The places at work."""
