"""What may go wrong with backups, in sentences."""

from pathlib import Path

from surveys.errors import SurveyError, gettext_noop


class BackupError(SurveyError):
    """A backup that cannot be made, read or put back."""


def unreadable(file: Path, error: OSError) -> BackupError:
    said = gettext_noop("%(file)s cannot be read: %(detail)s.")
    return BackupError(said, file=file, detail=error.strerror)
