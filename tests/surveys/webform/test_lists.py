"""Lists that the server fills, on our own pages: each person's own, as they are at the moment."""

import pytest
from django.test import Client

from surveys import drafts, entities, questionnaires
from surveys.models import Draft, Finding, Role, Site, User
from surveys.webform.conversation import conversation_of
from tests.factories import make_enumerator, make_member, make_site, workbook
from tests.surveys import panel
from tests.surveys.panel import entering, send, visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def field() -> tuple[Site, User]:
    site, person = panel.begin()
    send(entering("p-1", phone="139", job="cook"), site, person)
    return site, person


def visit(site: Site, by: User, **answers: str) -> Draft:
    draft = drafts.start(by, site, panel.version(site, "visit").questionnaire)
    return drafts.save(draft, {f"/data/{name}": text for name, text in answers.items()})


def test_the_page_gets_the_list_as_a_table_of_the_persons_own(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    url = f"/fill/{panel.version(site, 'visit').pk}/lists/people.csv"
    client.force_login(person)
    response = client.get(url)
    assert response.json()["rows"] == [["p-1", "139", "1", "139", "cook"]]
    assert response["Cache-Control"] == "private, no-cache"
    assert client.get(url, headers={"If-None-Match": response["ETag"]}).status_code == 304
    client.force_login(make_enumerator(make_site(site.survey, "S2")))
    assert client.get(url).json()["rows"] == []


def test_an_interview_on_our_page_changes_an_entry(field: tuple[Site, User]) -> None:
    site, person = field
    draft = visit(site, person, person="p-1", phone="140", job="mason")
    assert conversation_of(draft).problems == ()
    drafts.finish(draft)
    entry = panel.entity(site, "p-1")
    assert (entry.data, entry.version) == ({"phone": "140", "job": "mason"}, 2)
    assert entry.changes.get(version=2).base_version == 1


def test_while_it_goes_on_the_rules_look_into_the_list(field: tuple[Site, User]) -> None:
    site, person = field
    draft = visit(site, person, person="p-1", phone="cook")
    assert [problem.kind for problem in conversation_of(draft).problems] == ["constraint"]


def test_a_finished_interview_is_not_judged_by_a_list_that_has_changed(
    field: tuple[Site, User],
) -> None:
    site, person = field
    entities.set_gone(panel.entity(site, "p-1"), is_gone=True)
    receipt = send(visiting("p-1", base=1, phone="cook", job="mason"), site, person)
    assert not Finding.objects.filter(submission=receipt.submission).exists()
    assert receipt.submission.interview.answers["person"] == "p-1"


def test_a_form_is_tried_out_with_the_list_of_who_tries(
    client: Client, field: tuple[Site, User]
) -> None:
    site, _ = field
    client.force_login(make_member(site.survey, Role.COORDINATOR))
    version = panel.version(site, "visit")
    rows = client.get(f"/preview/{version.pk}/lists/people.csv").json()["rows"]
    assert [row[0] for row in rows] == ["p-1"]
    follow = questionnaires.publish(workbook(panel.FOLLOW_UP), site.survey)
    sites = client.get(f"/preview/{follow.pk}/lists/sites.csv").json()["rows"]
    assert [row[1] for row in sites] == ["Riverside"]
