"""Rows of an import checked: each is judged by the form, and nothing is stored."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import Count
from django.utils import timezone

from surveys.errors import SurveyError, gettext_noop
from surveys.imports.batches import (
    LONGEST_ID,
    State,
    Tick,
    catalogue_of,
    headings,
    in_slices,
    meaning_of,
    nothing,
)
from surveys.imports.judging import OWN_ID, Judge, Judged, Told
from surveys.imports.rows import RowReader
from surveys.models import ImportBatch, ImportRow, Submission

AT_ONCE = 200
FIELDS = ("state", "faults", "digest", "instance_id", "interview")
TAKEN = gettext_noop("Another interview is here under this id.")
LONG = gettext_noop("It is longer than 249 characters.")


class Checker:
    """A batch's rows judged by its form, as its mapping reads them."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.judge = Judge.of(batch.version)
        heads = headings(batch)
        self.reader = RowReader(catalogue_of(batch), meaning_of(batch), heads)
        self._order = {name: at for at, name in enumerate(heads[0])}

    def told(self, row: ImportRow) -> Told:
        return self.reader.told(row.cells, row.linked)

    def judged(self, row: ImportRow) -> Judged:
        return self.judge.judge(self.told(row), row.instance_id)

    def faults(self, judged: Judged) -> list[list[object]]:
        """As they are kept: a column, a sentence, and what fills it; in the order of the columns, what
        is wrong with the row as a whole last.
        """
        found = [(self.reader.column_of(fault.place), fault.reason) for fault in judged.faults]
        found.sort(key=lambda fault: self._order.get(fault[0], len(self._order)))
        return [[name, *kept(reason)] for name, reason in found]

    def fault(self, place: str, sentence: str) -> list[object]:
        return [self.reader.column_of(place), sentence, {}]


def kept(error: SurveyError) -> tuple[str, dict[str, str]]:
    """A sentence and what fills it, to be said in any language later."""
    return error.message, {name: str(value) for name, value in error.params.items()}


def check(batch: ImportBatch, tick: Tick = nothing) -> None:
    """Find out for every row that was not looked at whether it can be imported; nothing is stored.

    Whoever begins again goes on after the last rows that were checked.
    """
    checker = Checker(batch)
    for rows in in_slices(batch.rows.filter(state=State.WAITING), AT_ONCE):
        _check_together(checker, rows)
        ImportRow.objects.bulk_update(rows, FIELDS)
        tick(len(rows))
    batch.checked_at = timezone.now()
    batch.save(update_fields=["checked_at"])


def _check_together(checker: Checker, rows: Sequence[ImportRow]) -> None:
    """In three queries for all rows, beside those about who works where."""
    told = {row.number: checker.told(row) for row in rows}
    for row in rows:
        row.digest = told[row.number].digest
    twins = _twins_before(checker.batch, rows)
    for row in rows:
        twins[row.digest] += 1
        row.instance_id = told[row.number].id_of(twins[row.digest])
    here = _here(checker.batch, [row.instance_id for row in rows])
    before = _imported_before(checker.batch, rows)
    used = _used_before(checker.batch, rows)
    for row in rows:
        _check_one(checker, row, told[row.number], here, before, used)
        used[row.instance_id] += 1


def _twins_before(batch: ImportBatch, rows: Sequence[ImportRow]) -> Counter[str]:
    """How many earlier rows of the file say the same."""
    same = batch.rows.filter(digest__in={row.digest for row in rows}, number__lt=rows[0].number)
    return Counter(dict(same.order_by().values_list("digest").annotate(n=Count("pk"))))


def _used_before(batch: ImportBatch, rows: Sequence[ImportRow]) -> Counter[str]:
    """How many earlier rows of the file have the same ids."""
    ids = {row.instance_id[:LONGEST_ID] for row in rows}
    same = batch.rows.filter(instance_id__in=ids, number__lt=rows[0].number)
    return Counter(dict(same.order_by().values_list("instance_id").annotate(n=Count("pk"))))


def _here(batch: ImportBatch, ids: Sequence[str]) -> Mapping[str, Submission]:
    sent = Submission.objects.filter(
        questionnaire=batch.version.questionnaire_id,
        instance_id__in=[one[:LONGEST_ID] for one in ids],
    )
    return {one.instance_id: one for one in sent.only("instance_id", "interview", "xml_sha256")}


def _imported_before(batch: ImportBatch, rows: Sequence[ImportRow]) -> set[tuple[str, str]]:
    """Ids and digests of rows of earlier files that became interviews."""
    earlier = ImportRow.objects.filter(
        instance_id__in=[row.instance_id[:LONGEST_ID] for row in rows],
        batch__version__questionnaire=batch.version.questionnaire_id,
        interview__isnull=False,
    )
    return set(earlier.values_list("instance_id", "digest"))


def _check_one(
    checker: Checker,
    row: ImportRow,
    told: Told,
    here: Mapping[str, Submission],
    before: set[tuple[str, str]],
    used: Counter[str],
) -> None:
    there = here.get(row.instance_id)
    is_same = not told.own_id or (row.instance_id, row.digest) in before
    if there is not None and is_same:
        row.state, row.faults, row.interview_id = State.KNOWN, [], there.interview_id
        return
    judged = checker.judge.judge(told, row.instance_id)
    faults = checker.faults(judged)
    if len(row.instance_id) > LONGEST_ID:
        row.instance_id = row.instance_id[:LONGEST_ID]
        faults.append(checker.fault(OWN_ID, LONG))
    elif there is not None or used[row.instance_id]:
        faults.append(checker.fault(OWN_ID, TAKEN))
    row.faults, row.state = faults, State.FAULTY if faults else State.READY
    row.interview_id = there.interview_id if there else None
