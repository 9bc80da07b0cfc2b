"""Lend thousands of tablets to the pupils who have no equipment at home."""

__version__ = "0.1.0"
