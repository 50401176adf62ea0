"""Interviews as a file: everybody's answers that the person who asks may see."""

from collections.abc import Callable
from pathlib import Path

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.exports.archives import write_archive
from surveys.exports.catalogue import Export, Order, Tick
from surveys.exports.columns import Layout, layouts_of
from surveys.exports.csv import open_csv
from surveys.exports.rows import rows_of
from surveys.layers import interviews_in
from surveys.memberships import may_see_people
from surveys.models import Interview
from surveys.models.interview import InterviewQuerySet
from surveys.questionnaires import form_of
from surveys.xforms.definition import FILES, FormDef


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
    )


def interviews_of(order: Order) -> InterviewQuerySet:
    interviews = Interview.objects.all()
    if order.person is not None:
        interviews = interviews.visible_to(order.person)
    return interviews_in(order.layer, interviews.filter(questionnaire=order.questionnaire))


def count(order: Order) -> int:
    return interviews_of(order).count()


def forms_for(order: Order) -> list[FormDef]:
    """All versions, the current one first."""
    return [form_of(version) for version in order.questionnaire.versions.order_by("-pk")]


def layouts_for(order: Order) -> dict[str, Layout]:
    """Columns over all versions, by repeat; analysts get nobody's name."""
    return layouts_of(forms_for(order), order.language, with_people=with_people(order))


def with_people(order: Order) -> bool:
    """Whether people are named."""
    return order.person is None or may_see_people(order.person, order.survey.pk)


def has_files(order: Order) -> bool:
    """Whether files of answers come along: analysts do not get what may show somebody."""
    return with_people(order) and any(
        question.kind in FILES for form in forms_for(order) for question in form.questions
    )


def extension(order: Order) -> str:
    """One table is a CSV file; with repeats or files of answers it is an archive of all."""
    return "zip" if len(layouts_for(order)) > 1 or has_files(order) else "csv"


def describe(order: Order) -> str:
    """How many rows the file would have now, and from when the last one is."""
    found = interviews_of(order)
    last = found.aggregate(last=Max("received_at"))["last"]
    if last is None:
        return _("No interviews yet.")
    return _("%(count)s interviews; last one received: %(moment)s") % {
        "count": f"{found.count():,}",
        "moment": date_format(timezone.localtime(last), "DATETIME_FORMAT"),
    }


def write_csv(order: Order, path: Path, tick: Tick) -> None:
    layouts, interviews = layouts_for(order), interviews_of(order)
    if extension(order) == "zip":
        write_archive(
            interviews, layouts, path, tick, with_files=has_files(order), layer=order.layer
        )
        return
    with open_csv(path, layouts[""].header) as write:
        for row in rows_of(interviews, layouts[""], order.layer):
            write(row)
            tick()
