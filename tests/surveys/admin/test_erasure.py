"""A coordinator erases an interview after typing its id, and can prove it; nobody else can."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from surveys.models import Case, Contact, Interview, Role, Tombstone
from tests.factories import PASSWORD
from tests.surveys import erased
from tests.surveys.admin.office import client_in, client_of, text
from tests.surveys.erased import Scene, erase
from tests.surveys.openrosa.test_submission import basic

pytestmark = pytest.mark.django_db
TYPED = {"reason": "withdrawn", "typed": "5D0D9e0e"}


@pytest.fixture
def scene(settings: Settings, tmp_path: Path) -> Scene:
    settings.MEDIA_ROOT = tmp_path
    return erased.begin()


def page(scene: Scene) -> str:
    return reverse("admin:surveys_interview_erase", args=(scene.interview.pk,))


def test_the_page_says_what_goes_and_what_left(scene: Scene) -> None:
    erased.follow(scene)
    client = client_of(scene.coordinator)
    with CaptureQueriesContext(connection) as queries:
        shown = text(client, page(scene))
    assert len(queries) <= 25
    assert "2 other records of the same conversation" in shown
    assert "One file was exported since" in shown
    assert "<code>5d0d9e0e</code>" in shown
    assert page(scene) in text(
        client, reverse("admin:surveys_interview_change", args=(scene.interview.pk,))
    )


def test_it_is_erased_once_its_id_is_typed_and_a_certificate_shown(scene: Scene) -> None:
    client = client_of(scene.coordinator)
    refused = client.post(page(scene), {**TYPED, "typed": "yes"})
    assert "Type 5d0d9e0e, the beginning" in refused.content.decode()
    assert Interview.objects.filter(pk=scene.interview.pk).exists()
    answer = client.post(page(scene), TYPED)
    tombstone = Tombstone.objects.get()
    certificate = reverse("admin:surveys_tombstone_change", args=(tombstone.pk,))
    assert (answer.status_code, answer["Location"]) == (302, certificate)
    shown = text(client, certificate)
    assert tombstone.versions.get().xml_sha256 in shown
    assert "Consent was withdrawn" in shown
    assert "5d0d9e0e" in text(client, reverse("admin:surveys_tombstone_changelist"))


def test_contacts_of_who_was_listed_go_if_asked(scene: Scene) -> None:
    case = scene.interview.case
    assert case is not None
    client = client_of(scene.coordinator)
    assert "with_contacts" not in text(client, page(scene))
    case.is_listed = True
    case.save()
    Contact.objects.create(case=case, value="1")
    assert "with_contacts" in text(client, page(scene))
    client.post(page(scene), {**TYPED, "with_contacts": "on"})
    assert not Contact.objects.exists()


def test_nobody_but_coordinators_finds_the_page(scene: Scene) -> None:
    for role in (Role.SUPERVISOR, Role.ANALYST):
        client = client_in(scene.site.survey, role)
        assert client.post(page(scene), TYPED).status_code == 404
    assert Interview.objects.filter(pk=scene.interview.pk).exists()


def test_a_device_that_sends_it_again_is_answered_as_before(client: Client, scene: Scene) -> None:
    def sent() -> tuple[int, bytes]:
        parts = {"xml_submission_file": erased.part(scene.xml), **erased.parts(scene)}
        answer = client.post("/s/river/submission", parts, headers=basic("E01", PASSWORD))
        return answer.status_code, answer.content

    before = sent()
    erase(scene)
    assert (sent(), before[0]) == (before, 202)
    assert Interview.objects.count() == 1


def test_the_command_proves_it_or_says_where_something_is(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    tombstone = erase(scene)
    call_command("verify_erasure", "--survey", "river")
    assert "1 interview erased; nothing of them is left." in capsys.readouterr().out
    tombstone.refresh_from_db()
    assert tombstone.verified_at
    case = Case.objects.get(interviews__in=Interview.objects.all())
    Contact.objects.create(case=case, value=tombstone.root_uuid)
    with pytest.raises(CommandError, match="1 remnants of 1 erased"):
        call_command("verify_erasure")
    assert "surveys_contact" in capsys.readouterr().out
    assert "nothing was found" in text(
        client_of(scene.coordinator),
        reverse("admin:surveys_tombstone_change", args=(tombstone.pk,)),
    )
