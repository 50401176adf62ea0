"""The pages of corrections by the office: one answer at a time, and many from a file or a list."""

from surveys.admin.corrections.batches import CorrectionBatchAdmin

__all__ = ["CorrectionBatchAdmin"]
