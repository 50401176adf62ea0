"""The page of an interview says how it went, where the device kept a log of it."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from surveys import submissions
from surveys.admin.clocks import asked_of
from surveys.models import Interview, Role
from surveys.quantities import duration
from surveys.submissions import Sender
from surveys.xforms.instance import read_instance, set_meta, write_instance
from tests.factories import (
    SMALL_FORM,
    instance_xml,
    make_member,
    make_site,
    make_survey,
    make_version,
)
from tests.surveys.xforms.sealing import seal

T = 1_790_000_000_000
AUDITED = SMALL_FORM.replace(
    "| choices |", "|        | audit        | audit   |                |\n| choices |"
)
LOG = f"""event,node,start,end,old-value,new-value
question,/data/psu_id,{T},{T + 5000},,S1
question,/data/g/age,{T + 5000},{T + 130_000},16,30
tap dance,,{T},,,
"""


@pytest.fixture
def interview(db: None) -> Interview:
    site = make_site(make_survey(), "S1")
    version = make_version(site.survey, AUDITED)
    root = read_instance(instance_xml(version, psu_id="S1", age="30", works="no")).root
    set_meta(root, "audit", "audit.csv")
    instance = read_instance(write_instance(root))
    file = ContentFile(LOG.encode(), "audit.csv")
    return submissions.receive(
        instance, site.survey, Sender(None), files=[file]
    ).submission.interview


def page(interview: Interview, role: Role = Role.COORDINATOR) -> str:
    client = Client()
    client.force_login(make_member(interview.questionnaire.survey, role))
    address = reverse("admin:surveys_interview_change", args=(interview.pk,))
    return client.get(address, {"labels": "en"}).content.decode()


def test_the_log_says_when_where_the_answers_do_not(interview: Interview) -> None:
    interview.started_at = interview.ended_at = None
    with translation.override("en"):
        began, _, ended = asked_of(interview).partition(" – ")
    assert began.startswith("Sept. 21, 2026")
    assert ended.endswith(".m.")


def test_times_are_shown_by_section_and_question(interview: Interview) -> None:
    shown = page(interview)
    assert '<span lang="en">About you</span></td><td>2 min 5 s' in shown
    assert "Outside all sections</span></td><td>5 s" in shown
    assert '<code>g/age</code> <span lang="en">1. Age</span></td><td>2 min 5 s' in shown
    assert "<b>2 min 10 s</b>" in shown


def test_changed_answers_are_shown_before_and_after(interview: Interview) -> None:
    assert "<code>16</code> → <code>30</code>" in page(interview)


def test_what_could_not_be_read_is_said(interview: Interview) -> None:
    assert "Events not known here: 1 (tap dance)" in page(interview)


def test_answers_that_name_people_stay_unsaid(db: None) -> None:
    """Analysts see no answer to the question for the enumerator, also not as it was before."""
    site = make_site(make_survey(), "S1")
    form = AUDITED.replace("| hours   |", "| enumerator_id |").replace("decimal", "text")
    version = make_version(site.survey, form)
    root = read_instance(instance_xml(version, psu_id="S1", works="yes", enumerator_id="Li")).root
    set_meta(root, "audit", "audit.csv")
    row = f"question,/data/g/enumerator_id,{T},{T + 1000},Wang Secret,Li\n"
    file = ContentFile((LOG + row).encode(), "audit.csv")
    instance = read_instance(write_instance(root))
    receipt = submissions.receive(instance, site.survey, Sender(None), files=[file])
    interview = receipt.submission.interview
    assert "Wang Secret" in page(interview)
    assert "Wang Secret" not in page(interview, Role.ANALYST)


def test_an_interview_without_a_log_says_nothing_of_it(db: None) -> None:
    site = make_site(make_survey(), "S1")
    version = make_version(site.survey)
    instance = read_instance(instance_xml(version, psu_id="S1", age="30"))
    receipt = submissions.receive(instance, site.survey, Sender(None))
    assert "How the interview went" not in page(receipt.submission.interview)


def test_an_encrypted_interview_says_that_it_is(db: None) -> None:
    site = make_site(make_survey(), "S1")
    version = make_version(site.survey)
    sealed = seal(instance_xml(version, "uuid:1"), "uuid:1")
    receipt = submissions.receive(read_instance(sealed.xml), site.survey, Sender(None))
    shown = page(receipt.submission.interview)
    assert "Encrypted: does not count until it is decrypted" in shown
    assert "submission.xml.enc" in shown
    assert "no answer" not in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.4, "< 1 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (7265, "121 min 5 s")],
)
def test_durations_are_said_in_minutes_and_seconds(seconds: float, words: str) -> None:
    with translation.override("en"):
        assert duration(seconds) == words
