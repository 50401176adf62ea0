"""Weights of standards from what the people of a wave ranked."""

import pytest

from scoring import rankings, schemes
from scoring.models import Scheme
from scoring.rankings import Ranking, RankingRefused, Way
from surveys import fieldwork
from surveys.models import (
    Interview,
    QuestionnaireVersion,
    Site,
    Survey,
    Wave,
    Weight,
    WeightVersion,
)
from tests.factories import make_site, make_survey, make_version, receive

pytestmark = pytest.mark.django_db

RANK_FORM = """
| survey   |           |         |                |
|          | type      | name    | label::en (en) |
|          | text      | psu_id  | Site           |
|          | rank std  | matters | What matters   |
|          | rank pair | pairs   | Two of them    |
|          | integer   | age     | Age            |
| choices  |           |         |                |
|          | list_name | name    | label::en (en) |
|          | std       | s1      | Welfare        |
|          | std       | s2      | Work           |
|          | std       | S3      | Register       |
|          | std       | s4      | Residence      |
|          | std       | s5      | Rights         |
|          | pair      | s1      | Welfare        |
|          | pair      | luck    | Luck           |
| settings |           |         |                |
|          | form_title | form_id | version       |
|          | Ranked    | ranked  | 1              |
"""
USUAL = "s1 s2 S3 s4 s5"
ODD = "s2 s1 S3 s4 s5"


@pytest.fixture
def survey() -> Survey:
    return make_survey("five")


@pytest.fixture
def scheme(survey: Survey) -> Scheme:
    return schemes.add(survey, schemes.five_standards(), "equal-v1", is_default=True)


@pytest.fixture
def version(scheme: Scheme) -> QuestionnaireVersion:
    """Published beside the scheme, which would not fit it alone."""
    return make_version(scheme.survey, RANK_FORM)


@pytest.fixture
def site(survey: Survey) -> Site:
    return make_site(survey, "S1")


@pytest.fixture
def asked(version: QuestionnaireVersion, site: Site) -> QuestionnaireVersion:
    """Nine people who rank as the document does, and one who does not."""
    for answer in [USUAL] * 9 + [ODD]:
        answered(version, site, answer)
    return version


def answered(version: QuestionnaireVersion, site: Site, answer: str) -> Interview:
    return receive(version, psu_id=site.code, matters=answer).submission.interview


def found(scheme: Scheme, question: str = "matters") -> Ranking:
    return rankings.ranking(scheme, Wave.objects.get(), question)


def test_ten_people_have_an_order(scheme: Scheme, asked: QuestionnaireVersion) -> None:
    ranking = found(scheme)
    assert ranking.agreement.people == 10
    assert ranking.agreement.mean_ranks == pytest.approx([1.1, 1.9, 3, 4, 5])
    assert [ranking.standards[at] for at in ranking.agreement.order] == [
        "S1",
        "S2",
        "S3",
        "S4",
        "S5",
    ]


def test_weights_are_the_order_s_or_each_persons(
    scheme: Scheme, asked: QuestionnaireVersion
) -> None:
    weights = found(scheme).weights
    ranked = {"S1": 3333, "S2": 2667, "S3": 2000, "S4": 1333, "S5": 667}
    assert weights[Way.RANK_SUM] == ranked
    assert weights[Way.EACH_RANK_SUM] == ranked | {"S1": 3267, "S2": 2733}  # 9/10, 1/10 of 667
    assert all(sum(each.values()) == 10_000 for each in weights.values())


def test_who_is_left_out_of_a_ranking_is_no_reason_to_leave_the_person_out(
    scheme: Scheme, asked: QuestionnaireVersion, site: Site
) -> None:
    answered(asked, site, "s5")
    assert found(scheme).agreement.people == 11


def test_what_is_no_ranking_does_not_count(
    scheme: Scheme, asked: QuestionnaireVersion, site: Site
) -> None:
    for answer in ("", "s1 s1 s2", "s1 s2 nonsense"):
        answered(asked, site, answer)
    assert found(scheme).agreement.people == 10


def test_interviews_that_do_not_count_do_not_rank(
    scheme: Scheme, asked: QuestionnaireVersion
) -> None:
    Interview.objects.filter(pk=Interview.objects.earliest("pk").pk).update(
        state=Interview.State.REJECTED
    )
    with pytest.raises(RankingRefused, match="Too few"):
        found(scheme)


def test_fewer_than_ten_people_tell_nothing(
    scheme: Scheme, version: QuestionnaireVersion, site: Site
) -> None:
    for answer in [USUAL] * 8 + [ODD]:
        answered(version, site, answer)
    with pytest.raises(RankingRefused, match="Too few"):
        found(scheme)


def test_a_few_people_who_all_rank_alike_tell_nothing(
    scheme: Scheme, version: QuestionnaireVersion, site: Site
) -> None:
    for _ in range(12):
        answered(version, site, USUAL)
    with pytest.raises(RankingRefused, match="Too few"):
        found(scheme)


def test_nobody_asked_tells_nothing(scheme: Scheme, version: QuestionnaireVersion) -> None:
    Wave.objects.create(survey=scheme.survey)
    with pytest.raises(RankingRefused, match="Too few"):
        found(scheme)


def test_people_answer_for_as_many_as_their_sites_stand_for(
    scheme: Scheme, asked: QuestionnaireVersion
) -> None:
    heavy = make_site(scheme.survey, "S2", design_weight=10.0)
    answered(asked, heavy, ODD)
    mean_ranks = found(scheme).agreement.mean_ranks
    assert mean_ranks[:2] == pytest.approx([(9 + 2 + 20) / 20, (18 + 1 + 10) / 20])


def test_a_weight_of_the_case_counts_before_the_site_s(
    scheme: Scheme, asked: QuestionnaireVersion, site: Site
) -> None:
    one = Interview.objects.earliest("pk")
    wave = Wave.objects.get()
    case = fieldwork.case_for(site, wave, "R1")
    Interview.objects.filter(pk=one.pk).update(case=case)
    version = WeightVersion.objects.create(wave=wave, name="v1", is_current=True)
    Weight.objects.create(version=version, case=case, value=11.0)
    assert found(scheme).agreement.mean_ranks[0] == pytest.approx((19 + 2) / 20)


def test_a_later_version_may_have_moved_the_question(
    scheme: Scheme, asked: QuestionnaireVersion, site: Site
) -> None:
    grouped = RANK_FORM.replace(
        "|          | rank std  | matters | What matters   |",
        "|          | begin_group | g     | Group          |\n"
        "|          | rank std  | matters | What matters   |\n"
        "|          | end_group |         |                |",
    ).replace("| ranked  | 1 ", "| ranked  | 2 ")
    later = make_version(scheme.survey, grouped)
    answered(later, site, USUAL)
    assert found(scheme).agreement.people == 11


@pytest.mark.parametrize("question", ["age", "nowhere"])
def test_only_a_ranking_gives_weights(
    scheme: Scheme, asked: QuestionnaireVersion, question: str
) -> None:
    with pytest.raises(RankingRefused, match=f"“{question}” of the type rank"):
        found(scheme, question)


def test_choices_that_name_no_standard_are_said(
    scheme: Scheme, asked: QuestionnaireVersion
) -> None:
    with pytest.raises(RankingRefused) as refused:
        found(scheme, "pairs")
    assert "s1 → S1, luck → ?" in str(refused.value)
    assert "S2, S3, S4, S5" in str(refused.value)
