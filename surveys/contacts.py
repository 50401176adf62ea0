"""How selected people can be found again: kept apart from all answers, in no list and no export."""

from django.db import transaction

from surveys import fieldwork
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Case, Contact, User

MOST = 20  # of one person


class NotAdded(SurveyError):
    """A contact that says nothing, or one too many."""

    status = 422


def are_for(case: Case, person: User) -> bool:
    """Whether the person works at the site now or coordinates the survey: nobody else sees them."""
    return Case.objects.reachable_by(person).filter(pk=case.pk).exists()


@transaction.atomic
def add(case: Case, kind: Contact.Kind, value: str, by: User) -> Contact:
    """Keep one, once. Raises SiteNotYours, NotAdded."""
    require(case, by)
    if not value.strip():
        raise NotAdded(gettext_noop("Write the number, name or address."))
    if case.contacts.count() >= MOST:
        raise NotAdded(
            gettext_noop("%(code)s has %(n)s contacts already. Remove one first."),
            code=case.code,
            n=MOST,
        )
    found, _ = Contact.objects.get_or_create(
        case=case, kind=kind, value=value.strip(), defaults={"by": by}
    )
    return found


def remove(case: Case, contact_id: int, by: User) -> None:
    """For good; one that is gone already stays so. Raises SiteNotYours."""
    require(case, by)
    Contact.objects.filter(case=case, pk=contact_id).delete()


def require(case: Case, person: User) -> None:
    """Raises SiteNotYours where the contacts are not the person's to see."""
    if not are_for(case, person):
        raise fieldwork.not_yours(case.site)
