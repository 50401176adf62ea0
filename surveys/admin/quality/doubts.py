"""The doubts of one check as the page lists them, and one of them with the interviews behind it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.admin.access import key_in, pair_in
from surveys.admin.paging import portion_of
from surveys.admin.quality.filters import Filters
from surveys.doubt_words import SEVERITIES, Said, said_of, title_of
from surveys.models import Doubt, Inspection, Interview, User
from surveys.models.check import DoubtQuerySet
from surveys.quality.finding import Check
from surveys.questionnaires import form_of
from surveys.verdicts import decidable_by
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import relative

PAGE = 20  # doubts or interviews at once


@dataclass(frozen=True)
class DoubtRow:
    """A doubt as the page lists it. `others` are titles of what else is doubted of the interview."""

    doubt: Doubt
    title: str
    said: Said
    subject: str
    question: str
    chip: str
    severity: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    rows: Sequence[DoubtRow]
    more: str  # the address of those that follow, blank where there are none


def listed(
    inspection: Inspection, doubts: DoubtQuerySet, filters: Filters, form: FormDef | None
) -> Listed:
    """The doubts of one check, the worst first, paged by key."""
    rows = doubts.filter(check_name=filters.check).order_by("-severity", "pk")
    if last := pair_in(filters.after):
        severity, key = last
        rows = rows.filter(Q(severity__lt=severity) | Q(severity=severity, pk__gt=key))
    related = rows.select_related("interview__site", "enumerator", "site")
    shown = portion_of(related.defer("interview__answers", "interview__skipped"), PAGE)
    others, final = _others(doubts, shown.rows), shown.last
    return Listed(
        [replace(row_of(one, form), others=tuple(others.get(one.pk, ()))) for one in shown.rows],
        filters.query(inspection, after=f"{final.severity}-{final.pk}") if final else "",
    )


def _others(doubts: DoubtQuerySet, shown: Sequence[Doubt]) -> dict[int, list[str]]:
    """What else is doubted of the interviews, by the key of the doubt."""
    keys = {one.interview_id: one for one in shown if one.interview_id}
    found = doubts.filter(interview__in=keys).order_by("check_name")
    names: dict[int, list[str]] = defaultdict(list)
    for interview, check in found.values_list("interview", "check_name").distinct():
        if interview and check != keys[interview].check_name:
            names[interview].append(title_of(check))
    return {one.pk: names[one.interview_id] for one in shown if one.interview_id in names}


def row_of(doubt: Doubt, form: FormDef | None) -> DoubtRow:
    chip, severity = SEVERITIES[doubt.severity]
    return DoubtRow(
        doubt,
        title_of(doubt.check_name),
        said_of(doubt),
        _subject(doubt),
        _question(doubt, form),
        chip,
        str(severity),
    )


def _subject(doubt: Doubt) -> str:
    """What it is about, where that is not an interview."""
    match doubt.about:
        case "interview":
            return ""
        case "person":
            return _("a person")
        case "question":
            return doubt.name.rpartition("/")[2]
        case _:
            return doubt.name


def _question(doubt: Doubt, form: FormDef | None) -> str:
    """The words of the question, section or scale that it is about; its name where it has none."""
    place = doubt.name if doubt.about == "question" else doubt.question
    if not place or doubt.check_name == Check.OLD_FORM:
        return doubt.question
    return words_at(form, place) or place.rpartition("/")[2]


def words_at(form: FormDef | None, place: str) -> str:
    """The label of the question or section at a place below the root, in the reader's language."""
    if form is None:
        return ""
    language = form.language_for(get_language() or "")
    for question in form.questions:
        if relative(question.path) == place:
            return form.text(question.labels, language)
    for group in form.sections:
        if group.path and relative(group.path) == place:
            return form.text(group.labels, language)
    return ""


def form_for(inspection: Inspection) -> FormDef | None:
    version = inspection.questionnaire.current
    return form_of(version) if version else None


@dataclass(frozen=True)
class Behind:
    """One doubt with the interviews behind it that the reader sees."""

    row: DoubtRow
    interviews: Sequence[Interview]
    more: str


def behind_of(
    inspection: Inspection,
    doubts: DoubtQuerySet,
    filters: Filters,
    person: User,
    form: FormDef | None,
) -> Behind | None:
    if filters.doubt is None:
        return None
    rows = doubts.filter(pk=filters.doubt)
    doubt = rows.select_related("interview", "enumerator", "site").first()
    if doubt is None:
        return None
    theirs = decidable_by(person).filter(doubts=doubt).order_by("pk")
    after = key_in(filters.after)
    found = theirs.filter(pk__gt=after) if after else theirs
    related = found.select_related("site", "enumerator").defer("answers", "skipped")
    shown = portion_of(related, PAGE)
    last = shown.last
    more = filters.query(inspection, doubt=doubt.pk, after=last.pk) if last else ""
    return Behind(row_of(doubt, form), shown.rows, more)
