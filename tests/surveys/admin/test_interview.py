"""An interview to read: questions and answers in words, findings, evidence."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from surveys import submissions
from surveys.models import Attachment, Interview, Membership, Role, Site, Submission, User
from surveys.xforms.instance import read_instance
from tests.factories import (
    NOBODY,
    make_city,
    make_enumerator,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
)
from tests.surveys import panel


@pytest.fixture
def interview(db: None) -> Interview:
    site = make_site(make_survey(), "S1", city=make_city("c01"))
    return make_interview(site, make_version(site.survey), age="12", works="no")


def client_of(interview: Interview, role: Role) -> Client:
    client = Client()
    client.force_login(make_member(interview.questionnaire.survey, role))
    return client


def page(interview: Interview, labels: str = "en", role: Role = Role.COORDINATOR) -> str:
    address = reverse("admin:surveys_interview_change", args=(interview.pk,))
    return client_of(interview, role).get(address, {"labels": labels}).content.decode()


@pytest.mark.parametrize(
    ("labels", "question", "answer"),
    [("en", "2. Do you work?", "No"), ("zh", "2. 您工作吗？", "否")],
)
def test_answers_are_shown_in_words(
    interview: Interview, labels: str, question: str, answer: str
) -> None:
    shown = page(interview, labels)
    assert question in shown
    assert f"<b>{answer}</b>" in shown


def test_questions_that_did_not_apply_say_so(interview: Interview) -> None:
    assert "does not apply" in page(interview)


def test_findings_are_sentences(interview: Interview) -> None:
    shown = page(interview)
    assert "Outside what the form allows" in shown
    assert "(12)" in shown


def test_the_evidence_is_named_by_its_hash(interview: Interview) -> None:
    assert interview.current is not None
    assert interview.current.xml_sha256 in page(interview)
    assert "Download XML" in page(interview)
    assert "Download XML" not in page(interview, role=Role.ANALYST)


def test_nobody_changes_an_interview(interview: Interview) -> None:
    address = reverse("admin:surveys_interview_change", args=(interview.pk,))
    client = client_of(interview, Role.COORDINATOR)
    assert client.post(address, {"state": "approved"}).status_code == 403
    assert client.get(reverse("admin:surveys_interview_add")).status_code == 403
    delete = reverse("admin:surveys_interview_delete", args=(interview.pk,))
    assert client.post(delete, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"survey": "0"}, 1),  # there is one survey, so there is nothing to choose
        ({"state__exact": "submitted"}, 1),
        ({"state__exact": "rejected"}, 0),
        ({"outcome__exact": "completed"}, 1),
        ({"site": "nonsense"}, 1),
        ({"site": "²"}, 1),
        ({"site": "9" * 5000}, 1),
        ({"site": "0"}, 0),
    ],
)
def test_the_list_is_filtered(interview: Interview, query: dict[str, str], found: int) -> None:
    address = reverse("admin:surveys_interview_changelist")
    response = client_of(interview, Role.ANALYST).get(address, query)
    assert len(response.context["cl"].result_list) == found


def test_the_list_is_filtered_by_day(interview: Interview) -> None:
    address = reverse("admin:surveys_interview_changelist")
    query = {"received_at_from": "1999-01-01", "received_at_to": "1999-01-02"}
    response = client_of(interview, Role.ANALYST).get(address, query)
    assert len(response.context["cl"].result_list) == 0


def test_only_a_list_that_is_filtered_leads_to_all(interview: Interview) -> None:
    client = client_of(interview, Role.COORDINATOR)
    address = reverse("admin:surveys_interview_changelist")
    assert "Show all" not in client.get(address).content.decode()
    assert "Show all" in client.get(address, {"state__exact": "rejected"}).content.decode()


def test_analysts_lists_have_no_enumerator(interview: Interview) -> None:
    address = reverse("admin:surveys_interview_changelist")
    columns = client_of(interview, Role.ANALYST).get(address).context["cl"].list_display
    assert "enumerator_shown" not in columns


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SUPERVISOR])
def test_who_runs_one_survey_sees_no_names_of_another(interview: Interview, role: Role) -> None:
    """An analyst here who runs another survey sees that one's enumerators only."""
    own = make_site(make_survey())
    shown = make_enumerator(own, "SHOWN")
    hidden = make_member(interview.questionnaire.survey, Role.ENUMERATOR, "HIDDEN")
    theirs = make_interview(own, make_version(own.survey))
    Interview.objects.filter(pk=interview.pk).update(enumerator=hidden)
    Interview.objects.filter(pk=theirs.pk).update(enumerator=shown)
    client = client_of(interview, Role.ANALYST)
    reader = User.objects.get(pk=client.session["_auth_user_id"])
    Membership.objects.create(user=reader, survey=own.survey, role=role)
    listed = client.get(reverse("admin:surveys_interview_changelist")).content.decode()
    assert interview.root_uuid.removeprefix("uuid:")[:8] in listed
    assert "HIDDEN" not in listed
    assert "SHOWN" in listed
    address = reverse("admin:surveys_interview_change", args=(interview.pk,))
    assert "HIDDEN" not in client.get(address).content.decode()


