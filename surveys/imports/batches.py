"""Imports of many interviews: a file read into rows, checked, made interviews of, and undone."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from django.core.files import File
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from surveys import memberships
from surveys.errors import SurveyError, gettext_noop
from surveys.imports.catalogue import Catalogue
from surveys.imports.files.opening import MAX_BYTES, open_file
from surveys.imports.files.source import Opened, Source, storable
from surveys.imports.mapping import Meaning
from surveys.imports.proposals import IDS, MOST_VALUES, propose, reused
from surveys.imports.table import TableError
from surveys.models import ImportBatch, ImportRow, Questionnaire, QuestionnaireVersion, Role, User
from surveys.questionnaires import form_of

Tick: TypeAlias = Callable[[int], None]
State = ImportRow.State

MOST_ROWS = 1_000_000
AT_ONCE = 500  # rows that are stored or looked up together
LONGEST_VALUE = 80  # characters of a value that may be a choice
LONGEST_ID = 249  # characters, as interviews have it
REMEMBERED = 5  # earlier imports whose mappings are looked at
LOOKED_AT = 200  # rows from which it is guessed how days are written


class NotImportable(SurveyError):
    """A file that is not taken, or a batch with which this cannot be done now."""

    status = 422


def nothing(_rows: int) -> None:
    """For who counts no rows."""


def begin(
    version: QuestionnaireVersion, title: str, file: "File[bytes]", by: User | None
) -> ImportBatch:
    """Keep a file, still to be read. Only for coordinators of the survey, and `by` None for the
    operator of the server. Raises NotImportable.
    """
    questionnaire = version.questionnaire
    if by is not None and not memberships.has_role(by, questionnaire.survey_id, Role.COORDINATOR):
        raise NotImportable(gettext_noop("Only coordinators import interviews."))
    if questionnaire.state == Questionnaire.State.CLOSED:
        raise NotImportable(gettext_noop("This questionnaire is closed. Open it and try again."))
    if (file.size or 0) > MAX_BYTES:
        raise NotImportable(
            gettext_noop("The file is larger than %(most)s MB. Divide it."),
            most=MAX_BYTES // 1_000_000,
        )
    name = PurePath(title).name[-200:]
    batch = ImportBatch(survey=questionnaire.survey, version=version, title=name, by=by)
    batch.file.save(f"import{PurePath(name).suffix.lower()[:10]}", file, save=False)
    batch.save()
    return batch


@contextmanager
def _opened(batch: ImportBatch) -> Iterator[Opened]:
    """The batch's file as tables, on this machine for as long as they are read. Raises TableError."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / PurePath(batch.file.name or "").name
        with batch.file.open("rb") as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        inside = Path(folder) / "inside"
        inside.mkdir()
        yield open_file(path, inside)


def read(batch: ImportBatch, tick: Tick = nothing) -> None:
    """Read the file into rows, and propose what its columns mean. Whoever begins again stores what is
    not here yet. Raises TableError.
    """
    if batch.read_at is not None:
        return
    with _opened(batch) as opened:
        first = opened.sources[0]
        found = _Found(first)
        for rows in _chunks(_numbered(first), AT_ONCE):
            found.count(rows)
            _keep(batch, first, rows)
            tick(len(rows))
        batch.rows.exclude(linked=[]).update(linked=[])
        for number, source in enumerate(opened.sources[1:], start=1):
            _link(batch, number, source, tick)
        if not batch.rows.exists():
            raise TableError(gettext_noop("The file has no row below its headings."))
        batch.tables = [found.described(), *(_described(one) for one in opened.sources[1:])]
        batch.read_as = opened.read_as[:100]
    batch.mapping = proposed(batch).to_json()
    batch.read_at = timezone.now()
    batch.save()
    batch.file.delete()


def _numbered(source: Source) -> Iterator[tuple[int, list[str]]]:
    for count, (number, cells) in enumerate(source.rows(), start=1):
        if count > MOST_ROWS:
            raise TableError(
                gettext_noop("The file has more than %(most)s rows. Divide it."), most=MOST_ROWS
            )
        yield number, [storable(cell) for cell in cells]


def _chunks(
    rows: Iterable[tuple[int, list[str]]], size: int
) -> Iterator[list[tuple[int, list[str]]]]:
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _keep(batch: ImportBatch, source: Source, rows: Sequence[tuple[int, list[str]]]) -> None:
    """Store those that are not here yet."""
    at = _key_column(source)
    new = (
        ImportRow(
            batch=batch,
            number=number,
            cells=cells,
            key="" if at is None else _key_in(cells[at]),
        )
        for number, cells in rows
    )
    ImportRow.objects.bulk_create(new, ignore_conflicts=True)


def _key_column(source: Source) -> int | None:
    return next((source.heading.index(name) for name in IDS if name in source.heading), None)


def _key_in(cell: str) -> str:
    """As ImportRow keeps it."""
    return cell.strip()[:LONGEST_ID]


