"""The agreements: what is printed, signed and missing, school by school."""

from ui.widgets.screen import Screen


class Agreements(Screen):
    """The room."""
