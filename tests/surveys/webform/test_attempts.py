"""Selected people on their enumerator's pages, without scripts: two taps to record a visit."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from surveys import contacts, worklists
from surveys.models import Attempt, Case, Contact, Draft, QuestionnaireVersion, Role, Site, User
from surveys.sampling.outcomes import Outcome
from surveys.webform.attempts import SHOWN
from tests.factories import make_enumerator, make_member, make_site
from tests.surveys.admin.office import client_of
from tests.surveys.listing import listed, tried

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(site: Site) -> Case:
    return listed(site, "C1")[0]


def record(phone: Client, case: Case, outcome: str, **more: str) -> Any:
    return phone.post(f"/people/{case.pk}/", {"key": str(uuid4()), "outcome": outcome, **more})


def text(phone: Client, address: str) -> str:
    answer = phone.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_way_from_the_first_page(phone: Client, site: Site, case: Case) -> None:
    assert "People: 0 of 1 done" in text(phone, "/")
    assert f'href="/people/{case.pk}/"' in text(phone, f"/sites/{site.pk}/people/")
    assert 'value="nobody_home"' in text(phone, f"/people/{case.pk}/")


def test_one_tap_records_and_leads_back_to_the_list(phone: Client, site: Site, case: Case) -> None:
    answer = record(phone, case, "not_eligible", note="A shop.")
    assert answer["Location"] == f"/sites/{site.pk}/people/"
    kept = Attempt.objects.get()
    assert (kept.outcome, kept.note, kept.enumerator) == (
        "not_eligible",
        "A shop.",
        site.assignments.get().enumerator,
    )
    assert timezone.now() - kept.at < timedelta(minutes=1)
    assert "C1: Not eligible. It is recorded." in text(phone, f"/sites/{site.pk}/people/")
    assert "Everybody here is done." in text(phone, f"/sites/{site.pk}/people/")
    assert "C1" in text(phone, f"/sites/{site.pk}/people/?show=done")


def test_a_time_to_come_back_is_on_the_first_page_on_its_day(phone: Client, case: Case) -> None:
    soon = timezone.localtime() + timedelta(seconds=90)
    record(phone, case, "call_back", again_at=soon.strftime("%Y-%m-%dT%H:%M:%S"))
    case.refresh_from_db()
    assert case.due_at == soon.replace(microsecond=0)
    shown = text(phone, "/")
    assert "Come back today" in shown or soon.date() != timezone.localdate()


@pytest.mark.parametrize(
    "told",
    [
        {"again_at": "2020-01-01T10:00"},
        {"at": "2999-01-01T10:00"},
        {"again_at": "soon"},
        {"outcome": "completed"},
        {"outcome": ""},
        {"key": "x"},
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_recorded(
    phone: Client, case: Case, told: dict[str, str]
) -> None:
    answer = phone.post(
        f"/people/{case.pk}/", {"key": str(uuid4()), "outcome": "call_back", **told}
    )
    assert answer.status_code == 422
    assert "Nothing was recorded yet" in answer.content.decode()
    assert not Attempt.objects.exists()


def test_a_slip_is_taken_back(phone: Client, case: Case) -> None:
    record(phone, case, "refused")
    assert "Take back" in text(phone, f"/people/{case.pk}/")
    phone.post(f"/people/{case.pk}/take-back/", {"attempt": Attempt.objects.get().pk})
    assert not Attempt.objects.exists()
    assert phone.post(f"/people/{case.pk}/take-back/", {"attempt": "x"}).status_code == 422


def test_an_interview_is_begun_with_the_person(
    phone: Client, site: Site, case: Case, version: QuestionnaireVersion
) -> None:
    shown = text(phone, f"/people/{case.pk}/")
    assert f'name="case" value="{case.pk}"' in shown
    address = f"/fill/{version.questionnaire_id}/"
    phone.post(address, {"site": site.code, "case": case.pk})
    assert Draft.objects.get().case == case
    (elsewhere,) = listed(make_site(site.survey, "S2"), "C2")
    for wrong in (elsewhere.pk, "x"):
        answer = phone.post(address, {"site": site.code, "case": wrong})
        assert answer.status_code in (403, 404)
    assert Draft.objects.count() == 1


def test_contacts_are_added_and_removed(phone: Client, case: Case) -> None:
    address = f"/people/{case.pk}/contact/"
    phone.post(address, {"kind": "phone", "value": "138 0000"})
    kept = Contact.objects.get()
    assert 'href="tel:138%200000"' in text(phone, f"/people/{case.pk}/")
    phone.post(address, {"remove": kept.pk})
    assert not Contact.objects.exists()
    assert phone.post(address, {"kind": "phone", "value": ""}).status_code == 422
    assert phone.post(address, {"kind": "pigeon", "value": "1"}).status_code == 422


def test_a_supervisor_sees_attempts_and_no_contacts(
    site: Site, enumerator: User, case: Case
) -> None:
    contacts.add(case, Contact.Kind.PHONE, "138 0000", enumerator)
    tried(case, enumerator, Outcome.NOBODY_HOME, note="Green door")
    shown = text(client_of(make_member(site.survey, Role.SUPERVISOR)), f"/people/{case.pk}/")
    assert "Green door" in shown
    assert "138 0000" not in shown
    assert "How to find" not in shown


@pytest.mark.parametrize("address", ["/people/{case}/", "/sites/{site}/people/"])
def test_somebody_else_s_people_are_not_shown(case: Case, address: str) -> None:
    other = make_enumerator(make_site(case.site.survey, "S2"), "E02")
    answer = client_of(other).get(address.format(case=case.pk, site=case.site_id))
    assert answer.status_code == 404


def test_a_long_list_goes_on_by_code(
    phone: Client, site: Site, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    listed(site, *(f"C{number:03}" for number in range(SHOWN + 1)))
    with django_assert_max_num_queries(9):
        shown = text(phone, f"/sites/{site.pk}/people/")
    assert f"C{SHOWN:03}" not in shown
    assert f"after=C{SHOWN - 1:03}" in shown
    assert f"C{SHOWN:03}" in text(phone, f"/sites/{site.pk}/people/?after=C{SHOWN - 1:03}")


def test_a_site_without_a_list_says_so(phone: Client, site: Site) -> None:
    assert "Nobody was selected beforehand" in text(phone, f"/sites/{site.pk}/people/")
    assert worklists.progress_at([site]) == {}
    assert "People:" not in text(phone, "/")
