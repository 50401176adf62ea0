"""Correcting on the page: choosing, looking at what follows, saving, being overtaken, undoing; and who may."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from surveys.models import (
    Change,
    CorrectionBatch,
    Interview,
    QuestionnaireVersion,
    Role,
    Site,
    User,
)
from surveys.submissions import Sender
from tests.factories import make_member, make_survey, make_version, receive
from tests.surveys.admin.office import client_of
from tests.surveys.test_ledger import correct, send

pytestmark = pytest.mark.django_db

REPEATED = """
| survey |              |          |          |          |                    |              |
|        | type         | name     | label    | required | relevant           | repeat_count |
|        | text         | psu_id   | Site     |          |                    |              |
|        | integer      | children | 1. Children |       |                    |              |
|        | begin_repeat | child    | Child    |          |                    | ${children}  |
|        | integer      | age      | 2. Age   | yes      |                    |              |
|        | end_repeat   |          |          |          |                    |              |
|        | image        | photo    | Photo    |          |                    |              |
| settings |            |          |          |
|        | form_id      | version  |          |
|        | family       | 1        |          |
"""


@pytest.fixture
def interview(version: QuestionnaireVersion, enumerator: User) -> Interview:
    return send(version, enumerator, "uuid:1")


@pytest.fixture
def client(coordinator: User) -> Client:
    return client_of(coordinator)


def address(interview: Interview) -> str:
    return reverse("admin:surveys_interview_correct", args=(interview.pk,))


def post(client: Client, interview: Interview, button: str = "look", **given: object) -> str:
    """What the page says to answers of the group `g`, by name, and to other fields of the page."""
    typed = {name: value for name, value in given.items() if name in ("age", "works", "hours")}
    data = {
        "reason": "Said by phone.",
        "seen": interview.current_id,
        "question": [f"g/{name}" for name in typed],
        button: "yes",
        **{f"/data/g/{name}": value for name, value in typed.items()},
        **{name: value for name, value in given.items() if name not in typed},
    }
    return client.post(address(interview), data, follow=True).content.decode()


def looked_in(page: str) -> str:
    found = re.search('name="looked" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def answers(interview: Interview) -> dict[str, str]:
    found: dict[str, str] = Interview.objects.get(pk=interview.pk).answers
    return found


def test_a_question_is_chosen_and_asked_in_its_own_way(
    client: Client, interview: Interview
) -> None:
    choosing = client.get(address(interview)).content.decode()
    for place in ("g/age", "g/works", "g/hours"):
        assert f'<option value="{place}">' in choosing
    asking = client.get(address(interview), {"question": "g/works"}).content.decode()
    assert 'value="yes" checked' in asking
    assert "Prefer not to answer" in asking
    chinese = client.get(address(interview), {"question": "g/works", "labels": "zh"})
    assert "您工作吗？" in chinese.content.decode()


def test_what_follows_is_shown_before_it_is_saved(client: Client, interview: Interview) -> None:
    shown = post(client, interview, works="no")
    assert "What follows" in shown
    assert re.search(r"3\..*follows|Hours.*follows", shown)
    assert not Change.objects.exists()
    saved = post(client, interview, "save", works="no", looked=looked_in(shown))
    assert "The correction is saved" in saved
    assert answers(interview)["g/works"] == "no"
    assert "Said by phone." in saved
    assert Change.objects.filter(is_consequence=True).get().place == "g/hours"


def test_a_correction_stands_in_words_and_its_version_is_the_offices(
    client: Client, interview: Interview
) -> None:
    shown = post(client, interview, works="no")
    saved = post(client, interview, "save", works="no", looked=looked_in(shown))
    told = re.findall(
        r'<td class="(?:old|new)"[^>]*>(.*?) <code class="detail">(.*?)</code>', saved
    )
    assert told[:2] == [("Yes", "yes"), ("No", "no")]
    assert saved.count("corrected by the office") == 1


def test_what_nobody_looked_at_is_not_saved(client: Client, interview: Interview) -> None:
    looked = looked_in(post(client, interview, hours="48"))
    shown = post(client, interview, "save", hours="50", looked=looked)
    assert "Save it if it is right" in shown
    assert not Change.objects.exists()


def test_a_reason_is_needed(client: Client, interview: Interview) -> None:
    looked = looked_in(post(client, interview, hours="48"))
    shown = post(client, interview, "save", hours="48", looked=looked, reason="")
    assert "Say why the answer is corrected." in shown
    assert not Change.objects.exists()


def test_what_the_form_does_not_allow_is_said_beside_the_question(
    client: Client, interview: Interview
) -> None:
    shown = post(client, interview, age="150")
    assert "The form does not allow this yet" in shown
    assert shown.count("Between 16 and 90") == 2
    assert 'name="save"' not in shown


def test_what_must_be_answered_too_is_asked(client: Client, enumerator: User, site: Site) -> None:
    form = make_version(site.survey, REPEATED)
    alone = receive(form, Sender(enumerator), psu_id="S1", children="0").submission.interview

    def one_child(**given: str) -> str:
        places = ["children", *(["child[1]/age"] if "/data/child[1]/age" in given else [])]
        data = {"reason": "x", "seen": alone.current_id, "question": places, "/data/children": "1"}
        return client.post(address(alone), {**data, **given}, follow=True).content.decode()

    shown = one_child()
    assert 'name="/data/child[1]/age"' in shown
    assert "Please answer this question." in shown
    age = {"/data/child[1]/age": "7"}
    looked = looked_in(one_child(**age))
    assert "is saved" in one_child(**age, save="yes", looked=looked)
    assert answers(alone)["child[1]/age"] == "7"


def test_what_nobody_can_type_is_not_asked(
    client: Client, interview: Interview, enumerator: User, site: Site
) -> None:
    form = make_version(site.survey, REPEATED)
    family = receive(form, Sender(enumerator), psu_id="S1").submission.interview
    for one, place in ((interview, "nothing"), (interview, "start"), (family, "photo")):
        shown = client.get(address(one), {"question": place}).content.decode()
        assert "Nobody can type that answer." in shown
        data = {"question": place, f"/data/{place}": "x", "seen": one.current_id}
        assert client.post(address(one), data).status_code == 404


def test_who_is_overtaken_sees_both_and_chooses(
    client: Client, interview: Interview, coordinator: User
) -> None:
    looked = looked_in(post(client, interview, hours="50"))
    theirs = correct(interview, coordinator, hours="48", age="31")
    told = post(client, interview, "save", hours="50", looked=looked)
    assert "Somebody else changed this interview" in told
    for seen in ("40", "48", "50", "31"):
        assert f">{seen}<" in told
    assert answers(interview)["g/hours"] == "48"
    left = post(client, interview, "look", hours="50", seen=theirs.pk, **{"take-g/hours": "theirs"})
    assert "as the other person left it" in left
    again = post(client, interview, hours="50", seen=theirs.pk, **{"take-g/hours": "mine"})
    post(client, interview, "save", hours="50", seen=theirs.pk, looked=looked_in(again))
    assert answers(interview)["g/hours"] == "50"
    assert answers(interview)["g/age"] == "31"


def test_a_correction_is_undone_on_the_interviews_page(
    client: Client, interview: Interview, coordinator: User
) -> None:
    made = correct(interview, coordinator, hours="48")
    undo = reverse("admin:surveys_interview_undo", args=(interview.pk, made.pk))
    page = reverse("admin:surveys_interview_change", args=(interview.pk,))
    assert undo in client.get(page).content.decode()
    assert "The correction is undone" in client.post(undo, follow=True).content.decode()
    assert answers(interview)["g/hours"] == "40"
    assert undo not in client.get(page).content.decode()
    assert "undone already" in client.post(undo, follow=True).content.decode()


def test_an_edit_and_the_offices_answers_are_chosen_from(
    client: Client,
    interview: Interview,
    version: QuestionnaireVersion,
    enumerator: User,
    coordinator: User,
) -> None:
    correct(interview, coordinator, hours="48", age="31")
    edit = send(version, enumerator, "uuid:edit", "uuid:1", hours="44", age="33")
    page = client.get(reverse("admin:surveys_interview_change", args=(edit.pk,))).content.decode()
    assert "The office corrected answers that this edit does not know of" in page
    assert 'name="verdict" value="replace"' not in page  # it would not ask which answers stand
    assert 'name="verdict" value="count"' in page
    given = {
        "seen": edit.current_id,
        "over": interview.submissions.get(is_office=True).pk,
        "keep-g/hours": "office",
        "keep-g/age": "device",
    }
    assert f'name="over" value="{given["over"]}"' in page
    done = client.post(
        reverse("admin:surveys_interview_reconcile", args=(edit.pk,)), given, follow=True
    )
    assert "The edit is in its place" in done.content.decode()
    assert (answers(interview)["g/hours"], answers(interview)["g/age"]) == ("48", "33")


def test_who_may_correct(interview: Interview, site: Site, enumerator: User) -> None:
    enumerator.memberships.update(team="north")
    other = make_survey()
    allowed = {
        make_member(site.survey, Role.COORDINATOR): 200,
        make_member(site.survey, Role.SUPERVISOR, team="north"): 200,
        make_member(site.survey, Role.SUPERVISOR, team="south"): 404,
        make_member(site.survey, Role.ANALYST): 404,
        make_member(other, Role.COORDINATOR): 404,
        enumerator: 302,
    }
    for person, status in allowed.items():
        assert client_of(person).get(address(interview)).status_code == status


def test_analysts_read_what_changed_and_neither_reason_nor_name(
    interview: Interview, site: Site, coordinator: User
) -> None:
    made = correct(interview, coordinator, hours="48")
    batch = CorrectionBatch.objects.create(survey=site.survey, title="Telephone → 138 0000")
    made.changes.update(batch=batch)
    analyst = client_of(make_member(site.survey, Role.ANALYST))
    page = analyst.get(reverse("admin:surveys_interview_change", args=(interview.pk,)))
    shown = page.content.decode()
    assert "Corrections" in shown
    assert "Decimal point" not in shown
    assert "138 0000" not in shown
    assert f">{coordinator.username}<" not in shown
    assert "Undo" not in re.sub("<th.*?</th>", "", shown)
