"""The labels: printed, stuck, and scanned back until each is known to read."""

from ui.widgets.screen import Screen


class Labels(Screen):
    """The room."""
