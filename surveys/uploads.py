"""Workbooks between upload and publication: checked at once, kept for a day, published once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from surveys import archives, entity_lists, formfiles, isolation, questionnaires
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Questionnaire, QuestionnaireVersion, Survey, Upload, UploadFile, User
from surveys.xforms.definition import FormDef
from surveys.xforms.linting import findings
from surveys.xforms.linting.findings import ERROR, NOTE, Cell, Finding
from surveys.xforms.linting.identifiers import with_identifiers
from surveys.xforms.linting.linter import setting_cell
from surveys.xforms.xform import parse_xform

MOST_WAITING = 20  # of one person in one survey; older ones make room
OF_FILES = "file"  # the code of findings about files, which change when files are added


class Overtaken(SurveyError):
    """Somebody else published while this person was reading."""

    status = 409


class NotPublishable(SurveyError):
    """There is something that must be fixed first."""

    status = 422


class Standing(Enum):
    """What publishing an upload would mean."""

    NEW = "new"  # a version that nobody has published
    AGAIN = "again"  # an earlier version, as it is, becomes the current one again
    CURRENT = "current"  # the current version, as it is
    TAKEN = "taken"  # the name of a version that stands for another form, or other files


@dataclass(frozen=True)
class Assessment:
    """What an upload is, beside what is published now. `form` is None where it is no form yet."""

    findings: tuple[Finding, ...]
    form: FormDef | None = None
    standing: Standing = Standing.NEW
    current: QuestionnaireVersion | None = None
    twin: QuestionnaireVersion | None = None  # the published version of the same name

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == ERROR)

    @property
    def additions(self) -> tuple[Finding, ...]:
        """What publishing brings beside the form."""
        return tuple(f for f in self.findings if f.code == questionnaires.ADDED)

    @property
    def is_publishable(self) -> bool:
        brings = self.standing is not Standing.CURRENT or bool(self.additions)
        return bool(self.form) and not self.errors and brings

    @property
    def replaced(self) -> QuestionnaireVersion | None:
        """The version whose place it would take."""
        is_other = self.is_publishable and self.standing is not Standing.CURRENT
        return self.current if is_other else None


def keep(
    survey: Survey,
    name: str,
    workbook: bytes,
    files: Mapping[str, bytes],
    *,
    by: User | None,
    replaces: Upload | None = None,
) -> Upload:
    """Check a workbook with its files and keep it for a day, whatever is wrong with it.

    Files that are not given are taken from the upload it replaces. Raises BadFile where all of
    them together are too many or too large.
    """
    _require_fitting(replaces, files)
    reviewed = questionnaires.review(workbook, look=isolation.review)
    files = {**(contents_of(replaces) if replaces else {}), **files}
    found = (*reviewed.findings, *_about_files(survey, reviewed.form, files))
    with transaction.atomic():
        if replaces:
            replaces.delete()
        upload = Upload.objects.create(
            survey=survey,
            by=by,
            name=name[-255:],
            workbook=workbook if reviewed.xml else b"",
            xml=reviewed.xml or b"",
            findings=[findings.to_json(finding) for finding in found],
        )
        _add(upload, files)
        _make_room(upload)
    return upload


@transaction.atomic
def add_files(upload: Upload, files: Mapping[str, bytes]) -> None:
    """Add files to an upload, or put them in the place of those of the same name.

    Raises BadFile where there would be too many, or too large ones.
    """
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    _require_fitting(upload, files)
    _add(upload, files)
    kept = [finding for finding in findings_of(upload) if finding.code != OF_FILES]
    about_files = _about_files(upload.survey, form_of(upload), contents_of(upload))
    upload.findings = [findings.to_json(finding) for finding in (*kept, *about_files)]
    upload.save(update_fields=["findings"])


def findings_of(upload: Upload) -> tuple[Finding, ...]:
    """What was found when the workbook and its files were uploaded."""
    return tuple(findings.from_json(document) for document in upload.findings)


def form_of(upload: Upload) -> FormDef | None:
    """The form that the workbook makes, or None where something keeps it from being one."""
    return _form(upload.pk) if upload.xml else None


@lru_cache(maxsize=16)
def _form(upload_id: UUID) -> FormDef:
    upload = Upload.objects.only("xml", "workbook").get(pk=upload_id)
    return with_identifiers(parse_xform(bytes(upload.xml)), bytes(upload.workbook))


def contents_of(upload: Upload) -> dict[str, bytes]:
    return {name: bytes(content) for name, content in upload.files.values_list("name", "content")}


def content_of(upload: Upload, name: str) -> bytes | None:
    content = upload.files.filter(name=name).values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def assess(upload: Upload) -> Assessment:
    """What the upload is, beside what is published at this moment."""
    found, form = findings_of(upload), form_of(upload)
    if form is None:
        return Assessment(found)
    current, twin = current_of(upload.survey, form), _twin(upload.survey, form)
    standing = _standing(upload, form, current, twin)
    if standing is Standing.TAKEN:
        found = (*found, _taken(form, upload))
    elif standing is not Standing.NEW:  # its files are published already
        found = tuple(finding for finding in found if finding.code != OF_FILES)
    found = (*found, *questionnaires.compare(bytes(upload.workbook), upload.survey))
    return Assessment(_by_sheet(found), form, standing, current, twin)


def _by_sheet(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings of one sheet together, in the order in which the sheets first come."""
    places = {finding.sheet: place for place, finding in reversed([*enumerate(found)])}
    return tuple(sorted(found, key=lambda finding: places[finding.sheet]))


