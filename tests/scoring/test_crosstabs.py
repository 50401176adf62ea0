"""Tables of a small judged survey: made at once, kept, asked of a worker, refused."""

import pytest

from scoring import crosstabs, divisions, estimates, pipeline
from scoring.divisions import Source
from scoring.models import EstimateSet, KeptTable
from scoring.tables import Asked, NoSuchTable, Table
from surveys import jobs
from surveys.models import Interview, Job
from tests.scoring.divided import PEOPLE, make_divided

pytestmark = pytest.mark.django_db
AGE, STRATUM = Source.GROUP.of("age"), Source.GROUP.of("stratum")
TABLE = Asked(AGE, STRATUM)


@pytest.fixture
def made() -> EstimateSet:
    return latest(make_divided().pk)


def latest(scheme: int) -> EstimateSet:
    return EstimateSet.objects.select_related("scheme__survey", "wave").get(scheme=scheme)


def find(made: EstimateSet, asked: Asked = TABLE) -> crosstabs.Found:
    return crosstabs.find(made, asked, divisions.catalogue_of(made.scheme))


def table_of(made: EstimateSet, asked: Asked = TABLE) -> Table:
    table = find(made, asked).table
    assert table is not None
    return table


def test_people_are_counted_and_shares_are_of_rows_columns_and_all(made: EstimateSet) -> None:
    table = table_of(made)
    assert (table.rows, table.columns) == (["old", "young"], ["a", "b"])
    assert [[cell.n for cell in row] for row in table.cells] == [[32, 20], [16, 28]]
    assert table.people == 8 * PEOPLE
    old_in_a = table.cells[0][0]
    assert old_in_a.row.value == pytest.approx(32 / 52, abs=1e-6)
    assert old_in_a.column.value == pytest.approx(32 / 48, abs=1e-6)
    assert old_in_a.all.value == pytest.approx(32 / 96, abs=1e-6)
    assert [cell.n for cell in table.right] == [52, 44]
    assert [cell.n for cell in table.below] == [48, 48]


def test_means_of_groups_are_those_that_are_published(made: EstimateSet) -> None:
    table = table_of(made, Asked(AGE, Source.MEAN.of("index")))
    published = made.estimates.filter(by="age", variable="index").order_by("level")
    assert [(row.level, row.n) for row in published] == [
        (level, cells[0].n) for level, cells in zip(table.rows, table.cells, strict=True)
    ]
    for row, cells in zip(published, table.cells, strict=True):
        assert cells[0].all.value == pytest.approx(row.estimate, abs=1e-6)
        assert cells[0].all.se == pytest.approx(row.se, abs=1e-6)


def test_a_table_of_a_group_has_its_people_alone(made: EstimateSet) -> None:
    score = Source.SCORE.of("index")
    assert table_of(made, Asked(AGE, score, f"{STRATUM}=a")).people <= 48


def test_a_table_is_kept_until_the_data_change(made: EstimateSet) -> None:
    first = find(made)
    kept = KeptTable.objects.get()
    assert find(made) == first
    assert KeptTable.objects.get() == kept
    Interview.objects.filter(pk=Interview.objects.order_by("pk").first().pk).update(  # type: ignore[union-attr]
        state=Interview.State.REJECTED
    )
    pipeline.sweep()
    assert table_of(latest(made.scheme_id)).people == 8 * PEOPLE - 1
    assert KeptTable.objects.count() == 1


def test_a_large_wave_waits_for_a_worker_and_says_when_its_table_is_old(
    made: EstimateSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crosstabs, "AT_ONCE", 10)
    catalogue = divisions.catalogue_of(made.scheme)
    assert find(made) == crosstabs.Found(None)
    job = crosstabs.request(made, TABLE, catalogue, None)
    assert crosstabs.request(made, TABLE, catalogue, None) == job
    assert find(made).job == job
    jobs.run(job.pk)
    assert Job.objects.get().state == Job.State.DONE
    there = find(made)
    assert there.table is not None
    assert not there.is_old
    made.built_revision += 1
    assert find(made).is_old


def test_a_failure_is_told_until_a_later_job_has_made_the_table(
    made: EstimateSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crosstabs, "AT_ONCE", 10)
    catalogue = divisions.catalogue_of(made.scheme)
    failed = crosstabs.request(made, TABLE, catalogue, None)
    Job.objects.update(state=Job.State.FAILED, error="No.")
    assert find(made).job == failed
    jobs.run(crosstabs.request(made, TABLE, catalogue, None).pk)
    made.built_revision += 1
    assert find(made).is_old
    assert find(made).job is None


@pytest.mark.parametrize(
    "asked",
    [
        Asked("q.nothing", AGE),
        Asked(AGE, "some.nothing"),
        Asked(AGE, AGE),
        Asked(AGE, STRATUM, "by.nothing=a"),
        Asked(AGE, STRATUM, f"{AGE}=old"),
        Asked(AGE, Source.MEAN.of("index"), f"{STRATUM}=nowhere"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(made: EstimateSet, asked: Asked) -> None:
    with pytest.raises(NoSuchTable):
        find(made, asked)


def test_the_latest_estimates_are_of_the_same_people(made: EstimateSet) -> None:
    found = estimates.latest_set(made.scheme)
    assert found is not None
    assert table_of(made).people == found.interviews
