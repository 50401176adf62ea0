"""A file becomes interviews by way of rows that were checked, once, and is undone as a whole."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.timezone import localdate
from pytest_django import DjangoAssertNumQueries, Settings

from surveys import ledger, questionnaires, review
from surveys.imports import applying, batches, checking
from surveys.imports.batches import NotImportable
from surveys.imports.checking import Checker
from surveys.imports.expiry import KEPT, forget_old
from surveys.imports.faults import Common, commonest, faults_of, faults_table, unanswered
from surveys.imports.mapping import Constants, Meaning, Rule, Target
from surveys.imports.table import TableError
from surveys.models import ImportBatch, Interview, Questionnaire, QuestionnaireVersion, Role, User
from surveys.models.decision import Verdict
from tests.factories import SMALL_FORM, make_member, make_site, make_survey, make_user, make_version
from tests.surveys.imports.filed import begun, checked, faults, imported, states

GOOD = "psu_id,age,works,hours\nS1,30,yes,40\nS1,41,no,\nS1,41,no,\n"
MIXED = "psu_id,age,works\nS1,30,no\nS1,7,no\nS9,30,no\nS1,31,maybe\n"


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> QuestionnaireVersion:
    settings.MEDIA_ROOT = tmp_path / "media"
    site = make_site(make_survey("ours"), "S1")
    return make_version(site.survey)


@pytest.fixture
def coordinator(version: QuestionnaireVersion) -> User:
    return make_member(version.questionnaire.survey, Role.COORDINATOR, "C01")


def answers() -> list[dict[str, str]]:
    return list(Interview.objects.order_by("pk").values_list("answers", flat=True))


def test_rows_are_stored_only_when_somebody_says_so(version: QuestionnaireVersion) -> None:
    batch = checked(version, GOOD)
    assert (states(batch), Interview.objects.count()) == (["ready"] * 3, 0)
    applying.apply(batch)
    assert states(batch) == ["imported"] * 3
    assert answers()[0] == {"psu_id": "S1", "g/age": "30", "g/works": "yes", "g/hours": "40"}


def test_the_file_and_what_rows_said_are_gone_then(version: QuestionnaireVersion) -> None:
    batch = imported(version, GOOD)
    assert not batch.file
    assert [row.cells for row in batch.rows.all()] == [[], [], []]
    batch.refresh_from_db()
    assert not any(column["found"] for column in batch.tables[0]["columns"])


def test_the_same_file_again_doubles_nothing(version: QuestionnaireVersion) -> None:
    imported(version, GOOD)
    again = imported(version, GOOD)
    assert (states(again), Interview.objects.count()) == (["known"] * 3, 3)


def test_the_same_with_ids_of_its_own(version: QuestionnaireVersion) -> None:
    rows = "interview_id,psu_id,age,works\npaper-1,S1,30,no\npaper-2,S1,31,no\n"
    imported(version, rows)
    assert states(imported(version, rows)) == ["known", "known"]
    other = checked(version, rows.replace("31", "32"))
    assert faults(other) == [(3, "interview_id", "Another interview is here under this id.")]
    assert Interview.objects.filter(root_uuid="paper-1").count() == 1


def test_an_id_that_is_there_twice_is_a_fault(version: QuestionnaireVersion) -> None:
    batch = checked(version, "interview_id,psu_id,age,works\np,S1,30,no\np,S1,31,no\n")
    assert states(batch) == ["ready", "faulty"]


def test_every_fault_names_its_column(version: QuestionnaireVersion) -> None:
    batch = checked(version, MIXED)
    assert states(batch) == ["ready", "faulty", "faulty", "faulty"]
    assert faults(batch) == [
        (3, "age", "The form does not allow 7 here."),
        (4, "", "This survey has no site S9."),
        (5, "works", "maybe is not one of the choices."),
    ]


def test_good_rows_alone_or_none(version: QuestionnaireVersion) -> None:
    batch = checked(version, MIXED)
    with pytest.raises(NotImportable, match="none is imported"):
        applying.apply(batch, only_all=True)
    assert not Interview.objects.exists()
    applying.apply(batch)
    assert (states(batch)[0], Interview.objects.count()) == ("imported", 1)


class Killed(Exception):
    """A worker that dies."""


def dying_after(calls: int) -> Callable[[int], None]:
    left = [calls]

    def tick(_rows: int) -> None:
        left[0] -= 1
        if not left[0]:
            raise Killed

    return tick


def test_a_killed_worker_goes_on_where_it_stopped(
    version: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each of its works: no row is looked at, stored or left out twice."""
    for module in (batches, checking, applying):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    lines = "".join(f"S1,{age},no\n" for age in (30, 30, 31, 30, 32, 33, 30))
    batch = batches.begin(
        version, "a.csv", ContentFile(f"psu_id,age,works\n{lines}".encode()), None
    )
    for work in (batches.read, checking.check, applying.apply):
        with pytest.raises(Killed):
            work(batch, dying_after(2))
        work(ImportBatch.objects.get(pk=batch.pk))
        batch.refresh_from_db()
    assert states(batch) == ["imported"] * 7
    assert Interview.objects.count() == 7


