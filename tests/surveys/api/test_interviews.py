"""Interviews through the API: pages, filters on any question, layers, words, rights."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from surveys import horizon, ledger
from surveys.api import paging
from surveys.models import (
    Audience,
    Interview,
    Membership,
    QuestionnaireVersion,
    Role,
    Site,
    TrailEntry,
)
from surveys.submissions import Sender
from tests.factories import (
    make_enumerator,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.surveys.api.caller import Caller, caller, long_ago
from tests.surveys.exports.test_archives import HOUSEHOLD, send

pytestmark = pytest.mark.django_db
DATED = """
| survey |
|  | type | name | label::English (en) |
|  | date | born | Born |
| settings |
|  | form_id | version |
|  | dated   | 1       |
"""


@pytest.fixture
def version() -> QuestionnaireVersion:
    return make_version(make_survey())


@pytest.fixture
def site(version: QuestionnaireVersion) -> Site:
    return make_site(version.questionnaire.survey, "S1")


@pytest.fixture
def asker(version: QuestionnaireVersion) -> Caller:
    return caller(make_member(version.questionnaire.survey, Role.COORDINATOR))


@pytest.fixture
def analyst(version: QuestionnaireVersion) -> Caller:
    """Somebody to whom exports give pseudonyms and days."""
    return caller(make_member(version.questionnaire.survey, Role.ANALYST))


def ages(asker: Caller, version: QuestionnaireVersion, **asked: Any) -> list[int]:
    found = asker.interviews(version.questionnaire_id, **asked)
    return [one["answers"]["age"] for one in found]


def test_an_interview_is_told_as_exports_name_it(
    version: QuestionnaireVersion, site: Site, asker: Caller
) -> None:
    interview = make_interview(site, version, age="30", works="yes", hours="7.5")
    (told,) = asker.interviews(version.questionnaire_id)
    assert told["interview_id"] == interview.root_uuid
    facts = told["facts"]
    assert (facts["site"], facts["state"], facts["form_version"]) == ("S1", "submitted", "1")
    assert told["answers"]["age"] == 30
    assert told["answers"]["hours"] == 7.5
    assert told["answers"]["works"] == "yes"


def test_pages_follow_one_another_without_loss(
    version: QuestionnaireVersion, site: Site, asker: Caller
) -> None:
    for age in range(20, 27):
        make_interview(site, version, age=str(age))
    assert ages(asker, version, limit=3) == list(range(20, 27))


def test_little_is_looked_at_at_once_however_rare_the_answer(
    version: QuestionnaireVersion, site: Site, asker: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "LOOKED_AT", 2)
    monkeypatch.setattr(paging, "PATIENCE_S", 0)
    for age in range(20, 27):
        make_interview(site, version, age=str(age))
    path = f"questionnaires/{version.questionnaire_id}/interviews"
    pages = list(asker.pages(path, **{"answers.age": 26}))
    assert [len(page["interviews"]) for page in pages] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"answers.age": "30"}, [30]),
        ({"answers.age": "30.0"}, [30]),
        ({"answers.age[gt]": "30"}, [31, 100]),
        ({"answers.age[lte]": "30"}, [9, 30]),
        ({"answers.age[gte]": "9", "answers.age[lt]": "31"}, [9, 30]),
        ({"answers.age[in]": "9,31"}, [9, 31]),
        ({"answers.works": "yes"}, [31]),
        ({"answers.works[in]": "yes,rf"}, [31, 100]),
        ({"answers.hours": ""}, [9, 30, 100]),
        ({"answers.hours[gt]": "1"}, [31]),
        ({"answers.works": "no", "answers.age": "9"}, [9]),
        ({"site": "S1"}, [9, 30, 31, 100]),
        ({"site": "S2"}, []),
        ({"outcome": "completed"}, [9, 30, 31, 100]),
        ({"state": "rejected"}, []),
        ({"form_version": "1", "state": "submitted,approved"}, [9, 30, 31, 100]),
        ({"received_since": "2000-01-01"}, [9, 30, 31, 100]),
        ({"received_before": "2000-01-01T00:00:00+08:00"}, []),
    ],
)
def test_filters(
    version: QuestionnaireVersion,
    site: Site,
    asker: Caller,
    asked: dict[str, str],
    found: list[int],
) -> None:
    make_site(site.survey, "S2")
    for age, works in (("9", "no"), ("30", "no"), ("31", "yes"), ("100", "rf")):
        make_interview(
            site, version, age=age, works=works, **({"hours": "8"} if works == "yes" else {})
        )
    assert ages(asker, version, **asked) == found


def test_a_number_beyond_all_measure_compares_with_none(
    version: QuestionnaireVersion, site: Site, asker: Caller
) -> None:
    """PostgreSQL would refuse to read it, and with it the whole page; JSON has no word for it."""
    make_interview(site, version, age="30", works="yes", hours="8")
    make_interview(site, version, age="31", works="yes", hours="1e999")
    assert ages(asker, version, **{"answers.hours[gt]": "1"}) == [30]
    told = asker.interviews(version.questionnaire_id)
    assert [one["answers"]["hours"] for one in told] == [8, "1e999"]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"answers.colour": "red"}, "colour"),
        ({"answers.age[near]": "3"}, "near"),
        ({"answers.age": "old"}, "old"),
        ({"answers.works[gt]": "yes"}, "yes"),
        ({"answers.works": "yes", "layer": "raw"}, "layer"),
        ({"state": "gone"}, "gone"),
        ({"site": "S9"}, "S9"),
        ({"form_version": "9"}, "9"),
        ({"language": "tlh"}, "tlh"),
        ({"layer": "draft"}, "draft"),
        ({"limit": "1000"}, "1000"),
        ({"limit": "²"}, "²"),
        ({"limit": "0000000011000"}, "0000000011000"),
        ({"changed_since": "yesterday"}, "yesterday"),
        ({"changed_since": "0001-01-01T00:00:00+14:00"}, "0001-01-01"),  # UTC has no such year
        ({"received_before": "9999-12-31T23:59:59-12:00"}, "9999-12-31"),
        ({"site": "S1\x00"}, "site"),  # which PostgreSQL does not take
        ({"answers.works": "\x00"}, "answers.works"),
        ({"after": "bm9uc2Vuc2U"}, "after"),
    ],
)
def test_what_is_unknown_is_named(
    version: QuestionnaireVersion, site: Site, asker: Caller, asked: dict[str, str], named: str
) -> None:
    problem = asker.get(f"questionnaires/{version.questionnaire_id}/interviews", 400, **asked)
    assert problem["status"] == 400
    assert named in problem["detail"]


def test_changes_since_a_moment_lose_no_interview(
    version: QuestionnaireVersion, site: Site, asker: Caller
) -> None:
    """Several of the same moment are told once each, over pages of one."""
    made = [make_interview(site, version, age=str(age)) for age in range(20, 24)]
    moment = timezone.now() - timedelta(minutes=5)
    Interview.objects.filter(pk__in=[one.pk for one in made]).update(changed_at=moment)
    told = ages(asker, version, changed_since=moment.isoformat(), limit=1)
    assert sorted(told) == [20, 21, 22, 23]
    later = moment + timedelta(microseconds=1)
    assert ages(asker, version, changed_since=later.isoformat()) == []


def test_what_is_still_being_written_waits_for_the_next_look(
    version: QuestionnaireVersion, site: Site, asker: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that is just now made is told from `changed_until` on, and not before."""
    old, _new = (make_interview(site, version, age=age) for age in ("20", "21"))
    long_ago(old)
    path = f"questionnaires/{version.questionnaire_id}/interviews"
    page = asker.get(path, changed_since="2000-01-01")
    assert [one["answers"]["age"] for one in page["interviews"]] == [20]
    monkeypatch.setattr(horizon, "MARGIN", timedelta())
    assert ages(asker, version, changed_since=page["changed_until"]) == [21]


