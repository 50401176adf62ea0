"""Publishing, opening and closing questionnaires."""

import hashlib
from functools import lru_cache

from django.db import transaction

from surveys.errors import SurveyError, gettext_noop
from surveys.models import Questionnaire, QuestionnaireVersion, Survey, User
from surveys.xforms.definition import FormDef
from surveys.xforms.xform import parse_xform
from surveys.xforms.xlsform import FormError, convert_workbook


class VersionTaken(SurveyError):
    """A version name that stands for another form already."""

    status = 409


@transaction.atomic
def publish(workbook: bytes, survey: Survey, *, by: User | None = None) -> QuestionnaireVersion:
    """Publish an XLSForm workbook as a new version; the same form again is the same version.

    Raises FormError, UnsupportedForm or VersionTaken, and stores nothing then.
    """
    xml = convert_workbook(workbook).xml
    form = parse_xform(xml)
    if not form.version:
        raise FormError(
            gettext_noop("Give the form a version: a column `version` in the sheet `settings`.")
        )
    questionnaire, _ = Questionnaire.objects.select_for_update().get_or_create(
        survey=survey, form_id=form.form_id, defaults={"title": form.title}
    )
    version = _version(questionnaire, form, xml, workbook, by)
    questionnaire.current = version
    questionnaire.title = form.title
    questionnaire.save(update_fields=["current", "title"])
    return version


def _version(
    questionnaire: Questionnaire, form: FormDef, xml: bytes, workbook: bytes, by: User | None
) -> QuestionnaireVersion:
    md5 = hashlib.md5(xml, usedforsecurity=False).hexdigest()  # the hash that OpenRosa asks for
    version, created = QuestionnaireVersion.objects.get_or_create(
        questionnaire=questionnaire,
        version=form.version,
        defaults={
            "workbook": workbook,
            "xml": xml,
            "xml_md5": md5,
            "definition": form.to_json(),
            "published_by": by,
        },
    )
    if not created and version.xml_md5 != md5:
        raise VersionTaken(
            gettext_noop(
                "Version %(version)s is published and cannot change. "
                "Give the form a new version in the sheet `settings`."
            ),
            version=form.version,
        )
    return version


def set_state(questionnaire: Questionnaire, state: Questionnaire.State) -> None:
    """Open or close a questionnaire. Devices may still send what they finished before."""
    questionnaire.state = state
    questionnaire.save(update_fields=["state"])


def count_questions(form: FormDef) -> int:
    """How many questions of the form can be answered."""
    return sum(question.takes_answer for question in form.questions)


def form_of(version: QuestionnaireVersion) -> FormDef:
    """The definition of a version, compiled once a process: versions never change."""
    return _form(version.pk, version.xml_md5)


@lru_cache(maxsize=64)
def _form(version_id: int, _xml_md5: str) -> FormDef:
    version = QuestionnaireVersion.objects.only("definition").get(pk=version_id)
    return FormDef.from_json(version.definition)
