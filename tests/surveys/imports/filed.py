"""Files as people upload them, and imports as far as tests need them."""

from pathlib import Path

from django.core.files.base import ContentFile

from surveys.imports import applying, batches, checking
from surveys.models import ImportBatch, ImportRow, QuestionnaireVersion, User


def begun(
    version: QuestionnaireVersion,
    content: bytes | str,
    name: str = "answers.csv",
    by: User | None = None,
) -> ImportBatch:
    """A file that is read."""
    data = content.encode() if isinstance(content, str) else content
    batch = batches.begin(version, name, ContentFile(data, name), by)
    batches.read(batch)
    return batch


def checked(
    version: QuestionnaireVersion, content: bytes | str, name: str = "answers.csv"
) -> ImportBatch:
    batch = begun(version, content, name)
    checking.check(batch)
    return batch


def imported(
    version: QuestionnaireVersion, content: bytes | str, name: str = "answers.csv"
) -> ImportBatch:
    batch = checked(version, content, name)
    applying.apply(batch)
    return batch


def imported_file(version: QuestionnaireVersion, path: Path) -> ImportBatch:
    return imported(version, path.read_bytes(), path.name)


def states(batch: ImportBatch) -> list[str]:
    return [ImportRow.State(state).value for state in batch.rows.values_list("state", flat=True)]


def faults(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """The number of the row, the column, the sentence."""
    rows = batch.rows.exclude(faults=[])
    return [(row.number, name, said % params) for row in rows for name, said, params in row.faults]
