"""A second step of signing in: a code is good once, guesses get slow, and who may take it away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connections
from pytest_django import Settings

from surveys import second_steps
from surveys.models import Membership, RecoveryCode, Role, SecondStep, User
from surveys.second_steps import MayNotReset, Paused, WrongCode
from tests.factories import make_member, make_survey, make_user
from tests.signing import App, Clock, app_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_user("office")


def test_an_app_and_the_server_agree_as_the_standard_has_it() -> None:
    """The first lines of the table in RFC 6238, appendix B, in six digits."""
    codes = second_steps.app_codes(b"12345678901234567890")
    assert [codes.generate(at) for at in (59, 1111111109)] == [b"287082", b"081804"]


def test_it_is_on_when_the_app_has_shown_that_it_works(person: User, clock: Clock) -> None:
    app = App(second_steps.begin(person), clock)
    assert second_steps.begin(person).text == app.secret.text
    assert not second_steps.is_on(person)
    with pytest.raises(WrongCode):
        second_steps.switch_on(person, "000000")
    codes = second_steps.switch_on(person, app.code())
    assert second_steps.is_on(person)
    assert len(set(codes)) == second_steps.codes_left(person) == 10


def test_a_code_is_good_for_once_and_so_are_those_before_it(person: User, clock: Clock) -> None:
    app = app_of(person, clock)
    with pytest.raises(WrongCode):
        second_steps.check(person, app.code())  # which switched it on
    clock.tick(60)
    before = app.code(-30)
    second_steps.check(person, app.code())
    for used in (app.code(), before):
        with pytest.raises(WrongCode):
            second_steps.check(person, used)


@pytest.mark.parametrize(
    ("off_s", "is_taken"), [(-30, True), (30, True), (-90, False), (90, False)]
)
def test_the_clock_of_a_phone_may_be_off_a_little(
    person: User, clock: Clock, off_s: int, is_taken: bool
) -> None:
    app = app_of(person, clock)
    clock.tick(300)
    if is_taken:
        second_steps.check(person, app.code(off_s))
    else:
        with pytest.raises(WrongCode):
            second_steps.check(person, app.code(off_s))


def test_a_recovery_code_works_once_and_however_it_is_typed(person: User, clock: Clock) -> None:
    app = App(second_steps.begin(person), clock)
    code, other, third, *_rest = second_steps.switch_on(person, app.code())
    second_steps.check(person, code.lower().replace("-", " "))
    with pytest.raises(WrongCode):
        second_steps.check(person, code)
    second_steps.check(person, other)
    new = second_steps.renew_codes(person)
    with pytest.raises(WrongCode):
        second_steps.check(person, third)
    second_steps.check(person, new[0])


def test_recovery_codes_are_all_chance(person: User, clock: Clock) -> None:
    """112 bits and more, as the standard asks of codes whose digests have no salt of their own."""
    codes = second_steps.switch_on(person, App(second_steps.begin(person), clock).code())
    assert len(set(codes)) == second_steps.RECOVERY_CODES
    assert all(len(code.replace("-", "")) * 5 >= 112 for code in codes)


def test_guessing_gets_slow_and_a_recovery_code_ends_it(person: User, clock: Clock) -> None:
    app = App(second_steps.begin(person), clock)
    codes = second_steps.switch_on(person, app.code())
    guesses = 0
    for _turn in range(360):  # in an hour
        clock.tick(10)
        try:
            second_steps.check(person, "000000")
        except WrongCode:
            guesses += 1
        except Paused:
            pass
    assert guesses <= 16
    clock.tick(30)
    with pytest.raises(Paused):
        second_steps.check(person, app.code())
    second_steps.check(person, codes[0])
    second_steps.check(person, app.code())


@pytest.mark.django_db(transaction=True)
def test_a_code_that_comes_twice_at_once_is_taken_once(person: User, clock: Clock) -> None:
    app = app_of(person, clock)
    clock.tick(60)
    code = app.code()

    def take(_turn: int) -> bool:
        try:
            second_steps.check(person, code)
        except (WrongCode, Paused):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


def test_the_database_alone_gives_no_code_away(
    person: User, clock: Clock, settings: Settings
) -> None:
    app = App(second_steps.begin(person), clock)
    codes = second_steps.switch_on(person, app.code())
    step = SecondStep.objects.get()
    assert app.key not in bytes(step.sealed)
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert kept.isdisjoint(code.replace("-", "") for code in codes)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    clock.tick(60)
    for code in (app.code(), codes[0]):
        with pytest.raises(WrongCode):
            second_steps.check(person, code)
    settings.SECRET_KEY_FALLBACKS = [former]
    clock.tick(60)
    second_steps.check(person, app.code())
    second_steps.check(person, codes[0])


def test_setting_up_begins_anew_where_the_key_of_the_server_changed(
    person: User, settings: Settings
) -> None:
    first = second_steps.begin(person)
    settings.SECRET_KEY = "another key"
    assert second_steps.begin(person).text != first.text


def test_who_may_take_it_away_from_whom() -> None:
    survey, other = make_survey(), make_survey()
    people = {str(role): make_member(survey, role) for role in Role}
    people |= {"root": make_user(is_superuser=True), "peer": make_member(survey, Role.COORDINATOR)}
    people["elsewhere"] = make_member(other, Role.ANALYST)
    shared = people["shared"] = make_member(survey, Role.ANALYST)
    Membership.objects.create(user=shared, survey=other, role=Role.ANALYST)
    boss, root = people[Role.COORDINATOR], people["root"]

    def names(by: User) -> set[str]:
        return {name for name, one in people.items() if second_steps.may_reset(by, one)}

    assert names(boss) == {"enumerator", "supervisor", "analyst"}
    assert names(root) == set(people) - {"root"}
    for role in (Role.ENUMERATOR, Role.SUPERVISOR, Role.ANALYST):
        assert names(people[role]) == set()
    with pytest.raises(MayNotReset):
        second_steps.reset(boss, by=people["peer"])


@pytest.mark.django_db(transaction=True)
def test_a_reset_ends_sessions_and_is_told(
    person: User, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    app_of(person, clock)
    User.objects.filter(pk=person.pk).update(email="office@example.org")
    person.refresh_from_db()
    known = person.get_session_auth_hash()
    second_steps.reset(person, by=make_user("root", is_superuser=True))
    assert not second_steps.is_on(person)
    assert User.objects.get(pk=person.pk).get_session_auth_hash() != known
    assert "Second step of office reset by root" in caplog.text
    assert [(one.to, "root has switched off" in one.body) for one in mail.outbox] == [
        (["office@example.org"], True)
    ]
