"""How somebody can be found: seen by who works there and by coordinators, by nobody else."""

import pytest

from surveys import contacts
from surveys.contacts import NotAdded
from surveys.fieldwork import SiteNotYours
from surveys.models import Assignment, Case, Contact, Role, Site, User
from tests.factories import make_enumerator, make_member, make_site, make_survey
from tests.surveys.listing import listed

pytestmark = pytest.mark.django_db
PHONE = Contact.Kind.PHONE


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(), "S1")


@pytest.fixture
def case(site: Site) -> Case:
    return listed(site, "C1")[0]


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "E01")


def test_one_is_kept_once_and_removed_for_good(case: Case, person: User) -> None:
    kept = contacts.add(case, PHONE, " 138 0000 0000 ", person)
    assert contacts.add(case, PHONE, "138 0000 0000", person) == kept
    contacts.remove(case, kept.pk, person)
    assert not Contact.objects.exists()


def test_who_sees_them(case: Case, person: User, site: Site) -> None:
    contacts.add(case, PHONE, "1", person)
    survey = site.survey
    seers = [person, make_member(survey, Role.COORDINATOR)]
    others = [
        make_member(survey, Role.SUPERVISOR),
        make_member(survey, Role.ANALYST),
        make_enumerator(make_site(survey, "S2")),
        make_member(make_survey(), Role.COORDINATOR),
    ]
    assert [Contact.objects.visible_to(one).count() for one in seers + others] == [1, 1, 0, 0, 0, 0]
    assert [contacts.are_for(case, one) for one in seers + others] == [True] * 2 + [False] * 4
    for one in others:
        with pytest.raises(SiteNotYours):
            contacts.add(case, PHONE, "2", one)
    Assignment.objects.filter(enumerator=person).update(is_active=False)
    assert not Contact.objects.visible_to(person).exists()


def test_a_contact_of_somebody_else_is_not_removed_by_its_number(
    site: Site, case: Case, person: User
) -> None:
    (other,) = listed(site, "C2")
    kept = contacts.add(other, PHONE, "1", person)
    contacts.remove(case, kept.pk, person)
    assert Contact.objects.get() == kept


def test_what_says_nothing_or_is_one_too_many_is_refused(case: Case, person: User) -> None:
    with pytest.raises(NotAdded):
        contacts.add(case, PHONE, "  ", person)
    for number in range(contacts.MOST):
        contacts.add(case, PHONE, str(number), person)
    with pytest.raises(NotAdded):
        contacts.add(case, PHONE, "one more", person)