def test_importing_twice_in_the_same_moment_leaves_what_can_be_undone(
    version: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = checked(version, GOOD)
    read_by_both = list(batch.rows.all())
    applying.apply(batch)
    monkeypatch.setattr(applying, "in_slices", lambda *_: [read_by_both])
    applying.apply(batch)
    assert states(batch) == ["imported"] * 3


def test_a_long_name_in_chinese_is_no_hindrance(version: QuestionnaireVersion) -> None:
    """Names of files here are counted in bytes."""
    assert checked(version, GOOD, f"{'访谈' * 60}.csv").title.startswith("访谈")


def test_undoing_rejects_what_nobody_has_touched(
    version: QuestionnaireVersion, coordinator: User
) -> None:
    batch = imported(version, GOOD)
    corrected, approved, _ = Interview.objects.order_by("pk")
    ledger.correct(
        corrected.pk, {"g/age": "33"}, by=coordinator, reason="typo", seen=corrected.current_id
    )
    review.decide(approved.pk, Verdict.APPROVE, by=coordinator)
    applying.undo(batch, coordinator)
    assert states(batch) == ["left", "left", "undone"]
    left = Interview.objects.order_by("pk").values_list("state", flat=True)
    assert list(left) == ["submitted", "approved", "rejected"]
    last = Interview.objects.order_by("pk")[2].decisions.get()
    assert (last.by, last.reason) == (coordinator, "The import “answers.csv” was undone.")
    applying.undo(batch, coordinator, with_touched=True)
    assert set(Interview.objects.values_list("state", flat=True)) == {"rejected"}
    assert states(batch) == ["undone"] * 3


def test_undone_once_more_changes_nothing(version: QuestionnaireVersion, coordinator: User) -> None:
    batch = imported(version, GOOD)
    applying.undo(batch, coordinator)
    applying.undo(batch, coordinator)
    assert Interview.objects.order_by("pk")[0].decisions.count() == 1


def test_what_was_here_before_is_no_business_of_undoing(
    version: QuestionnaireVersion, coordinator: User
) -> None:
    imported(version, GOOD)
    again = imported(version, GOOD)
    applying.undo(again, coordinator)
    assert set(Interview.objects.values_list("state", flat=True)) == {"submitted"}


def test_checking_takes_the_same_queries_for_many_rows(
    version: QuestionnaireVersion, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    batch = begun(version, "psu_id,age,works\n" + "S1,30,no\n" * 150)
    Checker(batch)
    with django_assert_max_num_queries(14):
        checking.check(batch)


def test_columns_are_known_by_names_and_labels_in_any_language(
    version: QuestionnaireVersion,
) -> None:
    batch = checked(version, "Site,年龄,Do you work?,HOURS,remark\nS1,30,Yes,40,x\n")
    rules = batches.meaning_of(batch).rules[0]
    targets = {name: str(rule.target) for name, rule in rules.items()}
    assert targets == {
        "Site": "psu_id",
        "年龄": "g/age",
        "Do you work?": "g/works",
        "HOURS": "g/hours",
        "remark": "",
    }
    assert states(batch) == ["ready"]


def test_how_days_are_written_is_seen_in_the_file(version: QuestionnaireVersion) -> None:
    batch = checked(version, "访问日期;psu_id;age;works\n3/4/2025;S1;30;no\n22/11/2025;S1;31;no\n")
    rule = batches.meaning_of(batch).rules[0]["访问日期"]
    assert (rule.target, rule.days) == (Target("@started"), "DD/MM/YYYY")
    applying.apply(batch)
    days = Interview.objects.order_by("pk").values_list("started_at", flat=True)
    assert [localdate(day).isoformat() for day in days if day] == ["2025-04-03", "2025-11-22"]
    again = begun(version, "访问日期;psu_id;age;works\n12/31/2025;S1;40;no\n")
    assert batches.meaning_of(again).rules[0]["访问日期"].days == "MM/DD/YYYY"


def test_a_fault_beside_the_answers_names_its_column(version: QuestionnaireVersion) -> None:
    batch = checked(version, "访问日期,psu_id,age,works\nyesterday,S1,30,no\n")
    assert faults(batch) == [(2, "访问日期", "yesterday is not of the question's type.")]


def test_what_only_follows_from_an_unreadable_answer_is_not_said(
    version: QuestionnaireVersion,
) -> None:
    batch = checked(version, "psu_id,age,works,hours\nS1,30,perhaps,40\n")
    assert faults(batch) == [(2, "works", "perhaps is not one of the choices.")]


def test_a_question_without_a_column_is_called_as_it_is_asked(
    version: QuestionnaireVersion,
) -> None:
    batch = checked(version, "psu_id,works\nS1,no\n")
    assert faults_of(batch.rows.get(), unanswered(batch)) == [
        ("age (1. Age)", "It needs an answer."),
    ]
    assert "age (1. Age): It needs an answer." in "".join(faults_table(batch))


def test_what_is_wrong_most_often_is_said_once(version: QuestionnaireVersion) -> None:
    batch = checked(version, "psu_id,age,works\n" + "S1,7,no\nS1,8,maybe\n" * 3 + "S9,30,no\n")
    assert commonest(batch, unanswered(batch)) == [
        Common("age", "The form does not allow 7 here.", 6),
        Common("works", "maybe is not one of the choices.", 3),
    ]


def test_a_mapping_is_used_again_for_the_next_file(version: QuestionnaireVersion) -> None:
    first = begun(version, "where,a,b\nS1,30,J\n")
    rules = {
        "where": Rule(Target("psu_id")),
        "a": Rule(Target("g/age")),
        "b": Rule(Target("g/works"), {"J": "yes", "N": "no"}),
    }
    batches.remap(first, Meaning((rules,), ("",), Constants()))
    checking.check(first)
    assert states(first) == ["ready"]
    assert states(checked(version, "where,a,b\nS1,31,N\n")) == ["ready"]


def test_site_and_person_may_be_the_same_for_all_rows(version: QuestionnaireVersion) -> None:
    make_member(version.questionnaire.survey, Role.SUPERVISOR, "U01")
    batch = begun(version, "age,works\n30,no\n")
    meaning = batches.meaning_of(batch)
    same = Constants(site="S1", enumerator="U01", day="2019-05-01")
    batches.remap(batch, Meaning(meaning.rules, meaning.repeats, same))
    checking.check(batch)
    applying.apply(batch)
    interview = Interview.objects.get()
    assert interview.site is not None
    assert (interview.site.code, str(interview.enumerator)) == ("S1", "U01")


def test_what_nobody_imported_is_forgotten_after_a_month(version: QuestionnaireVersion) -> None:
    unread = batches.begin(version, "a.csv", ContentFile(GOOD.encode(), "a.csv"), None)
    looked_at, done = checked(version, MIXED), imported(version, MIXED)
    forget_old()
    assert ImportBatch.objects.count() == 3
    long_ago = timezone.now() - KEPT - timedelta(minutes=1)
    ImportBatch.objects.update(made_at=long_ago)
    ImportBatch.objects.filter(applied_at__isnull=False).update(applied_at=long_ago)
    forget_old()
    assert set(ImportBatch.objects.all()) == {looked_at, done}
    assert states(done) == ["imported"]
    assert not unread.file.storage.exists(unread.file.name or "")
    looked_at.rows.update(state="waiting")
    ImportBatch.objects.filter(pk=looked_at.pk).update(checked_at=long_ago)
    forget_old()
    assert set(ImportBatch.objects.all()) == {done}


def test_what_is_imported_is_not_mapped_otherwise(version: QuestionnaireVersion) -> None:
    batch = imported(version, GOOD)
    with pytest.raises(NotImportable, match="imported already"):
        batches.remap(batch, batches.meaning_of(batch))


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "empty"),
        (b"psu_id,age\n", "a.csv", "no row below"),
        (b"psu_id,\x81\x02\nS1,1\n", "a.csv", "not UTF-8"),
        (b"psu_id,age\nS1,1,2\n", "a.csv", "Row 2 has 3 cells"),
        (b"\xd0\xcf\x11\xe0old", "a.xls", "old .xls"),
        (b"PK\x03\x04rubbish", "a.xlsx", "damaged"),
        (b"<stata_dta>", "a.dta", "damaged"),
        (b"$FL2rubbish", "a.sav", "damaged"),
        (b"PAR1rubbish", "a.parquet", "damaged"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_words(
    version: QuestionnaireVersion, content: bytes, name: str, sentence: str
) -> None:
    with pytest.raises(TableError, match=sentence):
        begun(version, content, name)


def test_only_coordinators_begin(version: QuestionnaireVersion, coordinator: User) -> None:
    assert begun(version, GOOD, by=coordinator).by == coordinator
    with pytest.raises(NotImportable, match="Only coordinators"):
        begun(version, GOOD, by=make_user())


def test_a_closed_questionnaire_takes_none(version: QuestionnaireVersion) -> None:
    questionnaires.set_state(version.questionnaire, Questionnaire.State.CLOSED)
    with pytest.raises(NotImportable, match="closed"):
        begun(version, GOOD)


def test_rows_may_be_of_an_earlier_version(version: QuestionnaireVersion) -> None:
    newer = SMALL_FORM.replace("| Small        | small   | 1 ", "| Small        | small   | 2 ")
    make_version(version.questionnaire.survey, newer)
    imported(version, GOOD)
    assert set(Interview.objects.values_list("current__version__version", flat=True)) == {"1"}