def test_labels_in_a_language(version: QuestionnaireVersion, site: Site, asker: Caller) -> None:
    make_interview(site, version, works="yes")
    (told,) = asker.interviews(version.questionnaire_id, language="zh")
    assert told["answers"]["works"] == "是"


def test_layers(version: QuestionnaireVersion, site: Site, asker: Caller) -> None:
    coordinator = make_member(site.survey, Role.COORDINATOR)
    interview = make_interview(site, version, age="30")
    ledger.correct(
        interview.pk, {"g/age": "31"}, by=coordinator, reason="typo", seen=interview.current_id
    )
    rejected = make_interview(site, version, age="50")
    Interview.objects.filter(pk=rejected.pk).update(state=Interview.State.REJECTED)
    assert ages(asker, version) == [31, 50]
    assert ages(asker, version, layer="raw") == [30, 50]
    assert ages(asker, version, layer="published") == [31]


def test_names_of_enumerators_are_for_who_may_see_people(
    version: QuestionnaireVersion, site: Site, asker: Caller, analyst: Caller
) -> None:
    enumerator = make_enumerator(site, "Kublai")
    receive(version, Sender(enumerator), psu_id="S1", age="30", works="no")
    (named,) = asker.interviews(version.questionnaire_id)
    (unnamed,) = analyst.interviews(version.questionnaire_id)
    assert named["facts"]["enumerator"] == "Kublai"
    assert "enumerator" not in unnamed["facts"]


