"""Corrections of many interviews: looked at line by line, applied as a batch, undone together."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys import jobs, ledger, memberships, proposals
from surveys.errors import SurveyError, gettext_noop
from surveys.jobs import Progress
from surveys.models import (
    CorrectionBatch,
    CorrectionRow,
    Interview,
    Job,
    Role,
    Submission,
    Survey,
    User,
)
from surveys.proposals import Proposal, Uncorrectable
from surveys.questionnaires import form_of
from surveys.submissions import UnsatisfiedForm
from surveys.verdicts import decidable_by
from surveys.xforms.definition import FormDef, without_places
from surveys.xforms.instance import relative

Tick: TypeAlias = Callable[[int], object]  # told how many lines are done
LARGE = 100  # lines; more are checked and applied by a worker, at 15 and 60 ms each
MOST = 20_000  # lines of a batch
WHY = {
    "required": gettext_noop("%(question)s needs an answer."),
    "constraint": gettext_noop("The form does not allow %(answer)s for %(question)s."),
    "type": gettext_noop("%(answer)s is not of the type of %(question)s."),
    "choice": gettext_noop("%(answer)s is not one of the choices of %(question)s."),
    "irrelevant": gettext_noop("%(question)s does not apply to this person."),
    "unknown": gettext_noop("There is no question %(question)s in this interview."),
    "calculated": gettext_noop("The form works %(question)s out itself."),
    "file": gettext_noop("%(question)s is a picture or another file."),
    "site": gettext_noop("This survey has no site %(answer)s."),
}
BREAKS = gettext_noop("With it the answer to %(question)s would become wrong, or is needed too.")


class LineFault(SurveyError):
    """Why a line is not applied."""

    status = 422


@dataclass(frozen=True)
class Line:
    """What somebody asks for: the number of the line as a spreadsheet shows it, an interview's id, a
    question by its name or place, the answer before where it is said, and after, and why.
    """

    number: int
    interview: str
    question: str
    before: str | None
    after: str
    reason: str


def begin(survey: Survey, title: str, lines: Sequence[Line], by: User) -> CorrectionBatch:
    """Keep what is asked for, still to be checked. Only for coordinators of the survey."""
    if not memberships.has_role(by, survey.pk, Role.COORDINATOR):
        raise Uncorrectable(gettext_noop("Only coordinators correct many interviews at once."))
    if len(lines) > MOST:
        raise Uncorrectable(
            gettext_noop("These are %(lines)s corrections. Divide them: at most %(most)s at once."),
            lines=len(lines),
            most=MOST,
        )
    with transaction.atomic():
        batch = CorrectionBatch.objects.create(survey=survey, title=title[:200], by=by)
        CorrectionRow.objects.bulk_create((_row(batch, line) for line in lines), batch_size=1_000)
    return batch


def _row(batch: CorrectionBatch, line: Line) -> CorrectionRow:
    return CorrectionRow(
        batch=batch,
        number=line.number,
        interview_id_given=line.interview[:249],
        question=line.question[:500],
        before=line.before,
        after=line.after,
        reason=line.reason[:1000],
    )


def is_large(batch: CorrectionBatch) -> bool:
    return batch.rows.count() > LARGE


def _nothing(_lines: int) -> None:
    pass


def check(batch: CorrectionBatch, by: User, tick: Tick = _nothing) -> None:
    """Find out for every line what it would do, or why it cannot be; nothing is corrected yet.

    Doing so again looks at the interviews as they are then.
    """
    for rows in _by_interview(batch.rows.filter(became=None)):
        _check_together(batch, rows, by)
        CorrectionRow.objects.bulk_update(
            rows, ["interview", "place", "found", "follows", "seen", "fault", "fault_params"]
        )
        tick(len(rows))
    batch.checked_at = timezone.now()
    batch.save(update_fields=["checked_at"])


def _by_interview(rows: QuerySet[CorrectionRow]) -> Iterator[list[CorrectionRow]]:
    """The lines about one interview at a time; of any number of them, by their keys."""
    ordered = rows.order_by("interview_id_given", "number")
    keys = ordered.values_list("interview_id_given", "pk")
    for _given, group in groupby(list(keys), lambda row: row[0]):
        yield list(ordered.filter(pk__in=[pk for _name, pk in group]))


def _check_together(batch: CorrectionBatch, rows: Sequence[CorrectionRow], by: User) -> None:
    for row in rows:
        row.fault, row.fault_params, row.follows, row.seen = "", {}, 0, None
    try:
        interview = _interview(batch, rows[0].interview_id_given, by)
        form = form_of(proposals.version_of(interview))
    except SurveyError as error:
        _refuse(rows, error)
        return
    for row in rows:
        _resolve(row, interview, form)
    good = [row for row in rows if not row.fault]
    if good:
        answers = {row.place: row.after for row in good}
        _judge(good, proposals.propose(interview, answers, by), form)


def _refuse(rows: Iterable[CorrectionRow], error: SurveyError) -> None:
    for row in rows:
        row.fault, row.fault_params = error.message, _texts(error)


def _texts(error: SurveyError) -> dict[str, str]:
    return {name: str(value) for name, value in error.params.items()}


def _interview(batch: CorrectionBatch, given: str, by: User) -> Interview:
    """The interview of that id, with or without `uuid:`. Raises LineFault."""
    own = decidable_by(by).filter(questionnaire__survey=batch.survey_id)
    named = own.filter(root_uuid__in=(given, f"uuid:{given}"))
    light = named.select_related("questionnaire__survey", "current__version").defer(
        "current__version__workbook", "current__version__xml", "current__version__definition"
    )
    found = light.first() if given else None
    if found is None:
        raise LineFault(gettext_noop("This survey has no interview %(id)s."), id=given or "–")
    return found


def _resolve(row: CorrectionRow, interview: Interview, form: FormDef) -> None:
    """Say which answer a line means, or what is wrong with it by itself."""
    row.interview, row.seen = interview, interview.current
    try:
        row.place = place_of(form, row.question)
        row.found = interview.answers.get(row.place, "")
        _require_sound(row)
    except LineFault as error:
        _refuse([row], error)


def place_of(form: FormDef, name: str) -> str:
    """The place below the root of a question that is called by its name, where only one is called so
    and it is in no repeat, or by its place. Raises LineFault.
    """
    keys = {relative(question.path): question for question in form.questions}
    if without_places(name) in keys:
        return name
    called = [key for key, question in keys.items() if question.name == name]
    if not called:
        raise LineFault(WHY["unknown"], question=name or "–")
    around = form.repeat_around(keys[called[0]].path)
    if len(called) == 1 and not around:
        return called[0]
    repeat = relative(around) if around else ""
    raise LineFault(
        gettext_noop("Say which %(question)s, by its place such as %(place)s."),
        question=name,
        place=called[0].replace(repeat, f"{repeat}[1]", 1) if repeat else called[0],
    )


def _require_sound(row: CorrectionRow) -> None:
    """Raises LineFault where a line lacks its reason or does not fit what is there."""
    if not row.reason.strip():
        raise LineFault(gettext_noop("It says no reason. Every correction needs one."))
    if row.before == "" and row.found:
        raise LineFault(
            gettext_noop(
                "The answer is %(found)s, and “before” is blank. Write there what you saw, or leave "
                "the whole column out."
            ),
            found=row.found,
        )
    if row.before is not None and row.before != row.found:
        raise LineFault(
            gettext_noop("The answer is %(found)s, not %(before)s: somebody changed it."),
            found=row.found or "–",
            before=row.before or "–",
        )
    if row.after == row.found:
        raise LineFault(gettext_noop("The answer is that already. There is nothing to correct."))


def _judge(rows: Sequence[CorrectionRow], proposal: Proposal, form: FormDef) -> None:
    """Note what follows from the lines of an interview, or what the form has against them."""
    counts = Counter(row.place for row in rows)
    for row in rows:
        if counts[row.place] > 1:
            _refuse([row], LineFault(gettext_noop("Another line corrects the same answer.")))
    own = {problem.path: problem.kind for problem in proposal.problems}
    for row in rows:
        if row.place in own:
            _refuse([row], _fault(own.pop(row.place), row.place, row.after))
    others = next(iter(own), "")
    if others:
        _refuse([row for row in rows if not row.fault], LineFault(BREAKS, question=others))
    rows[0].follows = sum(one.is_consequence for one in proposal.differences)


def _fault(kind: str, place: str, answer: str) -> LineFault:
    message = WHY.get(kind, gettext_noop("%(answer)s breaks a rule of the form at %(question)s."))
    return LineFault(message, question=place, answer=answer or "–")


def apply(
    batch: CorrectionBatch,
    by: User,
    chosen: Collection[int] | None = None,
    tick: Tick = _nothing,
) -> int:
    """Correct what the lines of a checked batch ask for that have no fault, all or the `chosen`
    numbers; how many interviews that were.

    Interview by interview: one that somebody changed since it was checked is left, and its lines say
    so. Doing so again applies what is left.
    """
    left = batch.rows.filter(became=None, fault="").exclude(interview=None)
    if chosen is not None:
        left = left.filter(number__in=chosen)
    corrected = 0
    for rows in _by_interview(left):
        corrected += _apply_together(batch, rows, by)
        tick(len(rows))
    batch.applied_at = batch.applied_at or timezone.now()
    batch.save(update_fields=["applied_at"])
    return corrected


def _apply_together(batch: CorrectionBatch, rows: Sequence[CorrectionRow], by: User) -> bool:
    """Whether the interview is corrected now."""
    reasons = dict.fromkeys(row.reason.strip() for row in rows)
    try:
        with transaction.atomic():
            became = ledger.correct(
                rows[0].interview_id or 0,
                {row.place: row.after for row in rows},
                by=by,
                reason="; ".join(reasons),
                seen=rows[0].seen_id,
                batch=batch,
            )
            batch.rows.filter(pk__in=[row.pk for row in rows]).update(became=became)
    except SurveyError as error:
        _refuse(rows, _in_lines(error))
        CorrectionRow.objects.bulk_update(rows, ["fault", "fault_params"])
        return False
    return True


def _in_lines(error: SurveyError) -> SurveyError:
    if isinstance(error, UnsatisfiedForm):
        first = error.problems[0]
        return _fault(first.kind, first.path, "")
    if isinstance(error, ledger.Overtaken):
        return LineFault(gettext_noop("Somebody changed the interview since. Check it again."))
    return error


def undo(batch: CorrectionBatch, by: User, tick: Tick = _nothing) -> int:
    """Put back every correction of a batch that still stands; how many interviews that were. The
    lines of the others say why they are as they are.
    """
    made = Submission.objects.filter(changes__batch=batch, changes__undone_by=None).distinct()
    undone = 0
    for key in list(made.order_by("-pk").values_list("pk", flat=True)):
        rows = batch.rows.filter(became=key)
        try:
            ledger.undo(key, by=by, reason=str(_("Undone with the batch “%s”") % batch.title))
            undone += 1
        except SurveyError as error:
            rows.update(fault=error.message, fault_params=_texts(error))
        tick(rows.count())
    batch.undone_at = timezone.now()
    batch.save(update_fields=["undone_at"])
    return undone


@dataclass(frozen=True)
class Work:
    """Something that is done to a whole batch: by whoever asked, or by a worker where it is large."""

    kind: str
    do: Callable[[CorrectionBatch, User, Tick], object]


WORKS = {
    "check": Work("check_corrections", check),
    "apply": Work("apply_corrections", lambda batch, by, tick: apply(batch, by, None, tick)),
    "undo": Work("undo_corrections", undo),
}


def request(batch: CorrectionBatch, work: str, by: User) -> Job:
    """Ask a worker for it. The caller nudges one."""
    return jobs.request(WORKS[work].kind, batch.survey, {"batch": batch.pk}, by)


def waiting(batch: CorrectionBatch) -> Job | None:
    """The work on a batch that has not ended."""
    own = Job.objects.filter(survey=batch.survey_id, state__in=jobs.UNFINISHED)
    return own.filter(
        kind__in=[work.kind for work in WORKS.values()], params__batch=batch.pk
    ).first()


def _run(job: Job, _folder: Path, progress: Progress) -> None:
    work = next(one for one in WORKS.values() if one.kind == job.kind)
    batch = CorrectionBatch.objects.get(pk=job.params["batch"], survey=job.survey_id)
    if job.requested_by is None:
        raise Uncorrectable(gettext_noop("The person who asked for it is gone."))
    progress.expect(batch.rows.count())
    work.do(batch, job.requested_by, progress.advance)


jobs.runner("check_corrections", _("Check of corrections"))(_run)
jobs.runner("apply_corrections", _("Corrections"))(_run)
jobs.runner("undo_corrections", _("Corrections put back"))(_run)
