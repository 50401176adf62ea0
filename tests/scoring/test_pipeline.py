"""Scores, cells and estimates: brought up to date, each step repeatable, nothing half-done."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from scoring import cells, estimates, pipeline, samples, schemes, scores, verification
from scoring.maths.cells import Cell
from scoring.models import Estimate, Scheme
from surveys.fieldwork import current_wave
from surveys.models import (
    Interview,
    QuestionnaireVersion,
    Site,
    Survey,
    Weight,
    WeightVersion,
)
from surveys.signals import answers_changed
from tests.factories import (
    SMALL_FORM,
    make_interview,
    make_site,
    make_survey,
    make_version,
    receive,
)

pytestmark = pytest.mark.django_db

SMALL_SCHEME: dict[str, Any] = {
    "name": "small",
    "title_en": "Small",
    "title_zh": "小",
    "note_en": "For tests",
    "note_zh": "测试",
    "default_weights": "equal",
    "weights": {"equal": {"W": 10_000}},
    "standards": [{"name": "W", "title_en": "Work", "title_zh": "工作", "rank": 1}],
    "core_contents": [{"name": "work", "title_en": "Work", "title_zh": "工作"}],
    "items": [
        {
            "name": "w1",
            "question": "works",
            "standard": "W",
            "core_content": "work",
            "cutoff": 6,
            "scores": {"yes": 12, "no": 0},
        }
    ],
    "validity": {"min_answered_items": "1/2", "min_standards": 1, "min_answered_weight": "3/4"},
    "met": "2/3",
    "k": ["1/3"],
    "headline_k": "1/3",
    "missing_codes": ["dk", "rf"],
    "disaggregations": [
        {"name": "stratum", "title_en": "Stratum", "title_zh": "层", "design": "stratum"}
    ],
}


@pytest.fixture
def survey() -> Survey:
    """Four sites in two strata, with four interviews each, half of them of people who work."""
    survey = make_survey()
    version = make_version(survey)
    for number in range(4):
        site = make_site(survey, stratum="ab"[number % 2])
        for person in range(4):
            make_interview(site, version, works=("yes", "no")[person % 2], age=str(20 + number))
    return survey


@pytest.fixture
def scheme(survey: Survey) -> Scheme:
    return schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)


def people_of(scheme: Scheme) -> int:
    """How many people are judged."""
    return sum(scheme.sites.values_list("people", flat=True))


def index_of(scheme: Scheme) -> Estimate:
    return Estimate.objects.get(set__scheme=scheme, variable="index", by="all")


def test_everything_that_waits_is_done(scheme: Scheme) -> None:
    pipeline.catch_up()
    assert people_of(scheme) == 16
    assert not cells.dirty(scheme).exists()
    assert index_of(scheme).estimate == 0.5
    assert index_of(scheme).n == 16


def test_answers_in_repeats_are_not_the_persons_own(scheme: Scheme) -> None:
    for interview in Interview.objects.all():
        interview.answers["home/member[1]/works"] = "yes"
        interview.skipped.append("home/member[2]/works")
        interview.save()
    pipeline.catch_up()
    assert index_of(scheme).estimate == 0.5


def test_catching_up_twice_changes_nothing(scheme: Scheme) -> None:
    pipeline.catch_up()
    before = list(Estimate.objects.values_list("pk", "estimate"))
    pipeline.catch_up()
    assert list(Estimate.objects.values_list("pk", "estimate")) == before


def test_a_new_interview_moves_the_index(scheme: Scheme) -> None:
    pipeline.catch_up()
    site = Site.objects.order_by("pk")[0]
    version = QuestionnaireVersion.objects.get()
    make_interview(site, version, works="yes")
    assert scores.waiting(scheme) == {(current_wave(site.survey).pk, site.pk)}
    pipeline.catch_up()
    assert index_of(scheme).n == 17
    assert index_of(scheme).estimate == pytest.approx(9 / 17)


def test_only_the_touched_site_is_rebuilt(scheme: Scheme) -> None:
    pipeline.catch_up()
    site = Site.objects.order_by("pk")[0]
    make_interview(site, QuestionnaireVersion.objects.get())
    scores.mark_waiting(scheme)
    assert [row.site for row in cells.dirty(scheme)] == [site]
    assert list(pipeline.steps(scheme)) == ["site", "estimate"]


def test_a_rejected_interview_leaves_the_indicators(scheme: Scheme) -> None:
    pipeline.catch_up()
    rejected = next(i for i in Interview.objects.all() if i.answers["g/works"] == "no")
    Interview.objects.filter(pk=rejected.pk).update(state=Interview.State.REJECTED)
    pipeline.sweep()
    assert index_of(scheme).n == 15
    assert index_of(scheme).estimate == pytest.approx(8 / 15)


def test_a_weighted_interview_stands_for_many(scheme: Scheme) -> None:
    site = Site.objects.order_by("pk")[0]
    Site.objects.filter(pk=site.pk).update(design_weight=3.0)
    make_interview(site, QuestionnaireVersion.objects.get(), works="yes")
    pipeline.catch_up()
    assert index_of(scheme).estimate == pytest.approx((2 * 3 + 3 + 6) / (5 * 3 + 12))


def test_a_site_is_judged_whole_or_not_at_all(
    scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the worker dies here")

    monkeypatch.setattr(cells, "packed", fail)
    with pytest.raises(RuntimeError):
        pipeline.catch_up()
    assert people_of(scheme) == 0
    assert cells.dirty(scheme).count() == 4


def test_a_few_people_are_not_shown(survey: Survey) -> None:
    small = make_survey()
    version = make_version(small)
    for _ in range(3):
        site = make_site(small)
        for _ in range(3):
            make_interview(site, version)
    scheme = schemes.add(small, SMALL_SCHEME, "equal", is_default=True)
    pipeline.catch_up()
    row = index_of(scheme)
    assert (row.n, row.estimate, row.se, row.suppressed) == (None, None, None, "n<10")


def test_a_convenience_sample_has_no_interval(scheme: Scheme, survey: Survey) -> None:
    pipeline.catch_up()
    assert index_of(scheme).se is not None
    Survey.objects.filter(pk=survey.pk).update(is_probability_sample=False)
    pipeline.catch_up()
    row = index_of(Scheme.objects.get())
    assert row.estimate == 0.5
    assert (row.se, row.low, row.high) == (None, None, None)


def test_estimates_say_what_they_were_made_of(scheme: Scheme, survey: Survey) -> None:
    made = estimates.refresh(scheme, current_wave(survey))
    assert (made.interviews, made.psus) == (0, 0)
    pipeline.catch_up()
    made.refresh_from_db()
    assert (made.interviews, made.psus, made.strata) == (16, 4, 2)
    assert made.form_versions == ["1"]


def test_rescoring_keeps_the_old_numbers_until_the_new_ones_are_there(scheme: Scheme) -> None:
    pipeline.catch_up()
    scores.expire(scheme)
    assert cells.expired(scheme).count() == 4
    assert not cells.dirty(scheme).exists()
    assert people_of(scheme) == 16
    cells.rebuild(cells.expired(scheme))
    assert not cells.expired(scheme).exists()
    pipeline.catch_up()
    assert index_of(scheme).n == 16


def test_answers_that_turned_out_otherwise_are_scored_again(scheme: Scheme) -> None:
    pipeline.catch_up()
    before = index_of(scheme).estimate
    interview = next(i for i in Interview.objects.all() if i.answers["g/works"] == "no")
    interview.answers["g/works"] = "yes"
    interview.save(update_fields=["answers"])
    answers_changed.send(sender=Interview, submission_ids=[interview.current_id])
    assert [row.site for row in cells.dirty(scheme)] == [interview.site]
    pipeline.catch_up()
    assert index_of(scheme).estimate != before


def test_another_weight_version_rebuilds_every_site(scheme: Scheme, survey: Survey) -> None:
    pipeline.catch_up()
    version = WeightVersion.objects.create(wave=current_wave(survey), name="v1", is_current=True)
    works = [i for i in Interview.objects.all() if i.answers["g/works"] == "yes"]
    Weight.objects.bulk_create(Weight(version=version, case=i.case, value=3) for i in works)
    assert cells.dirty(scheme).count() == 4
    pipeline.catch_up()
    assert index_of(scheme).estimate == pytest.approx(0.75)
    assert index_of(scheme).set.weight_version == "v1"


@pytest.mark.parametrize("change", [{"stratum": "z"}, {"psu": "z"}, {"design_weight": 5.0}])
def test_a_change_of_design_rebuilds_the_site(scheme: Scheme, change: dict[str, object]) -> None:
    pipeline.catch_up()
    site = Site.objects.order_by("pk")[0]
    Site.objects.filter(pk=site.pk).update(**change)
    assert [row.site for row in cells.dirty(scheme)] == [site]
    pipeline.catch_up()
    assert not cells.dirty(scheme).exists()


def test_what_no_choice_offers_is_no_group(survey: Survey) -> None:
    by_answer = {"name": "works", "title_en": "W", "title_zh": "W", "question": "works"}
    document = {**SMALL_SCHEME, "disaggregations": [by_answer]}
    scheme = schemes.add(survey, document, "equal")
    version = QuestionnaireVersion.objects.get()
    make_interview(Site.objects.order_by("pk")[0], version, works="Zhang San " * 30)
    pipeline.catch_up()
    levels = Estimate.objects.filter(set__scheme=scheme, by="works").values_list("level")
    assert set(levels) <= {("yes",), ("no",)}
    assert index_of(scheme).n == 16


def test_a_wave_to_come_hides_nothing(scheme: Scheme, survey: Survey) -> None:
    pipeline.catch_up()
    survey.waves.create(number=2)
    pipeline.catch_up()
    made = estimates.latest_set(scheme)
    assert made is not None
    assert made.wave.number == 1
    assert estimates.rows_of(scheme)


def test_a_scheme_asks_for_questions_that_exist(survey: Survey) -> None:
    item = {**SMALL_SCHEME["items"][0], "question": "wroks"}
    with pytest.raises(schemes.SchemeMisfit, match="wroks"):
        schemes.add(survey, {**SMALL_SCHEME, "items": [item]}, "equal")


def test_a_scheme_is_never_edited(scheme: Scheme, survey: Survey) -> None:
    with pytest.raises(schemes.SchemeChanged):
        schemes.add(survey, {**SMALL_SCHEME, "headline_k": "1/3", "title_en": "New"}, "equal")


def test_another_questionnaire_of_the_survey_is_not_judged(scheme: Scheme, survey: Survey) -> None:
    pipeline.catch_up()
    other = make_version(survey, SMALL_FORM.replace("works", "trusts").replace("small", "other"))
    receive(other, psu_id=Site.objects.order_by("pk")[0].code, age="30", trusts="no")
    assert Interview.objects.counted().count() == 17
    assert not scores.waiting(scheme)
    assert index_of(scheme).n == 16


def test_a_damaged_site_keeps_no_other_site_waiting(scheme: Scheme) -> None:
    pipeline.catch_up()
    wrong = Site.objects.order_by("pk")[0]
    scheme.sites.filter(site=wrong).update(interviews=b"no keys")
    Site.objects.update(design_weight=2.0)
    pipeline.catch_up()
    assert [row.site for row in cells.dirty(scheme)] == [wrong]


def test_what_waits_is_a_difference(scheme: Scheme, survey: Survey) -> None:
    pipeline.catch_up()
    make_interview(Site.objects.order_by("pk")[0], QuestionnaireVersion.objects.get())
    rejected = Interview.objects.order_by("pk")[4]
    Interview.objects.filter(pk=rejected.pk).update(state=Interview.State.REJECTED)
    Site.objects.filter(pk=Site.objects.order_by("pk")[3].pk).update(design_weight=7.0)
    found = {str(difference).partition(":")[0] for difference in verification.differences(survey)}
    assert {
        f"{scheme} sites that wait to be judged",
        f"{scheme} sites whose cells are to be rebuilt",
    } <= found
    pipeline.sweep()
    assert list(verification.differences(survey)) == []


def test_a_stratum_that_is_missing_is_a_difference(scheme: Scheme, survey: Survey) -> None:
    pipeline.catch_up()
    scheme.strata.filter(stratum="a").delete()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("verify", "--survey", survey.code, stdout=StringIO())


def test_other_variables_rebuild_every_site(
    scheme: Scheme, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.catch_up()
    monkeypatch.setattr(cells, "FORMULAS", "other")
    assert cells.dirty(scheme).count() == 4
    assert list(verification.differences(survey))
    pipeline.catch_up()
    assert list(verification.differences(survey)) == []


def test_a_person_interviewed_elsewhere_keeps_the_weight_of_the_case(
    scheme: Scheme, survey: Survey
) -> None:
    interview = Interview.objects.order_by("pk")[0]
    assert interview.case is not None
    other = Site.objects.exclude(interviews=interview).order_by("pk")[0]
    version = WeightVersion.objects.create(wave=current_wave(survey), name="v1", is_current=True)
    Weight.objects.create(version=version, case=interview.case, value=9.0)
    Interview.objects.filter(pk=interview.pk).update(site=other)
    pipeline.catch_up()
    made = estimates.latest_set(scheme)
    assert made is not None
    sample = samples.sample_of(scheme, made.wave)
    assert sample.totals([Cell("all", "all", "index")]).W.sum() == 15 + 9
