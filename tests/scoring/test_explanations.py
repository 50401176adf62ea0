"""How a number came about and why it changed, from interviews as they were received."""

import copy
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from scoring import changes, estimates, explanations, pipeline, schemes
from scoring.changes import Cause, Explained, Silence
from scoring.explanations import Exit, Explanation, Gone, Stage, UnknownNumber
from scoring.maths.answers import Detail, Loss
from scoring.maths.cells import Cell
from scoring.models import EstimateSet, Scheme
from surveys import readings
from surveys.fieldwork import current_wave
from surveys.models import (
    Interview,
    QuestionnaireVersion,
    Site,
    Submission,
    Survey,
    Weight,
    WeightVersion,
)
from surveys.xforms.instance import read_instance
from tests.factories import instance_xml, make_interview, make_site, make_survey, make_version
from tests.scoring.test_pipeline import SMALL_SCHEME

pytestmark = pytest.mark.django_db

INDEX = Cell("all", "all", "index")
WHEN = timezone.now() - timedelta(days=2)  # the interviews of the fixture came before


@pytest.fixture
def version() -> QuestionnaireVersion:
    return make_version(make_survey("five"))


@pytest.fixture
def survey(version: QuestionnaireVersion) -> Survey:
    """Four sites in two strata with ten interviews each, half of them of people who work."""
    survey = version.questionnaire.survey
    for number in range(4):
        site = make_site(survey, f"S{number}", stratum="ab"[number % 2])
        add(site, version, 5, works="yes")
        add(site, version, 5, works="no")
    received(Interview.objects.all(), WHEN - timedelta(days=1))
    return survey


@pytest.fixture
def scheme(survey: Survey) -> Scheme:
    return schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)


def add(site: Site, version: QuestionnaireVersion, many: int, **answers: str) -> list[Interview]:
    return [make_interview(site, version, **answers) for _ in range(many)]


def received(interviews: Iterable[Interview], moment: datetime) -> None:
    keys = [interview.pk for interview in interviews]
    Interview.objects.filter(pk__in=keys).update(received_at=moment)
    Submission.objects.filter(interview__in=keys).update(received_at=moment)


def correct(interviews: Iterable[Interview], version: QuestionnaireVersion, **answers: str) -> None:
    """Another submission of each, which is the current one from now on."""
    for interview in interviews:
        complete = {"psu_id": str(interview.site), "age": "30", **answers}
        instance = read_instance(instance_xml(version, f"uuid:{uuid4()}", **complete))
        newer = Submission.objects.create(
            interview=interview,
            questionnaire=version.questionnaire,
            version=version,
            instance_id=instance.instance_id,
            xml=instance.xml,
            xml_sha256=instance.sha256,
            received_at=timezone.now(),
        )
        fields = readings.reread(newer).fields
        Interview.objects.filter(pk=interview.pk).update(current=newer, **fields)


def site(survey: Survey, code: str = "S0") -> Site:
    return survey.sites.get(code=code)


def those(survey: Survey, many: int, **answers: str) -> list[Interview]:
    """So many interviews whose answers are these, from all sites alike."""
    found = Interview.objects.filter(questionnaire__survey=survey).order_by("pk")
    wanted = answers.items()
    return [
        i for i in found if wanted <= {k.split("/")[-1]: v for k, v in i.answers.items()}.items()
    ][:many]


def computed(scheme: Scheme) -> EstimateSet:
    pipeline.catch_up()
    made = estimates.latest_set(scheme)
    assert made is not None
    return made


def explained(scheme: Scheme, key: Cell = INDEX) -> Explanation:
    return explanations.explain(computed(scheme), key)


def changed(
    scheme: Scheme, key: Cell = INDEX, *, then: Scheme | None = None, when: datetime = WHEN
) -> Explained:
    made = computed(scheme)
    return changes.explain(scheme, made.wave, key, when, scheme_then=then)


def amounts(told: Explained) -> dict[Cause, tuple[Any, int]]:
    return {cause: (step.amount, step.people) for cause, step in told.steps.items()}


def test_a_number_tells_who_entered_it(scheme: Scheme) -> None:
    found = explained(scheme)
    assert [(step.stage, step.left, list(step.gone)) for step in found.steps] == [
        (Stage.RECEIVED, 40, []),
        (Stage.COUNTED, 40, []),
        (Stage.JUDGED, 40, []),
        (Stage.VALID, 40, []),
    ]
    assert (found.row.estimate, found.psus, found.strata) == (0.5, 4, 2)
    [answers] = found.answers
    assert (answers.scored, answers.missing, answers.below, answers.mean) == (40, 0, 0.5, 6.0)
    assert found.source.form_versions == {"1": 40}


