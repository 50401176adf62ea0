"""The pages of quality: what checks found, whom to ask about it, from where on something is doubted."""

from surveys.admin.quality.pages import InspectionAdmin

__all__ = ["InspectionAdmin"]