def current_of(survey: Survey, form: FormDef) -> QuestionnaireVersion | None:
    """The version that devices get now of the questionnaire that the form belongs to."""
    here = Questionnaire.objects.filter(survey=survey, form_id=form.form_id)
    return _versions().filter(pk__in=here.values("current")).first()


def _twin(survey: Survey, form: FormDef) -> QuestionnaireVersion | None:
    """The published version of the same name."""
    same = {"questionnaire__survey": survey, "questionnaire__form_id": form.form_id}
    return _versions().filter(**same, version=form.version).first()


def _versions() -> QuerySet[QuestionnaireVersion]:
    return QuestionnaireVersion.objects.light().select_related("questionnaire", "published_by")


def _standing(
    upload: Upload,
    form: FormDef,
    current: QuestionnaireVersion | None,
    twin: QuestionnaireVersion | None,
) -> Standing:
    if twin is None:
        return Standing.NEW
    if not questionnaires.is_same(twin, form, bytes(upload.xml), contents_of(upload)):
        return Standing.TAKEN
    return Standing.CURRENT if twin == current else Standing.AGAIN


def publish(upload: Upload, *, over: int | None, by: User | None) -> QuestionnaireVersion:
    """Publish what was uploaded; a second click finds the version of the first.

    `over` is the key of the version that was current when the person looked, None where there was
    none. Raises Overtaken where another one is by now, NotPublishable, or what
    `questionnaires.publish` raises; nothing is stored then.
    """
    with transaction.atomic():
        survey = Survey.objects.select_for_update(no_key=True).get(pk=upload.survey_id)
        upload = Upload.objects.get(pk=upload.pk)  # as it is now that nobody else publishes here
        if upload.version:
            return upload.version
        assessment = assess(upload)
        _require_publishable(assessment, over)
        upload.version = questionnaires.publish(
            bytes(upload.workbook),
            survey,
            by=by,
            files=contents_of(upload),
            xml=bytes(upload.xml),
        )
        upload.save(update_fields=["version"])
        return upload.version


def _require_publishable(assessment: Assessment, over: int | None) -> None:
    current = assessment.current
    if current is not None and current.pk != over:
        raise Overtaken(
            gettext_noop(
                "Version %(version)s was published meanwhile by %(person)s. Nothing was "
                "published. Look at the difference to it, then publish."
            ),
            version=current.version,
            person=current.published_by or "–",
        )
    if not assessment.is_publishable:
        raise NotPublishable(gettext_noop("Nothing was published: look at what must be fixed."))


def discard(upload: Upload) -> None:
    """Throw an upload away; what was published of it stays."""
    upload.delete()


def forget_old() -> None:
    """Throw away what nobody published within a day."""
    Upload.objects.exclude(pk__in=Upload.objects.recent().values("pk")).delete()


def _require_fitting(upload: Upload | None, files: Mapping[str, bytes]) -> None:
    sizes = dict(upload.files.values_list("name", "size")) if upload else {}
    sizes |= {name: len(content) for name, content in files.items()}
    archives.require_fitting(sizes.values())


def _add(upload: Upload, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        fields = {"content": content, "size": len(content)}
        UploadFile.objects.update_or_create(upload=upload, name=name, defaults=fields)


def _make_room(upload: Upload) -> None:
    own = Upload.objects.filter(survey=upload.survey, by=upload.by)
    old = own.order_by("-uploaded_at").values_list("pk", flat=True)[MOST_WAITING:]
    Upload.objects.filter(pk__in=list(old)).delete()


def _about_files(
    survey: Survey, form: FormDef | None, files: Mapping[str, bytes]
) -> Iterator[Finding]:
    if form is None:
        return
    served = entity_lists.served_in(survey, form)
    for fault in formfiles.faults_of(form, files, served):
        name = fault.path.rpartition("/")[2]
        yield Finding(ERROR, OF_FILES, fault.message, fault.params, name=name)
    message = gettext_noop("The form does not use the file %(name)s. It will not be kept.")
    for name in formfiles.unneeded(form, files):
        yield Finding(NOTE, OF_FILES, message, {"name": name})


def _taken(form: FormDef, upload: Upload) -> Finding:
    error = questionnaires.version_taken(form.version)
    return _version_cell(upload.pk).error("version-taken", error.message, version=form.version)


@lru_cache(maxsize=16)
def _version_cell(upload_id: UUID) -> Cell:
    """Where the workbook says its version."""
    workbook = Upload.objects.only("workbook").get(pk=upload_id).workbook
    return setting_cell(bytes(workbook), "version")
