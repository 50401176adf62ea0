"""Which forms a device is offered."""

from django.db.models import Exists, F, OuterRef, Q

from surveys.memberships import has_role
from surveys.models import EntityList, FormFile, Questionnaire, QuestionnaireVersion, Survey, User
from surveys.models.questionnaire import VersionQuerySet
from surveys.models.survey import STAFF_ROLES


def versions_for(person: User, survey: Survey) -> VersionQuerySet:
    """All versions of the survey's open questionnaires, for who works at a site of it now.

    Each says whether it `has_files` or lists to fetch. Staff need no site: they try forms
    out. Second visits are begun on the web page, which knows whom they are for.
    """
    if not (has_role(person, survey.pk, *STAFF_ROLES) or survey.sites.visible_to(person).exists()):
        return QuestionnaireVersion.objects.none()
    files = FormFile.objects.filter(version=OuterRef("pk"))
    lists = EntityList.objects.filter(readers=OuterRef("pk"))
    questionnaires = Questionnaire.objects.open().main().filter(survey=survey)
    return (
        QuestionnaireVersion.objects.light()
        .filter(questionnaire__in=questionnaires)
        .select_related("questionnaire")
        .annotate(has_files=Q(Exists(files)) | Q(Exists(lists)))
        .order_by("questionnaire__form_id", "-pk")
    )


def current(versions: VersionQuerySet) -> VersionQuerySet:
    """Of each questionnaire the version that new interviews use."""
    return versions.filter(pk=F("questionnaire__current"))
