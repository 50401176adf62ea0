"""The pages of second visits: set up, drawn, how good they say the interviews are."""

from surveys.admin.backchecks.pages import BackCheckAdmin

__all__ = ["BackCheckAdmin"]
