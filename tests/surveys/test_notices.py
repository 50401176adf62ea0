"""What changed about a sign-in is told by e-mail, to whom it concerns, in their language."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from surveys import notices, passwords, second_steps
from surveys.models import Role, Site, User
from surveys.second_steps import WrongCode
from tests.factories import PASSWORD, make_member
from tests.signing import App, Clock, app_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "four quite other words"


@pytest.fixture
def person(site: Site) -> User:
    person = make_member(site.survey, Role.SUPERVISOR, "S1")
    person.email = "s1@example.org"
    person.save()
    return person


def told() -> list[tuple[list[str], str]]:
    return [(one.to, one.body.partition("\n")[0]) for one in mail.outbox]


Way = Callable[[User, Clock], object]


def switch_on(person: User, clock: Clock) -> None:
    app_of(person, clock)


def renew(person: User, clock: Clock) -> None:
    app_of(person, clock)
    mail.outbox.clear()
    second_steps.renew_codes(person)


def switch_off(person: User, clock: Clock) -> None:
    app_of(person, clock)
    mail.outbox.clear()
    second_steps.switch_off(person)


def change_password(person: User, _clock: Clock) -> None:
    passwords.change(person, PASSWORD, NEW)


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        (switch_on, "Two-step sign-in was switched on for your account S1."),
        (renew, "New recovery codes were made for your account S1."),
        (switch_off, "Two-step sign-in was switched off for your account S1."),
        (change_password, "The password of your account S1 was changed."),
    ],
)
def test_each_change_is_told(person: User, clock: Clock, way: Way, sentence: str) -> None:
    way(person, clock)
    assert told() == [(["s1@example.org"], sentence)]


def test_who_sets_anothers_password_is_named(person: User, site: Site, client: Client) -> None:
    client.force_login(make_member(site.survey, Role.COORDINATOR, "boss"))
    given = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert client.post(f"/admin/surveys/user/{person.pk}/password/", given).status_code == 302
    assert told() == [(["s1@example.org"], "boss has set another password for your account S1.")]


def test_another_address_is_told_to_the_former_one(
    person: User, site: Site, client: Client
) -> None:
    client.force_login(make_member(site.survey, Role.COORDINATOR, "boss"))
    address = f"/admin/surveys/user/{person.pk}/change/"
    page = client.get(address)
    form = page.context["adminform"].form
    given = {name: form.initial.get(name) or "" for name in form.fields}
    for inline in page.context["inline_admin_formsets"]:
        management = inline.formset.management_form
        given |= {
            f"{management.prefix}-{name}": value for name, value in management.initial.items()
        }
        for row in inline.formset.initial_forms:
            given |= {f"{row.prefix}-{name}": row.initial.get(name) or "" for name in row.fields}
            given[f"{row.prefix}-id"] = row.instance.pk
    given |= {"email": "thief@example.org", "is_active": "on"}
    assert client.post(address, given).status_code == 302
    assert told() == [(["s1@example.org"], "The e-mail address of your account S1 was changed.")]


def test_a_code_that_comes_a_second_time_is_told_and_logged(
    person: User, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    app: App = app_of(person, clock)
    clock.tick(60)
    code = app.code()
    second_steps.check(person, code)
    mail.outbox.clear()
    with pytest.raises(WrongCode):
        second_steps.check(person, "000000")
    assert told() == []
    with pytest.raises(WrongCode):
        second_steps.check(person, code)
    assert "was used a second time" in told()[0][1]
    assert "A code of S1 was used a second time" in caplog.text


def test_it_speaks_the_persons_language(person: User) -> None:
    person.language = "zh-hans"
    notices.tell(person, notices.PASSWORD_CHANGED)
    assert "S1" in told()[0][1]
    assert "密码" in told()[0][1]


def test_what_did_not_happen_is_not_told(person: User) -> None:
    with transaction.atomic():
        notices.tell(person, notices.PASSWORD_CHANGED)
        transaction.set_rollback(True)
    assert told() == []


def test_who_has_no_address_is_not_told(person: User) -> None:
    person.email = ""
    notices.tell(person, notices.PASSWORD_CHANGED)
    assert told() == []