def test_analysts_are_told_no_more_than_exports_give_them(
    version: QuestionnaireVersion, site: Site, analyst: Caller
) -> None:
    """No id, no moment finer than a day, neither in the page nor in what leads on."""
    interviews = [make_interview(site, version, age=age) for age in ("30", "31")]
    path = f"questionnaires/{version.questionnaire_id}/interviews"
    page = analyst.get(path, limit=1)
    (told,) = page["interviews"]
    assert told["interview_id"] == told["facts"]["person_key"]
    day = timezone.localtime(interviews[0].received_at).date().isoformat()
    assert (told["changed"], told["facts"]["received"]) == (day, day)
    assert not [one for one in interviews if one.root_uuid in str(page)]
    assert str(timezone.now().year) not in page["next"] + page["changed_until"]
    analyst.get(f"{path}/{interviews[0].root_uuid}", 403)


def test_analysts_do_not_find_a_moment_by_asking_closer(
    version: QuestionnaireVersion, site: Site, analyst: Caller
) -> None:
    make_interview(site, version)
    path = f"questionnaires/{version.questionnaire_id}/interviews"
    for parameter in ("received_since", "received_before", "changed_since"):
        analyst.get(path, 200, **{parameter: "2026-01-01"})
        problem = analyst.get(path, 403, **{parameter: "2026-01-01T12:00:00Z"})
        assert parameter in problem["detail"]
        assert analyst.get(path, 400, **{parameter: "yesterday"})["code"] == "unknown_value"


def test_what_is_coarse_or_left_out_for_analysts_is_no_filter(
    version: QuestionnaireVersion, site: Site, analyst: Caller
) -> None:
    make_interview(site, version, age="34")
    assert ages(analyst, version, **{"answers.age": "34"}) == [34]
    terms = {"widths": {"g/age": 5.0}, "place": "city"}
    Audience.objects.filter(survey=site.survey).update(**terms)
    assert ages(analyst, version) == [30]
    path = f"questionnaires/{version.questionnaire_id}/interviews"
    assert "age" in analyst.get(path, 400, **{"answers.age": "34"})["detail"]
    assert "site" in analyst.get(path, 403, site="S1")["detail"]
    assert "site" not in analyst.interviews(version.questionnaire_id)[0]["facts"]


