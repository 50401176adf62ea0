"""Files that workers make: kinds, asking for one, how far it is, and the file."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from surveys import jobs, tasks
from surveys.api.access import holder_of, order_for
from surveys.api.asked import choice_in, require_known, require_one_of
from surveys.api.sending import SENT, sent
from surveys.api_tokens import Holder, Scope
from surveys.errors import SurveyError, gettext_noop
from surveys.exports import catalogue, interviews
from surveys.exports.catalogue import EXPORTS, Export, Order
from surveys.exports.package import FORMATS
from surveys.exports.selection import Selection
from surveys.models import Interview, Job
from surveys.moments import in_utc
from surveys.variables.listing import Several
from surveys.wording import in_words

router = Router(tags=["Exports"])
ESTIMATES = "estimates"
SENT_WHEN_READY = {"responses": {**SENT["responses"], 409: {"description": "Not ready"}}}


class NotReady(SurveyError):
    """A file that is not there yet, or no longer."""

    status = 409


class KindOut(Schema):
    kind: str
    what: str
    format: str
    title: str


class ExportIn(Schema):
    """Which file: a kind, of which questionnaire, which answers in which words."""

    kind: str
    questionnaire: int
    language: str = Field("", description="labels in this language; without, values as stored")
    layer: str = Field("corrected", description="raw, corrected or published")
    several: str = Field("both", description="questions with several answers: both, split, joined")
    derived: bool | None = Field(
        None, description="with scores, weights and design; without this, in all formats but CSV"
    )
    formats: list[str] = Field([], description="of the package: csv, xlsx, ...; without, all")
    files: bool = Field(default=False, description="pictures, sounds and the like in the package")
    waves: list[int] = Field([], description="numbers; this and what follows: only some interviews")
    sites: list[str] = Field([], description="codes")
    states: list[str] = Field([], description="submitted, quarantined, flagged, returned, ...")
    since: date | None = Field(None, description="received on this day or later")
    until: date | None = Field(None, description="received on this day or earlier")
    model_config = {"extra": "forbid"}


class ExportOut(Schema):
    """`file` is the address of the file once it is there; it is kept for some days."""

    id: int
    kind: str
    survey: str
    state: str
    done: int
    total: int
    asked: str
    finished: str | None
    error: str | None
    file: str | None


@router.get("/exports/kinds", response=list[KindOut])
def list_kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """What can be asked for."""
    require_known(request)
    return [
        {"kind": e.kind, "what": e.what, "format": e.format, "title": str(e.title)}
        for e in EXPORTS.values()
    ]


@router.get("/exports", response=list[ExportOut])
def list_exports(request: HttpRequest) -> list[dict[str, Any]]:
    """One's latest exports, the newest first."""
    require_known(request)
    found = _jobs(_holder(request)).order_by("-pk")[:100]
    return [_told(request, job) for job in found]


@router.post("/exports", response={202: ExportOut})
def ask(request: HttpRequest, wanted: ExportIn) -> Status[dict[str, Any]]:
    """Ask for a file; look at the export's address until its state is `done`."""
    require_known(request)
    holder = _holder(request)
    require_one_of("kind", wanted.kind, list(EXPORTS))
    export = EXPORTS[wanted.kind]
    order = _order(holder, wanted)
    _require_readable(holder, export, order)
    job = catalogue.request(export, order)
    tasks.nudge_job(job.pk)
    return Status(202, _told(request, job))


@router.get("/exports/{int:job_id}", response=ExportOut)
def get_export(request: HttpRequest, job_id: int) -> dict[str, Any]:
    """How far an export is."""
    require_known(request)
    return _told(request, _job(request, job_id))


@router.post("/exports/{int:job_id}/cancel", response=ExportOut)
def cancel(request: HttpRequest, job_id: int) -> dict[str, Any]:
    """Stop an export that is not finished."""
    require_known(request)
    jobs.cancel(_job(request, job_id))
    return _told(request, _job(request, job_id))


@router.get("/exports/{int:job_id}/file", openapi_extra=SENT_WHEN_READY)
def get_export_file(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """The file; a part of it where a `Range` is asked for, so that a broken download goes on."""
    require_known(request)
    job = _job(request, job_id)
    if not catalogue.may_have(job):
        raise Http404
    if not _is_there(job):
        raise NotReady(
            gettext_noop("There is no file: the export's state is “%(state)s”."), state=job.state
        )
    name = str(job.result.name).rpartition("/")[2]
    return sent(request, job.result, name, f"job-{job.pk}")


def _holder(request: HttpRequest) -> Holder:
    holder = holder_of(request)
    holder.require(Scope.WRITE_EXPORTS)
    return holder


def _order(holder: Holder, wanted: ExportIn) -> Order:
    order = order_for(holder, wanted.questionnaire, wanted.layer, wanted.language)
    derived = EXPORTS[wanted.kind].is_statistical if wanted.derived is None else wanted.derived
    for name in wanted.formats:
        require_one_of("formats", name, FORMATS)
    return replace(
        order,
        several=choice_in("several", wanted.several, Several),
        derived=derived,
        formats=tuple(wanted.formats),
        files=wanted.files,
        selection=_selection(wanted),
    )


def _selection(wanted: ExportIn) -> Selection:
    """Raises UnknownValue."""
    for state in wanted.states:
        choice_in("states", state, Interview.State)
    return Selection(
        tuple(wanted.waves),
        tuple(wanted.sites),
        tuple(wanted.states),
        wanted.since,
        wanted.until,
    )


def _require_readable(holder: Holder, export: Export, order: Order) -> None:
    """A file holds no more than the token may read. Raises NotInScope."""
    if export.what == ESTIMATES:
        holder.require(Scope.READ_ESTIMATES)
        return
    holder.require(Scope.READ_INTERVIEWS)
    if interviews.has_files(order):
        holder.require(Scope.READ_FILES)


def _jobs(holder: Holder) -> Any:
    """Those that the person asked for and this token may have asked for."""
    found = Job.objects.visible_to(holder.person).filter(
        requested_by=holder.person, survey__in=holder.surveys.values("pk"), kind__in=EXPORTS
    )
    return found.select_related("survey")


def _job(request: HttpRequest, job_id: int) -> Job:
    holder = _holder(request)
    job: Job | None = _jobs(holder).filter(pk=job_id).first()
    if job is None:
        raise Http404
    _require_readable(holder, EXPORTS[job.kind], catalogue.order_of(job))
    return job


def _told(request: HttpRequest, job: Job) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("api:get_export_file", args=(job.pk,)))
    return {
        "id": job.pk,
        "kind": job.kind,
        "survey": job.survey.code,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "asked": in_utc(job.created_at),
        "finished": in_utc(job.finished_at) if job.finished_at else None,
        "error": in_words(job.failure) if job.error else None,
        "file": address if _is_there(job) else None,
    }


def _is_there(job: Job) -> bool:
    """Whether the file is made, and kept still."""
    return job.state == Job.State.DONE and bool(job.result)