def _link(batch: ImportBatch, table: int, source: Source, tick: Tick) -> None:
    """Put the rows of a further table to the rows that they belong to. Raises TableError for rows of
    nobody.
    """
    own = _key_column(source)
    if own is None or "key" not in source.heading:
        return
    at = source.heading.index("key")
    for rows in _chunks(_numbered(source), AT_ONCE):
        keys = {_key_in(cells[own]) for _, cells in rows}
        there = {row.key: row for row in batch.rows.filter(key__in=keys)}
        for number, cells in rows:
            key = cells[own].strip()
            if _key_in(key) not in there:
                raise TableError(
                    gettext_noop("Row %(row)s of %(table)s belongs to %(id)s, which is not there."),
                    row=number,
                    table=source.name,
                    id=key or "–",
                )
            there[_key_in(key)].linked.append([table, cells[at].removeprefix(f"{key}/"), cells])
        ImportRow.objects.bulk_update(there.values(), ["linked"], batch_size=AT_ONCE)
        tick(len(rows))


class _Found:
    """What is found in the columns of a table, as far as it is little: choices are few."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._counts: list[Counter[str] | None] = [Counter() for _ in source.columns]

    def count(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        for at, counts in enumerate(self._counts):
            if counts is None:
                continue
            counts.update(cells[at].strip() for _, cells in rows)
            if len(counts) > MOST_VALUES + 1 or any(len(text) > LONGEST_VALUE for text in counts):
                self._counts[at] = None

    def described(self) -> dict[str, Any]:
        described = _described(self._source)
        for column, counts in zip(described["columns"], self._counts, strict=True):
            column["found"] = [pair for pair in (counts or Counter()).most_common() if pair[0]]
        return described


def _described(source: Source) -> dict[str, Any]:
    columns = [
        {
            "name": one.name,
            "label": storable(one.label),
            "values": {storable(code): storable(words) for code, words in one.values.items()},
            "found": [],
        }
        for one in source.columns
    ]
    return {
        "name": storable(source.name),
        "columns": columns,
        "is_coded": source.is_coded,
        "has_reasons": source.has_reasons,
    }


def discard(batch: ImportBatch) -> None:
    """Throw a file away of which nothing was imported."""
    batch.file.delete(save=False)
    batch.delete()


def first_rows(batch: ImportBatch) -> list[list[list[str]]]:
    """The cells of some rows of each table: those of the first interviews of the file. One query."""
    found: list[list[list[str]]] = [[] for _ in batch.tables]
    for cells, linked in batch.rows.order_by("number").values_list("cells", "linked")[:LOOKED_AT]:
        found[0] += [cells] if cells else []
        for table, _instance, own in linked:
            found[table].append(own)
    return found


def headings(batch: ImportBatch) -> list[list[str]]:
    """The names of the columns of each table."""
    return [[column["name"] for column in table["columns"]] for table in batch.tables]


def catalogue_of(batch: ImportBatch) -> Catalogue:
    return Catalogue.of(form_of(batch.version), batch.version.questionnaire)


def proposed(batch: ImportBatch) -> Meaning:
    """By the names of columns, and by what earlier files of the questionnaire had."""
    catalogue = catalogue_of(batch)
    earlier = ImportBatch.objects.filter(
        version__questionnaire=batch.version.questionnaire_id, checked_at__isnull=False
    )
    known = [Meaning.from_json(one.mapping) for one in earlier.exclude(pk=batch.pk)[:REMEMBERED]]
    first = first_rows(batch)
    proposals = propose(catalogue, batch.tables, first)
    return reused(proposals, [one for one in known if one.rules], catalogue, first[0])


def meaning_of(batch: ImportBatch) -> Meaning:
    return Meaning.from_json(batch.mapping)


def remap(batch: ImportBatch, meaning: Meaning) -> None:
    """Say what the columns mean; all rows are then to be checked. Raises NotImportable where rows are
    interviews already.
    """
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.applied_at is not None:
            raise NotImportable(
                gettext_noop("Rows of it are imported already. Upload the rest as a new file.")
            )
        batch.mapping, batch.checked_at = meaning.to_json(), None
        batch.save(update_fields=["mapping", "checked_at"])
        forget_check(batch)


def forget_check(batch: ImportBatch) -> None:
    """Have all rows that are no interviews looked at again."""
    looked_at = batch.rows.filter(state__in=(State.READY, State.FAULTY, State.KNOWN))
    looked_at.update(state=State.WAITING, faults=[], digest="", instance_id="", interview=None)


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """How many rows there are of each state that some are in, in one query."""
    return dict(batch.rows.order_by().values_list("state").annotate(n=Count("pk")))


def in_slices(rows: QuerySet[ImportRow], size: int) -> Iterator[list[ImportRow]]:
    """Rows of one batch by their numbers, however many there are and whatever becomes of them."""
    after = 0
    while found := list(rows.filter(number__gt=after).order_by("number")[:size]):
        yield found
        after = found[-1].number
