"""A file imported with nobody in front of a page: read, checked and stored in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File

from surveys.errors import SurveyError, gettext_noop
from surveys.imports import applying, batches, checking
from surveys.imports.batches import State, catalogue_of, counts_of, meaning_of
from surveys.imports.proposals import OURS
from surveys.imports.table import ERRORS_COLUMN, TableError, require_known
from surveys.models import ImportBatch, Questionnaire, QuestionnaireVersion


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its batch, to be looked at and undone in the office, and how many rows are
    in which state.
    """

    batch: ImportBatch
    counts: Mapping[str, int]

    @property
    def stored(self) -> int:
        return self.counts.get(State.IMPORTED, 0)

    @property
    def known(self) -> int:
        return self.counts.get(State.KNOWN, 0)

    @property
    def faulty(self) -> int:
        return self.counts.get(State.FAULTY, 0)


def import_file(
    questionnaire: Questionnaire, path: Path, *, partial: bool = False, leave_out: bool = False
) -> Outcome:
    """Import a file into the version that is open. One wrong row keeps all out unless `partial`; then
    the batch waits in the office, where somebody can say what its columns mean.

    Raises TableError for a file that cannot be read and, unless `leave_out`, for columns that mean
    nothing here; OSError. Repeating changes nothing.
    """
    batch = _read(questionnaire, path)
    if not leave_out:
        _require_meant(batch)
    checking.check(batch)
    if partial or not batch.rows.filter(state=State.FAULTY).exists():
        applying.apply(batch)
    return Outcome(batch, counts_of(batch))


def _read(questionnaire: Questionnaire, path: Path) -> ImportBatch:
    with path.open("rb") as file:
        batch = batches.begin(_open_version(questionnaire), path.name, File(file), None)
    try:
        batches.read(batch)
    except SurveyError:
        batches.discard(batch)
        raise
    return batch


def _open_version(questionnaire: Questionnaire) -> QuestionnaireVersion:
    """The version that takes answers now. Raises TableError where there is none."""
    if questionnaire.current is None:
        raise TableError(gettext_noop("This questionnaire has no published version yet."))
    if questionnaire.state == Questionnaire.State.CLOSED:
        raise TableError(gettext_noop("This questionnaire is closed. Open it and try again."))
    return questionnaire.current


def _require_meant(batch: ImportBatch) -> None:
    """Raises TableError: a question's name that is mistyped would leave its answers out unseen. Files of
    ours have columns beside the answers, which are known to be none.
    """
    columns = batch.tables[0]["columns"]
    names = {column["name"] for column in columns}
    if names >= OURS:
        return
    catalogue, rules = catalogue_of(batch), meaning_of(batch).rules[0]
    meant = {
        column["name"]
        for column in columns
        if rules[column["name"]].target or catalogue.find(column["name"], column["label"])
    }
    asked = [column.name for column in catalogue.own[""].columns]
    require_known([one["name"] for one in columns], (*meant, *asked, ERRORS_COLUMN))