@pytest.mark.parametrize("query", [{"enumerator": "1"}, {"answers__psu_id": "S1"}])
def test_a_list_is_not_filtered_by_what_it_does_not_show(
    interview: Interview, query: dict[str, str]
) -> None:
    address = reverse("admin:surveys_interview_changelist")
    assert client_of(interview, Role.ANALYST).get(address, query).status_code == 400


def test_a_file_is_named_safely(interview: Interview) -> None:
    Submission.objects.update(instance_id='uuid:a"; b\r\n表')
    address = reverse("admin:surveys_interview_xml", args=(interview.current_id,))
    answer = client_of(interview, Role.COORDINATOR).get(address)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''a%22")


def test_a_list_page_asks_the_database_a_bounded_number_of_questions(
    interview: Interview, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version = interview.current.version if interview.current else None
    site = interview.site
    assert version is not None
    assert isinstance(site, Site)
    for _ in range(10):
        make_interview(site, version)
    client = client_of(interview, Role.COORDINATOR)
    with django_assert_max_num_queries(20):
        client.get(reverse("admin:surveys_interview_changelist"))


def test_its_page_asks_the_database_at_most_twenty_questions(
    interview: Interview, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(interview, Role.COORDINATOR)
    address = reverse("admin:surveys_interview_change", args=(interview.pk,))
    with django_assert_max_num_queries(20):
        client.get(address)


@pytest.mark.parametrize("word", ["uuid:abcd", "abcd1234", " abcd "])
def test_an_interview_is_found_by_how_its_id_begins(interview: Interview, word: str) -> None:
    Interview.objects.filter(pk=interview.pk).update(root_uuid="uuid:abcd1234-5")
    client = client_of(interview, Role.COORDINATOR)
    address = reverse("admin:surveys_interview_changelist")
    assert list(client.get(address, {"q": word}).context["cl"].result_list) == [interview]
    assert not client.get(address, {"q": "1234"}).context["cl"].result_list


HOUSEHOLD = """
| survey |
|  | type           | name   | label::English (en)  | calculation           |
|  | text           | psu_id | Site                 |
|  | begin_repeat   | member | Member               |
|  | text           | who    | Name                 |
|  | select_one yn  | works  | Does ${who} work?    |
|  | calculate      | letters |                     | string-length(${who}) |
|  | end_repeat     |        |                      |
|  | calculate      | people |                      | count(${member})      |
|  | text           | told   | As counted           | concat(${people}, ' people') |
|  | image          | photo  | Photo                |
|  | file           | paper  | Paper                |
| choices |
|  | list_name | name | label::English (en) |
|  | yn        | yes  | Yes                 |
| settings |
|  | form_id | version |
|  | house   | 1       |
"""
ANSWERS = """<data id="house" version="1"><psu_id>S1</psu_id>
<member><who>Ann</who><works>yes</works><letters>3</letters></member>
<member><who>Bo</who><works>perhaps</works><letters>2</letters></member>
<people>2</people><told>2 people</told>
<photo>house.jpg</photo><paper>evil.html</paper>
<meta><instanceID>uuid:1</instanceID></meta></data>"""


@pytest.fixture
def household(db: None, settings: Settings, tmp_path: Path) -> Interview:
    """Two people, a picture that has arrived and a paper that has not."""
    settings.MEDIA_ROOT = tmp_path
    site = make_site(make_survey(), "S1")
    make_version(site.survey, HOUSEHOLD)
    files = [ContentFile(b"picture", "house.jpg")]
    instance = read_instance(ANSWERS.encode())
    return submissions.receive(instance, site.survey, NOBODY, files=files).submission.interview


def test_instances_of_a_repeat_are_shown_in_order(household: Interview) -> None:
    shown = page(household).partition('<tr class="instance in-1">')[2]
    marks = ["Member 1", "Ann", "Does Ann work?", "Yes", "Member 2", "Bo", "Does Bo work?"]
    found = [shown.index(mark) for mark in marks]
    assert found == sorted(found)


def test_what_the_form_worked_out_is_shown_and_marked(household: Interview) -> None:
    shown = page(household)
    _, _, given = shown.partition("Filled in by the form")
    for name, value in {"people": 2, "member[1]/letters": 3, "member[2]/letters": 2}.items():
        assert f"<code>{name}</code>" in given
        assert f'<b>{value}</b> <span class="chip note">calculated</span>' in given
    assert '<b>2 people</b> <span class="chip note">calculated</span>' in shown
    assert shown.count(">calculated<") == 4


def test_a_finding_in_a_repeat_says_where(household: Interview) -> None:
    shown = page(household)
    assert "<code>member[2]/works</code></a> Does Bo work?" in shown


def arrived() -> Attachment:
    return Attachment.objects.get(file__gt="")


def test_a_file_that_has_not_arrived_is_named(household: Interview) -> None:
    _, _, shown = page(household).partition("Files that have not arrived")
    assert shown.index("<code>evil.html</code>") < shown.index("</section>")
    Attachment.objects.filter(file="").delete()
    assert "Files that have not arrived" not in page(household)


def test_versions_are_listed_and_the_current_one_is_marked(household: Interview) -> None:
    assert ">current<" not in page(household)
    edit = ANSWERS.replace(
        "uuid:1</instanceID>", "uuid:2</instanceID><deprecatedID>uuid:1</deprecatedID>"
    )
    survey = household.questionnaire.survey
    again = submissions.receive(read_instance(edit.encode()), survey, NOBODY).submission.interview
    assert again == household
    shown = page(again)
    assert shown.count("Download XML") == 2
    assert shown.count(">current<") == 1


def test_a_correction_that_waits_leads_to_what_counts(household: Interview) -> None:
    """Somebody else's: two corrections of one version."""
    survey = household.questionnaire.survey
    edits = [
        ANSWERS.replace(
            "uuid:1</instanceID>", f"uuid:{number}</instanceID><deprecatedID>uuid:1</deprecatedID>"
        )
        for number in (2, 3)
    ]
    taken, waits = (
        submissions.receive(read_instance(edit.encode()), survey, NOBODY).submission.interview
        for edit in edits
    )
    address = reverse("admin:surveys_interview_change", args=(taken.pk,))
    assert f'<a href="{address}">The interview that counts meanwhile</a>' in page(waits)
    assert "that counts meanwhile" not in page(household)


def test_the_questionnaire_is_named(interview: Interview) -> None:
    shown = page(interview)
    assert '<dt>Questionnaire</dt><dd>Small <span class="detail">version 1</span></dd>' in shown


def test_a_survey_of_several_questionnaires_is_filtered_by_one(interview: Interview) -> None:
    survey = interview.questionnaire.survey
    address = reverse("admin:surveys_interview_changelist")
    client = client_of(interview, Role.ANALYST)
    one = interview.questionnaire_id
    assert "questionnaire_shown" not in client.get(address).context["cl"].list_display
    other = make_version(survey, HOUSEHOLD).questionnaire_id
    for questionnaire, found in ((one, 1), (other, 0)):
        response = client.get(address, {"questionnaire": questionnaire})
        assert len(response.context["cl"].result_list) == found
        assert 'name="questionnaire"' in response.content.decode()
    assert ">Small<" in client.get(address).content.decode()


def test_the_title_of_the_page_is_short_and_says_what_it_is(interview: Interview) -> None:
    assert str(interview) == f"interview {interview.root_uuid.removeprefix('uuid:')[:8]}"


def test_a_chosen_entry_of_a_list_is_named_and_linked(db: None) -> None:
    site, person = panel.begin()
    panel.send(panel.entering("p-1", phone="Wang (5)"), site, person)
    visit = panel.send(panel.visiting("p-1", base=1, phone="2"), site, person)
    visited = visit.submission.interview
    address = reverse("admin:surveys_entity_change", args=(panel.entity(site, "p-1").pk,))
    shown = page(visited)
    assert f'<a href="{address}">Wang (5)</a></b><br><code class="detail">p-1</code>' in shown
    of_analyst = page(visited, role=Role.ANALYST)
    assert "<b>Wang (5)</b>" in of_analyst
    assert address not in of_analyst


@pytest.fixture
def unread(db: None) -> Interview:
    """An interview of a version that nobody has published."""
    site = make_site(make_survey(), "S1")
    make_version(site.survey, HOUSEHOLD)
    instance = read_instance(ANSWERS.replace('version="1"', 'version="9"').encode())
    return submissions.receive(instance, site.survey, NOBODY).submission.interview


def test_of_an_unknown_version_one_is_told_to_publish_it_first(unread: Interview) -> None:
    shown = page(unread)
    assert "They belong to version 9 of" in shown
    assert "Once the version is published." in shown
    assert "with the answers below" not in shown
    assert "Site not known here" not in shown
    make_version(unread.questionnaire.survey, HOUSEHOLD.replace("| 1  ", "| 9  "))
    assert "They belong to version 9 of" not in page(unread)


def test_a_file_that_arrived_is_linked(household: Interview) -> None:
    shown = page(household)
    address = reverse("admin:surveys_interview_file", args=(arrived().pk,))
    assert f'<a href="{address}">house.jpg</a>' in shown
    assert "<b>evil.html</b>" in shown
    assert address not in page(household, role=Role.ANALYST)  # whom it shows


@pytest.mark.parametrize(
    ("name", "kind", "is_shown"),
    [
        ("house.jpg", "image/jpeg", True),
        ("evil.html", "application/octet-stream", False),
        ("evil.svg", "application/octet-stream", False),
    ],
)
def test_only_pictures_sounds_and_films_are_opened_here(
    household: Interview, name: str, kind: str, is_shown: bool
) -> None:
    Attachment.objects.exclude(pk=arrived().pk).delete()
    Attachment.objects.update(name=name)
    address = reverse("admin:surveys_interview_file", args=(arrived().pk,))
    taken = client_of(household, Role.COORDINATOR).get(address)
    assert b"".join(taken.streaming_content) == b"picture"  # type: ignore[attr-defined]
    assert taken.headers["Content-Type"] == kind
    assert taken.headers["Content-Disposition"].startswith("inline" if is_shown else "attachment")
    assert taken.headers["Content-Security-Policy"] == "sandbox"


def test_strangers_and_analysts_get_no_file(household: Interview) -> None:
    stranger = Client()
    stranger.force_login(make_member(make_survey(), Role.COORDINATOR))
    address = reverse("admin:surveys_interview_file", args=(arrived().pk,))
    for client in (stranger, client_of(household, Role.ANALYST)):
        assert client.get(address).status_code == 404