def test_analysts_follow_changes_too(
    version: QuestionnaireVersion, site: Site, analyst: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(horizon, "MARGIN", timedelta())
    make_interview(site, version, age="20")
    path = f"questionnaires/{version.questionnaire_id}/interviews"
    until = analyst.get(path)["changed_until"]
    make_interview(site, version, age="21")
    assert ages(analyst, version, changed_since=until) == [21]


def test_a_supervisor_reads_the_team_only(version: QuestionnaireVersion, site: Site) -> None:
    ours, theirs = make_enumerator(site, "E1"), make_enumerator(make_site(site.survey, "S2"), "E2")
    Membership.objects.filter(user=ours).update(team="north")
    receive(version, Sender(ours), psu_id="S1", age="30", works="no")
    receive(version, Sender(theirs), psu_id="S2", age="40", works="no")
    supervisor = caller(make_member(site.survey, Role.SUPERVISOR, team="north"))
    assert ages(supervisor, version) == [30]


def test_an_interview_with_its_repeats() -> None:
    version = make_version(make_survey(), HOUSEHOLD)
    interview = receive(version, family="Li").submission.interview
    asker = caller(make_member(version.questionnaire.survey, Role.COORDINATOR))
    path = f"questionnaires/{version.questionnaire_id}/interviews"
    told = asker.get(f"{path}/{interview.root_uuid}")
    assert told["answers"]["family"] == "Li"
    (member,) = told["repeats"]["home/member"]
    assert member["parent_key"] == interview.root_uuid
    assert member["answers"] == {"who": None, "age": None}
    asker.get(f"{path}/{interview.root_uuid}x", 404)
    asker.get(f"{path}/{interview.root_uuid}%00", 404)
    assert TrailEntry.objects.latest("pk").key.endswith(interview.root_uuid)
    assert asker.get(path, repeats="yes")["interviews"] == [told]
    assert asker.get(path)["interviews"] == [{**told, "repeats": None}]


HOUSE = """
<family>{0}</family>
<home>
  <member><who>Ann</who><age>{1}</age><job><kind>farm</kind></job></member>
  <member><who>Bob</who><age>{2}</age><job><kind/></job></member>
</home>"""


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"home/member/who": "Ann"}, ["Li", "Wang"]),
        ({"home/member/who": "Cy"}, []),
        ({"home/member/age[gte]": "40"}, ["Li"]),
        ({"home/member/age[lt]": "6", "home/member/who": "Bob"}, ["Li"]),
        ({"home/member/age[lt]": "6", "home/member/who": "Ann"}, ["Wang"]),
        ({"home/member/age": "5.0", "family": "Wang"}, ["Wang"]),
        ({"home/member/job/kind": "farm", "home/member/age[in]": "40,41"}, ["Li"]),
        ({"home/member/age": "", "home/member/who": "Bob"}, []),
    ],
)
def test_conditions_in_a_repeat_hold_of_one_instance(
    asked: dict[str, str], found: list[str]
) -> None:
    version = make_version(make_survey(), HOUSEHOLD)
    send(version, 1, HOUSE.format("Li", 40, 5))
    send(version, 2, HOUSE.format("Wang", 5, 30))
    asker = caller(make_member(version.questionnaire.survey, Role.COORDINATOR))
    conditions = {f"answers.{name}": value for name, value in asked.items()}
    for limit in (1, 100):
        told = asker.interviews(version.questionnaire_id, limit=limit, **conditions)
        assert [one["answers"]["family"] for one in told] == found


def test_nothing_comes_before_a_date(version: QuestionnaireVersion, site: Site) -> None:
    """Nor after it: who gave no answer is in neither list."""
    dated = make_version(site.survey, DATED)
    asker = caller(make_member(site.survey, Role.COORDINATOR))
    for born in ("1990-05-01", ""):
        receive(dated, born=born)
    for sign, many in (("lt", 1), ("gt", 0)):
        found = asker.interviews(dated.questionnaire_id, **{f"answers.born[{sign}]": "2000-01-01"})
        assert len(found) == many


def test_pages_take_few_queries(
    version: QuestionnaireVersion, site: Site, asker: Caller, django_assert_max_num_queries: Any
) -> None:
    for age in range(20, 30):
        make_interview(site, version, age=str(age))
    with django_assert_max_num_queries(20):
        assert len(ages(asker, version, **{"answers.age[gte]": "20"})) == 10
