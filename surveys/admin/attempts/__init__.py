"""The pages of selected people: lists by file, what became of everybody, and the rates of it."""

from surveys.admin.attempts.cases import CaseAdmin

__all__ = ["CaseAdmin"]
