"""Interviews as a file: everybody's answers that the person who asks may see."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from surveys.disclosure.coarseness import Dates, coarse_moment
from surveys.exports.catalogue import Export, Order, Tick, always
from surveys.exports.columns import Layout, layouts_of
from surveys.exports.derived import Derived, derived_for
from surveys.exports.naming import names_beside
from surveys.layers import Layer, interviews_in
from surveys.memberships import has_role, may_see_people
from surveys.models import Interview, Questionnaire, Role
from surveys.models.interview import InterviewQuerySet
from surveys.tallies import FEW, by_version
from surveys.xforms.definition import FILES


def export(
    format_: str,
    title: str | Promise,
    write: Callable[[Order, Path, Tick], None],
    extension: Callable[[Order], str] | None = None,
) -> Export:
    """Interviews in one format, for the catalogue."""
    return Export(
        what="submissions",
        format=format_,
        title=title,
        subject=gettext_lazy("Interviews"),
        count=count,
        describe=describe,
        write=write,
        extension=extension,
        is_statistical=format_ != "csv",
        suits=has_places if format_ == "geojson" else always,
        is_of_interviews=True,
    )


def interviews_of(order: Order) -> InterviewQuerySet:
    """Those selected that the person sees, all where nobody asks. Takes a query."""
    seen = Interview.objects.all()
    if order.person is not None:
        seen = seen.seen_in(order.survey, order.person)
    return interviews_in(
        order.layer, seen.filter(order.selection.condition, questionnaire=order.questionnaire)
    )


def count(order: Order) -> int:
    return interviews_of(order).count()


def layouts_for(order: Order) -> dict[str, Layout]:
    """Columns over all versions, by repeat; analysts get nobody's name, audiences no identifiers."""
    layouts = layouts_of(
        order.forms, order.language, with_people=with_people(order), terms=order.terms
    )
    beside = named_beside(order) if order.derived else ()
    return {**layouts, "": replace(layouts[""], beside=beside)}


def named_beside(order: Order) -> tuple[Derived, ...]:
    """What there is beside the answers, under the names that it has in every file."""
    names = names_beside(order.forms)
    return tuple(derived.named(names) for derived in derived_for(order))


def with_people(order: Order) -> bool:
    """Whether people are named."""
    if order.given_to is not None:
        return False
    return order.person is None or may_see_people(order.person, order.survey.pk)


def has_files(order: Order) -> bool:
    """Whether files of answers come along: no audience gets what may show somebody."""
    return order.given_to is None and any(
        question.kind in FILES for form in order.forms for question in form.questions
    )


def extension(order: Order) -> str:
    """One table is a CSV file; with repeats or files of answers it is an archive of all."""
    return "zip" if len(layouts_for(order)) > 1 or has_files(order) else "csv"


def describe(order: Order) -> str:
    """How many rows the file would have now, and from when the last one is."""
    found = interviews_of(order)
    last = found.order_by("-received_at", "-pk").values_list("received_at", flat=True).first()
    if last is None:
        return _("No interviews yet.")
    (number, count), moment = _many(order, found), _received(order, last)
    if not moment:
        words = ngettext("%(count)s interview", "%(count)s interviews", number)
        return words % {"count": count}
    words = ngettext(
        "%(count)s interview; last one received: %(moment)s",
        "%(count)s interviews; last one received: %(moment)s",
        number,
    )
    return words % {"count": count, "moment": moment}


def _received(order: Order, last: datetime) -> str:
    """When the last interview came, as exactly as the file says it; blank where it does not."""
    moment, terms = timezone.localtime(last), order.terms
    if terms is None or terms.dates is Dates.EXACT:
        return date_format(moment, "DATETIME_FORMAT")
    day = coarse_moment(moment.isoformat(), terms.dates)
    if not day:
        return ""
    shown = "YEAR_MONTH_FORMAT" if terms.dates is Dates.MONTH else "DATE_FORMAT"
    told = date_format(date.fromisoformat(day), shown)
    return _("in the week from %(day)s") % {"day": told} if terms.dates is Dates.WEEK else told


def has_places(order: Order) -> bool:
    """Whether there is anything to draw on a map."""
    return any(column.kind == "geopoint" for column in layouts_for(order)[""].columns)


def _many(order: Order, found: InterviewQuerySet) -> tuple[int, str]:
    """How many, and in words: of many as they were counted last, or only that they are many."""
    if _is_whole(order) and (counted := sum(by_version(_only(order)).values())):
        return counted, f"{counted:,}"
    count = found.order_by()[:FEW].count()
    words = f"{count:,}" if count < FEW else _("at least %(count)s") % {"count": f"{count:,}"}
    return count, words


def _only(order: Order) -> QuerySet[Questionnaire]:
    return Questionnaire.objects.filter(pk=order.questionnaire.pk)


def _is_whole(order: Order) -> bool:
    """Whether the order takes all interviews of its questionnaire."""
    person, roles = order.person, (Role.COORDINATOR, Role.ANALYST)
    sees_all = person is None or has_role(person, order.survey.pk, *roles)
    return sees_all and order.layer != Layer.PUBLISHED and order.selection.is_all
