"""Publishing, opening and closing questionnaires."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from django.db import transaction

from surveys import entity_lists, formfiles
from surveys.disclosure.identifiers import direct_keys
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.context import Environment
from surveys.models import FormFile, Questionnaire, QuestionnaireVersion, Survey, User
from surveys.xforms.definition import FORMAT, FormDef
from surveys.xforms.environments import environment_for
from surveys.xforms.linting import linter
from surveys.xforms.linting.findings import Finding
from surveys.xforms.linting.identifiers import remind, with_identifiers
from surveys.xforms.linting.linter import Review
from surveys.xforms.linting.site import check_site
from surveys.xforms.xform import UnsupportedForm, read_xform
from surveys.xforms.xlsform import FormError, convert_workbook

NO_FILES: Mapping[str, bytes] = MappingProxyType({})
ADDED = "added"  # the code of notes about what publishing brings beside the form


@dataclass(frozen=True)
class Enclosure:
    """What another package reads in workbooks beside their form.

    `check` finds what is wrong with it in any survey, `compare` what it means in one survey, and
    `keep` takes it over, in the transaction in which the form is published; doing so again changes
    nothing. `keep` raises SurveyError for what the others have an error about.
    """

    check: Callable[[bytes], Sequence[Finding]]
    compare: Callable[[bytes, Survey], Sequence[Finding]]
    keep: Callable[[bytes, Survey], None]


ENCLOSURES: list[Enclosure] = []
Look: TypeAlias = Callable[[bytes, Sequence[Finding]], Review]


class VersionTaken(SurveyError):
    """A version name that stands for another form already."""

    status = 409


def review(workbook: bytes, look: Look = linter.review) -> Review:
    """Everything that is wrong with a workbook, and the form that it makes.

    `look` is who looks at the form; of workbooks of strangers it is `isolation.review`.
    """
    beside = [finding for enclosure in ENCLOSURES for finding in enclosure.check(workbook)]
    found = look(workbook, beside)
    if found.form is None:
        return found
    cell = linter.setting_cell(workbook, "form_id")
    remarks = (*check_site(found.form, cell), *remind(found.form, cell))
    return replace(found, findings=(*found.findings, *remarks))


def compare(workbook: bytes, survey: Survey) -> tuple[Finding, ...]:
    """What a workbook holds beside its form, seen from a survey: what it adds, what keeps it out."""
    return tuple(f for enclosure in ENCLOSURES for f in enclosure.compare(workbook, survey))


@transaction.atomic
def publish(
    workbook: bytes,
    survey: Survey,
    *,
    by: User | None = None,
    files: Mapping[str, bytes] = NO_FILES,
    xml: bytes | None = None,
) -> QuestionnaireVersion:
    """Publish an XLSForm workbook, with the files it shows and reads, as a new version.

    `xml` is what a review made of the workbook, where there was one: it is not converted again then.
    The same form with the same files again is the same version. Raises FormError, UnsupportedForm,
    VersionTaken or what an enclosure has against it, and stores nothing then.
    """
    xml = xml or convert_workbook(workbook).xml
    form, faults = read_xform(xml)
    form = with_identifiers(form, workbook)
    published = _published(survey, form)
    if published is None:
        served = entity_lists.served_in(survey, form)
        faults = (*faults, *formfiles.faults_of(form, files, served))
    if faults:
        raise UnsupportedForm(faults)
    if not form.version:
        raise FormError(
            gettext_noop("Give the form a version: a column `version` in the sheet `settings`.")
        )
    questionnaire, _ = Questionnaire.objects.select_for_update().get_or_create(
        survey=survey, form_id=form.form_id, defaults={"title": form.title}
    )
    version = published or _create(questionnaire, form, xml, workbook, by, files)
    if not is_same(version, form, xml, files):
        raise version_taken(version.version)
    questionnaire.current = version
    questionnaire.title = form.title
    questionnaire.identifiers = identifiers_of(questionnaire)
    if not questionnaire.interviews.exists():
        questionnaire.sealed_as = questionnaire.identifiers
    questionnaire.save(update_fields=["current", "title", "identifiers", "sealed_as"])
    for enclosure in ENCLOSURES:
        enclosure.keep(workbook, survey)
    return version


def identifiers_of(questionnaire: Questionnaire) -> list[str]:
    """The keys of answers that name somebody, as the newest versions that ask for them say."""
    versions = questionnaire.versions.light().order_by("-pk")
    return sorted(direct_keys([form_of(version) for version in versions]))


def _published(survey: Survey, form: FormDef) -> QuestionnaireVersion | None:
    return QuestionnaireVersion.objects.filter(
        questionnaire__survey=survey, questionnaire__form_id=form.form_id, version=form.version
    ).first()


def _create(
    questionnaire: Questionnaire,
    form: FormDef,
    xml: bytes,
    workbook: bytes,
    by: User | None,
    files: Mapping[str, bytes],
) -> QuestionnaireVersion:
    version, created = QuestionnaireVersion.objects.get_or_create(
        questionnaire=questionnaire,
        version=form.version,
        defaults={
            "workbook": workbook,
            "xml": xml,
            "xml_md5": _md5(xml),
            "definition": form.to_json(),
            "published_by": by,
        },
    )
    if created:
        formfiles.keep(version, form, files)
        entity_lists.keep(version, form, files.keys())
    return version


def _md5(xml: bytes) -> str:
    return hashlib.md5(xml, usedforsecurity=False).hexdigest()  # the hash that OpenRosa asks for


def is_same(
    version: QuestionnaireVersion, form: FormDef, xml: bytes, files: Mapping[str, bytes]
) -> bool:
    """Whether a version stands for just this form, with the same identifiers and no other files."""
    is_same_form = version.xml_md5 == _md5(xml) and form_of(version).identifiers == form.identifiers
    return is_same_form and not formfiles.differ(version, files)


def version_taken(version: str) -> VersionTaken:
    return VersionTaken(
        gettext_noop(
            "Version %(version)s is published and cannot change. "
            "Give the form a new version in the sheet `settings`."
        ),
        version=version,
    )


def set_state(questionnaire: Questionnaire, state: Questionnaire.State) -> None:
    """Open or close a questionnaire. Devices may still send what they finished before."""
    questionnaire.state = state
    questionnaire.save(update_fields=["state"])


def count_questions(form: FormDef) -> int:
    """How many questions of the form can be answered."""
    return sum(question.takes_answer for question in form.questions)


def form_of(version: QuestionnaireVersion) -> FormDef:
    """The definition of a version, compiled once a process: versions never change."""
    return compiled(version.pk, version.xml_md5)


@lru_cache(maxsize=64)
def compiled(version_id: int, _xml_md5: str) -> FormDef:
    """`form_of` for who has the version's key and hash at hand, and not the version."""
    version = QuestionnaireVersion.objects.defer("xml", "workbook").get(pk=version_id)
    if version.definition.get("format") == FORMAT:
        return FormDef.from_json(version.definition)
    form, _ = read_xform(bytes(version.xml))  # stored by an earlier release; the XForm is the truth
    return with_identifiers(form, bytes(version.workbook or b""))


def environment_of(
    version: QuestionnaireVersion,
    now: datetime,
    language: str = "",
    *,
    person: User | None = None,
) -> Environment:
    """What the version's expressions may know of the world, with the contents of its files.

    The lists that it gets from the server are there as a person's device has them at this moment.
    Without a person they are missing: what looks into them is then not judged.
    """
    form = form_of(version)
    files = formfiles.instances_of(version, form)
    lists = entity_lists.instances_for(version, form, person) if person else {}
    return environment_for(form, now, language, files | lists)


def file_of(version: QuestionnaireVersion, name: str) -> FormFile | None:
    """A file that the version shows or reads."""
    return version.files.filter(name=name).first()
