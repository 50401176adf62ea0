"""Interviews as a file: everybody's answers that the person who asks may see."""

from pathlib import Path

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from surveys.exports.catalogue import Order, Tick
from surveys.exports.columns import Layout, layout_of
from surveys.exports.csv import open_csv
from surveys.exports.rows import rows_of
from surveys.memberships import may_see_people
from surveys.models import Interview
from surveys.models.interview import InterviewQuerySet
from surveys.questionnaires import form_of


def interviews_of(order: Order) -> InterviewQuerySet:
    interviews = Interview.objects.all()
    if order.person is not None:
        interviews = interviews.visible_to(order.person)
    return interviews.filter(questionnaire=order.questionnaire)


def count(order: Order) -> int:
    return interviews_of(order).count()


def layout_for(order: Order) -> Layout:
    """Columns over all versions, the current one first; analysts get nobody's name."""
    versions = order.questionnaire.versions.order_by("-pk")
    forms = [form_of(version) for version in versions]
    with_people = order.person is None or may_see_people(order.person, order.survey.pk)
    return layout_of(forms, order.language, with_people=with_people)


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
    layout = layout_for(order)
    with open_csv(path, layout.header) as write:
        for row in rows_of(interviews_of(order), layout):
            write(row)
            tick()
