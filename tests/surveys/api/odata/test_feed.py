"""A feed as Excel and Power BI open it: service document, metadata, pages, rights, refusals."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from lxml import etree
from pytest_django import Settings

from surveys import erasure, ledger
from surveys.api.odata import pages
from surveys.api_tokens import Scope
from surveys.models import Interview, Membership, QuestionnaireVersion, Role, Site, Tombstone
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
from tests.surveys.api.caller import caller
from tests.surveys.api.odata.reader import Reader, reader
from tests.surveys.exports.test_archives import HOUSEHOLD, send

pytestmark = pytest.mark.django_db
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


@pytest.fixture
def version() -> QuestionnaireVersion:
    return make_version(make_survey())


@pytest.fixture
def site(version: QuestionnaireVersion) -> Site:
    return make_site(version.questionnaire.survey, "S1")


@pytest.fixture
def asker(version: QuestionnaireVersion) -> Reader:
    return reader(version)


def described(asker: Reader) -> Any:
    response = asker.client.get(f"{asker.root}$metadata")
    assert response["Content-Type"] == "application/xml"
    return etree.fromstring(response.content)


def types(asker: Reader, table: str) -> dict[str, str]:
    entity = described(asker).find(f".//{EDM}EntityType[@Name='{table}']")
    return {one.get("Name"): one.get("Type") for one in entity.iter(f"{EDM}Property")}


def test_a_table_with_types_and_values(
    version: QuestionnaireVersion, site: Site, asker: Reader
) -> None:
    interview = make_interview(site, version, age="30", works="yes", hours="7.5")
    root = f"http://testserver{asker.root}"
    assert asker.get() == {
        "@odata.context": f"{root}$metadata",
        "value": [{"name": "interviews", "kind": "EntitySet", "url": "interviews"}],
    }
    page = asker.get("interviews")
    assert page["@odata.context"] == f"{root}$metadata#interviews"
    (row,) = page["value"]
    assert (row["interview_id"], row["site"]) == (interview.root_uuid, "S1")
    assert (row["age"], row["works"], row["hours"], row["weight"]) == (30, "yes", 7.5, 1.0)
    received = interview.received_at.replace(microsecond=0)
    assert datetime.fromisoformat(row["received"]) == received
    told = types(asker, "interviews")
    assert list(told) == list(row)
    assert [told[name] for name in ("age", "works", "hours", "received")] == [
        "Edm.Int64",
        "Edm.String",
        "Edm.Double",
        "Edm.DateTimeOffset",
    ]


def test_the_address_needs_no_slash_at_its_end(asker: Reader) -> None:
    assert asker.client.get(asker.root.rstrip("/")).json() == asker.get()


def test_a_repeat_is_a_table_with_the_keys_of_what_it_belongs_to() -> None:
    version = make_version(make_survey(), HOUSEHOLD)
    send(version, 1)
    asker = reader(version)
    names = [one["name"] for one in asker.get()["value"]]
    assert names == ["interviews", "interviews_member", "interviews_job"]
    (house,) = asker.rows()
    member, *_ = asker.rows("interviews_member")
    assert (member["who"], member["age"]) == ("Ann", 40)
    assert member["parent_key"] == member["interview_id"] == house["interview_id"]
    job, *_ = asker.rows("interviews_job", filter="kind eq 'farm'")
    assert (job["parent_key"], job["interview_id"]) == (member["key"], house["interview_id"])
    for table in names:
        entity = described(asker).find(f".//{EDM}EntityType[@Name='{table}']")
        (key,) = entity.iter(f"{EDM}PropertyRef")
        assert key.get("Name") == ("key" if "_" in table else "interview_id")
        assert list(types(asker, table)) == list(asker.rows(table)[0])
    assert "count" not in house


def test_pages_follow_one_another_without_loss(
    version: QuestionnaireVersion, site: Site, asker: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little time there is, in either order; a limit holds over pages."""
    monkeypatch.setattr(pages, "PATIENCE_S", 0)
    monkeypatch.setattr(pages, "READ", 2)
    made = [make_interview(site, version, age=str(age)) for age in range(20, 27)]
    assert [row["age"] for row in asker.rows()] == list(range(20, 27))
    assert [len(page["value"]) for page in asker.pages(size=3)] == [2, 2, 2, 1]
    assert [row["age"] for row in asker.rows(top=5)] == [20, 21, 22, 23, 24]
    assert asker.rows(top=0) == []
    ids = sorted(one.root_uuid for one in made)
    for order, wanted in (("interview_id", ids), ("interview_id desc", ids[::-1])):
        assert [row["interview_id"] for row in asker.rows(orderby=order)] == wanted
    assert len(asker.rows(filter="age eq 26")) == 1


def test_columns_are_chosen_and_interviews_counted(
    version: QuestionnaireVersion, site: Site, asker: Reader
) -> None:
    make_interview(site, version, age="30")
    page = asker.get("interviews", select="age, site", count="true", format="json")
    assert page["value"] == [{"site": "S1", "age": 30}]
    assert page["@odata.count"] == 1
    assert page["@odata.context"].endswith("#interviews(site,age)")
    assert asker.client.get(f"{asker.root}interviews/$count").content == b"1"
    assert "published" in reader(version, words="published").refusal(501, "interviews/$count")