def test_interviews_that_do_not_count_are_told_with_the_reason(
    survey: Survey, scheme: Scheme
) -> None:
    practice, refused, quarantined, rejected, homeless, *_ = those(survey, 6)
    Interview.objects.filter(pk=practice.pk).update(is_practice=True)
    Interview.objects.filter(pk=refused.pk).update(outcome=Interview.Outcome.REFUSED)
    Interview.objects.filter(pk=quarantined.pk).update(state=Interview.State.QUARANTINED)
    Interview.objects.filter(pk=rejected.pk).update(state=Interview.State.REJECTED)
    Interview.objects.filter(pk=homeless.pk).update(site=None)
    made = computed(scheme)
    make_interview(site(survey), survey.questionnaires.get().versions.get())
    received_, counted, judged, valid = explanations.explain(made, INDEX).steps
    assert (received_.left, counted.left, judged.left, valid.left) == (41, 36, 35, 35)
    assert [(gone.why, gone.people) for gone in counted.gone] == [
        (why, 1)
        for why in (
            Exit.PRACTICE,
            Exit.REFUSED,
            Exit.QUARANTINED,
            Exit.REJECTED,
            Exit.NO_SITE,
        )
    ]
    assert judged.gone == [Gone(Exit.WAITING, 1)]


def test_a_group_tells_who_is_of_others(version: QuestionnaireVersion, scheme: Scheme) -> None:
    survey = version.questionnaire.survey
    add(site(survey, "S0"), version, 12, works="rf")
    for stratum in "ab":
        add(make_site(survey, stratum=stratum), version, 10)
    found = explained(scheme, Cell("stratum", "a", "index"))
    *_, in_group, valid = found.steps
    assert (in_group.stage, in_group.left, in_group.gone) == (
        Stage.IN_GROUP,
        42,
        [Gone(Exit.OTHER_LEVEL, None), Gone(Exit.NO_LEVEL, None)],
    )
    assert (valid.left, valid.gone) == (30, [Gone(Loss.TOO_LITTLE, None)])
    count = found.made.estimates.filter(variable="interviews", by="stratum", level="a")
    count.update(suppressed="beside")
    assert explanations.explain(found.made, found.key).steps[-2].left is None
    everybody = explanations.explain(found.made, INDEX).steps[-1]
    assert (everybody.left, everybody.gone) == (60, [Gone(Loss.TOO_LITTLE, 12)])


def test_an_item_whose_headcount_is_hidden_is_not_told(scheme: Scheme) -> None:
    made = computed(scheme)
    made.estimates.filter(variable="U_w1", by="all").update(suppressed="beside")
    [answers] = explanations.explain(made, INDEX).answers
    assert (answers.detail, answers.scored, answers.below) == (Detail.WITHHELD, None, None)


def test_few_who_answered_too_little_are_not_counted(
    version: QuestionnaireVersion, scheme: Scheme
) -> None:
    add(site(version.questionnaire.survey), version, 9, works="rf")
    found = explained(scheme)
    assert found.steps[-1].gone == [Gone(Loss.TOO_LITTLE, None)]


def test_of_a_hidden_number_only_the_reason_is_told(
    version: QuestionnaireVersion, scheme: Scheme
) -> None:
    found = explained(scheme, Cell("stratum", "a", "index"))
    assert found.row.suppressed == "psu<3"
    assert (found.steps, found.answers, found.psus) == ((), (), 0)


def test_what_is_not_published_cannot_be_explained(scheme: Scheme) -> None:
    made = computed(scheme)
    for key in (Cell("all", "all", "nothing"), Cell("stratum", "z", "index")):
        with pytest.raises(UnknownNumber, match="There is no number"):
            explanations.explain(made, key)


