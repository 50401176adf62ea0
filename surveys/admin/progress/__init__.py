"""The pages of progress: how far the fieldwork is, by site, person and team, and on a map."""

from surveys.admin.progress.pages import SiteProgressAdmin

__all__ = ["SiteProgressAdmin"]