@pytest.mark.parametrize(
    ("path", "asked", "status", "named"),
    [
        ("interviews", {"skip": 1}, 501, "$skip"),
        ("interviews", {"expand": "job"}, 501, "$expand"),
        ("interviews", {"orderby": "age"}, 501, "interview_id"),
        ("interviews", {"orderby": "interview_id up"}, 501, "interview_id"),
        ("interviews", {"count": "true", "filter": "age eq 3"}, 501, "$filter"),
        ("interviews", {"format": "atom"}, 501, "JSON"),
        ("interviews('uuid:1')", {}, 501, "$filter"),
        ("interviews", {"select": "colour"}, 400, "colour"),
        ("interviews", {"top": "many"}, 400, "many"),
        ("interviews", {"count": "maybe"}, 400, "maybe"),
        ("interviews", {"skiptoken": "x"}, 400, "$skiptoken"),
        ("people", {}, 404, "people"),
    ],
)
def test_what_the_feed_does_not_do_it_says(
    asker: Reader, path: str, asked: dict[str, Any], status: int, named: str
) -> None:
    assert named in asker.refusal(status, path, **asked)


def test_an_older_version_and_an_unknown_parameter_are_refused(asker: Reader) -> None:
    asker.get("", 400, headers={"OData-MaxVersion": "3.0"})
    asker.get("", headers={"OData-MaxVersion": "4.01"})
    assert asker.client.get(f"{asker.root}interviews?color=red").status_code == 400


def test_layers_and_languages_have_addresses_of_their_own(
    version: QuestionnaireVersion, site: Site
) -> None:
    coordinator = make_member(site.survey, Role.COORDINATOR)
    interview = make_interview(site, version, age="30", works="yes")
    Interview.objects.filter(pk=make_interview(site, version, age="50").pk).update(state="rejected")
    ledger.correct(
        interview.pk, {"g/age": "31"}, by=coordinator, reason="typo", seen=interview.current_id
    )
    ages = {
        words: [row["age"] for row in reader(version, words=words).rows()]
        for words in ("corrected", "raw", "published", "published-zh")
    }
    assert ages == {
        "corrected": [31, 50],
        "raw": [30, 50],
        "published": [31],
        "published-zh": [31],
    }
    chinese = reader(version, words="published-zh")
    assert chinese.rows(select="works") == [{"works": "是"}]
    told = etree.tostring(described(chinese), encoding="unicode")
    assert "2. 您工作吗？" in told
    assert "tlh" in reader(version, words="raw-tlh").refusal(400)
    assert "draft" in reader(version, words="draft").refusal(400)


def test_analysts_are_told_no_more_than_exports_give_them(
    version: QuestionnaireVersion, site: Site
) -> None:
    made = [make_interview(site, version, age=age) for age in ("30", "31")]
    analyst = reader(version, Role.ANALYST)
    pages_of_one = list(analyst.pages(size=1))
    rows = [row for page in pages_of_one for row in page["value"]]
    assert sorted(row["age"] for row in rows) == [30, 31]
    assert "interview_id" not in rows[0]
    assert "enumerator" not in rows[0]
    assert types(analyst, "interviews")["received"] == "Edm.Date"
    assert len(rows[0]["received"]) == len("2026-11-28")
    assert not [one for one in made if one.root_uuid in str(pages_of_one)]
    assert "interview_id" in analyst.refusal(501, orderby="person_key")


def test_a_supervisor_reads_the_team_only(version: QuestionnaireVersion, site: Site) -> None:
    ours, theirs = make_enumerator(site, "E1"), make_enumerator(make_site(site.survey, "S2"), "E2")
    Membership.objects.filter(user=ours).update(team="north")
    receive(version, Sender(ours), psu_id="S1", age="30", works="no")
    receive(version, Sender(theirs), psu_id="S2", age="40", works="no")
    person = make_member(site.survey, Role.SUPERVISOR, team="north")
    asker = Reader(person, version.questionnaire)
    assert [row["age"] for row in asker.rows()] == [30]
    assert asker.get("interviews", count="true")["@odata.count"] == 1


def test_erased_interviews_are_gone(
    version: QuestionnaireVersion, site: Site, asker: Reader
) -> None:
    kept, gone = (make_interview(site, version, age=age) for age in ("30", "31"))
    by = make_member(site.survey, Role.COORDINATOR)
    erasure.erase(gone.pk, by=by, reason=Tombstone.Reason.WITHDRAWN)
    assert [row["interview_id"] for row in asker.rows()] == [kept.root_uuid]


def test_a_token_is_sent_as_a_password_or_as_other_programs_send_it(
    client: Client, version: QuestionnaireVersion, asker: Reader, settings: Settings
) -> None:
    person = make_member(version.questionnaire.survey, Role.COORDINATOR)
    assert caller(person).client.get(asker.root).status_code == 200
    for header in ("", "Basic x", "Basic eDp4", "Bearer fst_x", "Digest x"):
        response = client.get(asker.root, headers={"Authorization": header})
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Basic ")
        assert response.json()["error"]["code"] == "unknown_token"
    client.force_login(person)
    assert client.get(asker.root).status_code == 401
    narrow = caller(person, (Scope.READ_ESTIMATES,)).client.get(asker.root)
    assert narrow.status_code == 403
    stranger = make_member(make_survey(), Role.COORDINATOR)
    assert Reader(stranger, version.questionnaire).client.get(asker.root).status_code == 404
    settings.API_REQUESTS_A_MINUTE = 1
    often = [asker.client.get(asker.root) for _ in range(4)]
    refused = [answer for answer in often if answer.status_code == 429]
    assert 1 <= int(refused[0]["Retry-After"]) <= 60


def test_pages_take_few_queries(
    version: QuestionnaireVersion, site: Site, asker: Reader, django_assert_max_num_queries: Any
) -> None:
    for age in range(20, 30):
        make_interview(site, version, age=str(age))
    with django_assert_max_num_queries(20):
        assert len(asker.rows()) == 10
