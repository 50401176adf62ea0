"""What may go wrong with backups, in sentences."""

from surveys.errors import SurveyError


class BackupError(SurveyError):
    """A backup that cannot be made, read or put back."""
