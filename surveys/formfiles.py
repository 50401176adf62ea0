"""The files that belong to a form: checked before publishing, kept with the version."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.tree import Element
from surveys.models import FormFile, QuestionnaireVersion
from surveys.models.questionnaire import address_of
from surveys.xforms.datafiles import table_from_file
from surveys.xforms.datatable import DataTable
from surveys.xforms.definition import FormDef, Itemset, Question
from surveys.xforms.faults import Fault

MAX_BYTES = 50_000_000
NOTHING: Collection[str] = frozenset()
CONTENT_TYPES: Mapping[str, str] = {  # by suffix; nothing else is kept or served
    ".3gp": "video/3gpp",
    ".aac": "audio/aac",
    ".amr": "audio/amr",
    ".csv": "text/csv; charset=utf-8",
    ".flac": "audio/flac",
    ".geojson": "application/geo+json",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".xml": "application/xml",
}
_PLAIN_NAME = re.compile(r"[^\x00-\x1f/\\:*?\"<>|.][^\x00-\x1f/\\:*?\"<>|]{0,199}")


def faults_of(
    form: FormDef, files: Mapping[str, bytes], served: Collection[str] = NOTHING
) -> list[Fault]:
    """What is missing or wrong among the files that a form needs; `served` are lists that it gets
    from the server where they are not given.
    """
    missing = [name for name in form.needed_files if name not in files and name not in served]
    faults = [_missing(name, files) for name in missing]
    given = [name for name in form.needed_files if name in files]
    for name in given:
        faults += _faults_of_kind(name, files[name])
    for instance, name in form.files.items():
        if name in given:
            faults += _faults_of_list(form, instance, name, files[name])
    return faults


def unneeded(form: FormDef, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Files that nothing in the form shows or reads; they are not kept."""
    return tuple(name for name in files if name not in form.needed_files)


def keep(version: QuestionnaireVersion, form: FormDef, files: Mapping[str, bytes]) -> None:
    """Store the files that a new version needs; equal contents are stored once."""
    for name in filter(files.__contains__, form.needed_files):  # lists may come from the server
        content = files[name]
        row = FormFile(
            version=version,
            name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            size=len(content),
        )
        _store(row, content)
        row.save()


def differ(version: QuestionnaireVersion, files: Mapping[str, bytes]) -> bool:
    """Whether any of the files is another one than the version has under that name."""
    stored = dict(version.files.values_list("name", "sha256"))
    return any(
        name in stored and stored[name] != hashlib.sha256(content).hexdigest()
        for name, content in files.items()
    )


def content_type_of(name: str) -> str:
    return CONTENT_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")


def content_of(file: FormFile) -> bytes:
    with file.file.open("rb") as opened:
        content: bytes = opened.read()
    return content


def instances_of(version: QuestionnaireVersion, form: FormDef) -> dict[str, Element]:
    """The `root` of each data file by instance id, read once a process."""
    if not form.files:
        return {}
    rows = {row.name: row for row in version.files.filter(name__in=form.files.values())}
    return {
        instance: _root(rows[name].sha256, name, rows[name].file.name)
        for instance, name in form.files.items()
        if name in rows
    }


@lru_cache(maxsize=8)  # of 50,000 rows, each takes 50 MB
def _root(_sha256: str, name: str, address: str) -> Element:
    with default_storage.open(address) as opened:
        return table_from_file(name, opened.read()).element()


def _store(row: FormFile, content: bytes) -> None:
    """Put the content where its hash says, unless it is there already, whole."""
    address, storage = address_of(row, row.name), row.file.storage
    if storage.exists(address) and storage.size(address) == row.size:
        row.file.name = address
    else:
        row.file.save(row.name, ContentFile(content), save=False)


def _missing(name: str, files: Mapping[str, bytes]) -> Fault:
    similar = next((other for other in files if other.lower() == name.lower()), None)
    if similar is not None:
        message = gettext_noop("The form says %(name)s and the file is called %(similar)s.")
        return Fault("", message, {"name": name, "similar": similar})
    if name.endswith(".csv"):
        message = gettext_noop(
            "The form needs the file %(name)s. Upload it with the workbook, put it in a folder "
            "`media` beside it, or publish first the form whose sheet `entities` fills this list."
        )
        return Fault("", message, {"name": name})
    message = gettext_noop(
        "The form needs the file %(name)s. Upload it with the workbook, or put it in a folder "
        "`media` beside it."
    )
    return Fault("", message, {"name": name})


def _faults_of_kind(name: str, content: bytes) -> Iterator[Fault]:
    if not _PLAIN_NAME.fullmatch(name):
        yield Fault("", gettext_noop("%(name)s is no plain file name."), {"name": name})
    if PurePath(name).suffix.lower() not in CONTENT_TYPES:
        message = gettext_noop("%(name)s is of a kind that forms cannot show. Use %(kinds)s.")
        yield Fault("", message, {"name": name, "kinds": ", ".join(CONTENT_TYPES)})
    if not content:
        yield Fault("", gettext_noop("The file %(name)s is empty."), {"name": name})
    if len(content) > MAX_BYTES:
        yield Fault("", gettext_noop("The file %(name)s is larger than 50 MB."), {"name": name})


def _faults_of_list(form: FormDef, instance: str, name: str, content: bytes) -> Iterator[Fault]:
    try:
        table = table_from_file(name, content)
    except SurveyError as error:
        yield Fault("", error.message, error.params)
        return
    for question in form.questions:
        itemset = question.itemset
        if itemset is not None and itemset.instance == instance:
            yield from _faults_of_columns(question, itemset, name, table)


def _faults_of_columns(
    question: Question, itemset: Itemset, name: str, table: DataTable
) -> Iterator[Fault]:
    for column in itemset.columns:
        if column not in table.columns:
            message = gettext_noop(
                "%(name)s has no column %(column)s, only %(columns)s. "
                "Rename it, or say `value=` and `label=` in the column `parameters`."
            )
            params = {"name": name, "column": column, "columns": ", ".join(table.columns)}
            yield Fault(question.path, message, params)
