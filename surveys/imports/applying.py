"""Good rows of an import become interviews, a slice at a time; and the import is undone as a whole."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import review, submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.imports.batches import NotImportable, State, Tick, in_slices, nothing
from surveys.imports.checking import Checker, kept
from surveys.models import Comment, Decision, ImportBatch, ImportRow, Interview, User
from surveys.models.decision import Verdict
from surveys.submissions import UnsatisfiedForm
from surveys.xforms.instance import read_instance

AT_ONCE = 100  # rows of a transaction
FIELDS = ("state", "faults", "interview", "became", "cells", "linked")
TOUCHED = gettext_noop("Something has happened to it since: it stays as it is.")


def apply(batch: ImportBatch, tick: Tick = nothing, *, only_all: bool = False) -> None:
    """Make interviews of the rows that are ready, a slice in a transaction; or, where `only_all`, none
    while one row has a fault. What goes wrong now is said of its row.

    Whoever begins again goes on after the last slice. Raises NotImportable.
    """
    if batch.checked_at is None:
        raise NotImportable(gettext_noop("The rows are not checked yet."))
    if only_all and batch.rows.filter(state=State.FAULTY).exists():
        raise NotImportable(gettext_noop("Some rows have a fault, so none is imported."))
    ImportBatch.objects.filter(pk=batch.pk, applied_at=None).update(applied_at=timezone.now())
    checker = Checker(batch)
    for found in in_slices(batch.rows.filter(state=State.READY), AT_ONCE):
        with transaction.atomic():
            rows = _held(found)
            for row in rows:
                _store(checker, row)
            ImportRow.objects.bulk_update(rows, FIELDS)
        tick(len(found))
    _forget_values(batch)


def _held(found: Collection[ImportRow]) -> list[ImportRow]:
    """Those that are still ready, held: somebody else may have been at it in the same moment."""
    rows = ImportRow.objects.filter(pk__in=[row.pk for row in found], state=State.READY)
    return list(rows.select_for_update(of=("self",)).order_by("number"))


def _store(checker: Checker, row: ImportRow) -> None:
    """One row through the door that all interviews take; what it said is then in the interview."""
    judged = checker.judged(row)
    if judged.sender is None or judged.faults:
        row.state, row.faults = State.FAULTY, checker.faults(judged)
        return
    survey = checker.batch.survey
    try:
        receipt = submissions.receive(read_instance(judged.xml), survey, judged.sender)
    except UnsatisfiedForm as error:
        places = [problem.path for problem in error.problems]
        row.state, row.faults = State.FAULTY, [[checker.reader.column_of(places[0]), *kept(error)]]
    except SurveyError as error:
        row.state, row.faults = State.FAULTY, [["", *kept(error)]]
    else:
        row.state = State.IMPORTED if receipt.created else State.KNOWN
        row.cells, row.linked = [], []
        if receipt.submission.pk:  # what was erased has none
            row.interview_id = receipt.submission.interview_id
            row.became = receipt.submission if receipt.created else None


def _forget_values(batch: ImportBatch) -> None:
    """Answers are kept once: what was found in columns was of use for the mapping alone."""
    batch.rows.filter(state=State.KNOWN).update(cells=[], linked=[])
    batch.refresh_from_db(fields=["tables", "applied_at"])
    for table in batch.tables:
        for column in table["columns"]:
            column["found"] = []
    batch.save(update_fields=["tables"])


def undo(batch: ImportBatch, by: User, tick: Tick = nothing, *, with_touched: bool = False) -> None:
    """Reject the interviews that came with a batch, which stays in their histories. One that somebody
    has corrected, decided or commented on meanwhile is left, unless `with_touched`.
    """
    states = (State.IMPORTED, State.LEFT) if with_touched else (State.IMPORTED,)
    for rows in in_slices(batch.rows.filter(state__in=states), AT_ONCE):
        touched = set() if with_touched else _touched(rows)
        for row in rows:
            _take_back(batch, row, by, is_touched=row.interview_id in touched)
        tick(len(rows))
    batch.undone_at = timezone.now()
    batch.save(update_fields=["undone_at"])


def _touched(rows: Collection[ImportRow]) -> set[int | None]:
    """The keys of interviews that are not as they came: in two queries."""
    keys = [row.interview_id for row in rows if row.interview_id]
    changed = Interview.objects.filter(pk__in=keys).exclude(
        current__in=[row.became_id for row in rows]
    )
    decided = Decision.objects.filter(interview__in=keys, by__isnull=False).exclude(
        verdict=Verdict.REJECT,
        after=Interview.State.REJECTED,
        interview__state=Interview.State.REJECTED,
    )
    said = Comment.objects.filter(interview__in=keys)
    either = Q(pk__in=decided.values("interview")) | Q(pk__in=said.values("interview"))
    found = Interview.objects.filter(pk__in=keys).filter(either)
    return {*changed.values_list("pk", flat=True), *found.values_list("pk", flat=True)}


@transaction.atomic
def _take_back(batch: ImportBatch, row: ImportRow, by: User, *, is_touched: bool) -> None:
    interview = Interview.objects.select_for_update().filter(pk=row.interview_id or 0).first()
    if interview is None:
        return
    if is_touched:
        row.state, row.faults = State.LEFT, [["", TOUCHED, {}]]
    elif interview.state == Interview.State.REJECTED:
        row.state, row.faults = State.UNDONE, []
    else:
        try:
            reason = _("The import “%s” was undone.") % batch.title
            review.decide(interview.pk, Verdict.REJECT, by=by, reason=reason)
            row.state, row.faults = State.UNDONE, []
        except SurveyError as error:
            row.state, row.faults = State.LEFT, [["", *kept(error)]]
    row.save(update_fields=["state", "faults"])
