"""The judging side's pages for survey staff, one module a noun; nobody edits what was judged by."""

from scoring.admin import comparison, scheme, weights

__all__ = ["comparison", "scheme", "weights"]
