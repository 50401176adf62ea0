"""Who gets answers under which terms: everything that leaves asks here."""

from django.db.models import QuerySet

from surveys.disclosure.coarseness import Dates, Place
from surveys.disclosure.terms import Terms
from surveys.memberships import has_role, may_see_identifiers
from surveys.models import Audience, Role, Survey, User

DEFAULT = "Analysts"  # shown in the reader's language


def audience_for(person: User | None, survey: Survey, chosen: Audience | None) -> Audience | None:
    """The audience through which a person gets answers, None for answers as they are.

    Coordinators choose, and so does the operator of the server, who is no person. Whoever may see
    direct identifiers needs none; everybody else gets what the survey's analysts get.
    """
    if person is None or has_role(person, survey.pk, Role.COORDINATOR):
        return chosen
    return None if may_see_identifiers(person, survey.pk) else default_of(survey)


def default_of(survey: Survey) -> Audience:
    """The audience of those without the right to see who somebody is; made when first needed."""
    audience, _made = Audience.objects.get_or_create(
        survey=survey, is_default=True, defaults={"name": DEFAULT}
    )
    return audience


def choices_of(survey: Survey) -> QuerySet[Audience]:
    """All audiences of a survey, that of its analysts first."""
    default_of(survey)
    return survey.audiences.order_by("-is_default", "name")


def terms_of(audience: Audience) -> Terms:
    return Terms(
        key=bytes(audience.key),
        dates=Dates(audience.dates),
        place=Place(audience.place),
        decimals=audience.decimals,
        widths=audience.widths,
    )
