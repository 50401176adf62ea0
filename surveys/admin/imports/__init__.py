"""The pages of imports: a file, what its columns mean, what would become of its rows, done, undone."""

from surveys.admin.imports.batches import ImportBatchAdmin

__all__ = ["ImportBatchAdmin"]