def test_new_interviews_are_a_part_of_the_change(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    add(site(survey), version, 10, works="yes")
    told = changed(scheme)
    assert told.change is not None
    assert (told.change.then, told.change.n_then) == (0.5, 40)
    assert (told.change.now, told.change.n_now) == (0.6, 50)
    assert amounts(told) == {
        Cause.ANSWERS: (0.0, 0),
        Cause.INTERVIEWS: (pytest.approx(0.1), 10),
        Cause.WEIGHTS: (0.0, 0),
    }


def test_corrections_are_a_part_of_the_change(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    correct(those(survey, 12, works="no"), version, works="yes")
    told = changed(scheme)
    assert told.change is not None
    assert (told.change.then, told.change.now) == (0.5, 0.8)
    assert amounts(told)[Cause.ANSWERS] == (pytest.approx(0.3), 12)


def test_who_answered_only_later_and_who_answers_no_more_are_corrections(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    silent = add(site(survey), version, 10, works="rf")
    received(silent, WHEN - timedelta(days=1))
    correct(silent, version, works="yes")
    correct(those(survey, 10, works="no"), version, works="rf")
    told = changed(scheme)
    assert told.change is not None
    assert (told.change.then, told.change.now) == (0.5, 0.75)
    assert (told.change.n_then, told.change.n_now) == (40, 40)
    assert amounts(told)[Cause.ANSWERS] == (pytest.approx(0.25), 20)


def test_an_interview_that_was_corrected_before_has_the_answers_of_before(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    corrected = those(survey, 10, works="no")
    correct(corrected, version, works="yes")
    Submission.objects.update(received_at=WHEN - timedelta(hours=1))
    told = changed(scheme)
    assert told.change is not None
    assert (told.change.then, told.change.now, told.change.people) == (0.75, 0.75, 0)


def test_new_weights_are_a_part_of_the_change(survey: Survey, scheme: Scheme) -> None:
    wave = current_wave(survey)
    weights = WeightVersion.objects.create(wave=wave, name="raked", is_current=True)
    Weight.objects.bulk_create(
        Weight(version=weights, case=interview.case, value=3.0)
        for interview in those(survey, 20, works="yes")
    )
    told = changed(scheme)
    assert (told.weights_then, told.weights_now) == ("", "raked")
    assert amounts(told)[Cause.WEIGHTS] == (pytest.approx(0.25), 20)
    assert changed(scheme, when=timezone.now()).weights_then == "raked"


def test_another_scheme_is_a_part_of_the_change(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    document = copy.deepcopy(SMALL_SCHEME)
    document["weights"] = {"milder": {"W": 10_000}}
    document["default_weights"] = "milder"
    document["items"][0]["scores"]["no"] = 6
    milder = schemes.add(survey, document, "milder")
    add(site(survey), version, 10, works="yes")
    told = changed(scheme, then=milder)
    assert told.change is not None
    assert (told.change.then, told.change.now) == (0.75, 0.6)
    assert amounts(told)[Cause.INTERVIEWS] == (pytest.approx(0.05), 10)
    assert amounts(told)[Cause.DEFINITION] == (pytest.approx(-0.2), 20)
    assert sum(amount for amount, _ in amounts(told).values()) == pytest.approx(-0.15)


def test_a_change_of_few_people_is_not_told(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    add(site(survey), version, 9, works="yes")
    told = changed(scheme)
    assert (told.silence, told.change, told.steps) == (Silence.FEW_CONCERNED, None, {})


def test_a_part_of_few_people_is_not_told(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    add(site(survey), version, 9, works="yes")
    correct(those(survey, 10, works="no"), version, works="yes")
    told = changed(scheme)
    assert (told.silence, told.steps) == (Silence.FEW_IN_A_STEP, {})
    assert told.change is not None
    assert told.change.now == pytest.approx(39 / 49)


def test_what_would_have_been_hidden_then_is_hidden_now(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    late = [i for i in those(survey, 40) if i.site and i.site.code in ("S2", "S3")]
    received(late, timezone.now())
    told = changed(scheme)
    assert (told.silence, told.reason, told.change) == (Silence.HIDDEN_THEN, "psu<3", None)


def test_before_anybody_was_interviewed_there_is_nothing_to_compare_with(scheme: Scheme) -> None:
    told = changed(scheme, when=WHEN - timedelta(days=30))
    assert (told.silence, told.change) == (Silence.NOBODY, None)


def test_who_is_rejected_now_is_taken_to_have_been(survey: Survey, scheme: Scheme) -> None:
    rejected = [interview.pk for interview in those(survey, 10, works="no")]
    Interview.objects.filter(pk__in=rejected).update(state=Interview.State.REJECTED)
    told = changed(scheme)
    assert told.change is not None
    assert (told.change.n_then, told.change.people) == (30, 0)


def test_now_is_what_is_published(
    version: QuestionnaireVersion, survey: Survey, scheme: Scheme
) -> None:
    add(site(survey), version, 10, works="yes")
    made = computed(scheme)
    for variable in ("index", "c", "met_1", "W", "interviews"):
        key = Cell("all", "all", variable)
        told = changes.explain(scheme, made.wave, key, WHEN)
        row = explanations.row_of(made, key)
        assert told.change is not None
        if variable != "interviews":
            assert told.change.now == pytest.approx(row.estimate, abs=1e-12)
        assert told.change.n_now == row.n
