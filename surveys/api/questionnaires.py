"""Questionnaires: their versions, the files of these, and what the answers are called."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema

from surveys.api.access import holder_of, questionnaire_for, questionnaires_for, survey_for
from surveys.api.asked import require_known
from surveys.api.sending import described
from surveys.downloads import XLSX, XML, download
from surveys.exports.catalogue import Order, languages_of
from surveys.exports.columns import Column, Layout
from surveys.exports.interviews import layouts_for
from surveys.exports.tables import Table, tables_for
from surveys.models import Questionnaire, QuestionnaireVersion
from surveys.moments import in_utc
from surveys.variables.variable import Variable

router = Router(tags=["Questionnaires"])
A_WORKBOOK = {"responses": {200: described(XLSX)}}
AN_XFORM = {"responses": {200: described(XML)}}


class VersionOut(Schema):
    id: int
    version: str
    published: str


class QuestionnaireOut(Schema):
    id: int
    survey: str
    form_id: str
    title: str
    state: str
    kind: str
    current_version: str | None
    languages: Mapping[str, str]


class QuestionnaireWhole(QuestionnaireOut):
    versions: list[VersionOut]


class ColumnOut(Schema):
    """`name` is that of a column and of a condition on answers; `variables` those of files of
    statistical packages.
    """

    name: str
    kind: str
    labels: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    variables: list[str]


class TableOut(Schema):
    """`repeat` is blank for what is asked once an interview."""

    repeat: str
    facts: list[str]
    columns: list[ColumnOut]


@router.get("/surveys/{slug:code}/questionnaires", response=list[QuestionnaireOut])
def list_questionnaires(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """Questionnaires of a survey."""
    require_known(request)
    holder = holder_of(request)
    found = questionnaires_for(holder).filter(survey=survey_for(holder, code))
    return [_told(questionnaire) for questionnaire in found.order_by("form_id")]


@router.get("/questionnaires/{int:questionnaire_id}", response=QuestionnaireWhole)
def get_questionnaire(request: HttpRequest, questionnaire_id: int) -> dict[str, Any]:
    """One questionnaire with its versions, the newest first."""
    require_known(request)
    questionnaire = questionnaire_for(holder_of(request), questionnaire_id)
    versions = questionnaire.versions.light().order_by("-pk")
    return {
        **_told(questionnaire),
        "versions": [
            {"id": one.pk, "version": one.version, "published": in_utc(one.published_at)}
            for one in versions
        ],
    }


@router.get("/questionnaires/{int:questionnaire_id}/variables", response=list[TableOut])
def list_variables(request: HttpRequest, questionnaire_id: int) -> list[dict[str, Any]]:
    """What answers over all versions are called, by table of repeats, with labels and choices."""
    require_known(request)
    holder = holder_of(request)
    order = Order(questionnaire_for(holder, questionnaire_id), holder.person)
    layouts = layouts_for(order)
    return [_table(table, layouts[table.repeat]) for table in tables_for(order, layouts)]


def _table(table: Table, layout: Layout) -> dict[str, Any]:
    variables: dict[str, list[Variable]] = {}
    for variable in table.variables:
        variables.setdefault(variable.key, []).append(variable)
    columns = [_column(column, variables.get(column.key, [])) for column in layout.columns]
    return {"repeat": table.repeat, "facts": list(layout.facts), "columns": columns}


def _column(column: Column, variables: Sequence[Variable]) -> dict[str, Any]:
    values = [value for variable in variables for value in variable.values]
    return {
        "name": column.name,
        "kind": column.kind,
        "labels": variables[0].labels if variables else {},
        "choices": {value.name: value.labels for value in values},
        "variables": [variable.name for variable in variables],
    }


@router.get(
    "/questionnaires/{int:questionnaire_id}/versions/{int:version_id}.xlsx",
    openapi_extra=A_WORKBOOK,
)
def get_workbook(request: HttpRequest, questionnaire_id: int, version_id: int) -> HttpResponse:
    """The XLSForm of a version, as it was published."""
    version = _version(request, questionnaire_id, version_id)
    if version.workbook is None:
        raise Http404
    return download(bytes(version.workbook), f"{_name(version)}.xlsx", XLSX)


@router.get(
    "/questionnaires/{int:questionnaire_id}/versions/{int:version_id}.xml", openapi_extra=AN_XFORM
)
def get_xform(request: HttpRequest, questionnaire_id: int, version_id: int) -> HttpResponse:
    """The XForm of a version, as devices get it."""
    version = _version(request, questionnaire_id, version_id)
    return download(bytes(version.xml), f"{_name(version)}.xml", XML)


def _version(request: HttpRequest, questionnaire_id: int, version_id: int) -> QuestionnaireVersion:
    require_known(request)
    questionnaire = questionnaire_for(holder_of(request), questionnaire_id)
    found = questionnaire.versions.select_related("questionnaire").filter(pk=version_id).first()
    if found is None:
        raise Http404
    return found


def _name(version: QuestionnaireVersion) -> str:
    return f"{version.questionnaire.form_id}-{version.version}"


def _told(questionnaire: Questionnaire) -> dict[str, Any]:
    current = questionnaire.current
    return {
        "id": questionnaire.pk,
        "survey": questionnaire.survey.code,
        "form_id": questionnaire.form_id,
        "title": questionnaire.title,
        "state": questionnaire.state,
        "kind": questionnaire.kind,
        "current_version": current.version if current else None,
        "languages": languages_of(questionnaire),
    }
