"""Which interviews are asked for: by site, state, version, moment, and conditions on answers."""

from collections.abc import Sequence
from datetime import datetime

from django.http import QueryDict
from ninja import Schema
from pydantic import Field

from surveys.api.asked import UnknownValue, choices_in, moment_in, parts_of, require_one_of
from surveys.api.conditions import BEGINNING, conditions_in
from surveys.api.instances import Keep, keeping
from surveys.api.paging import MOST, USUAL, Place, opened, place_in, sealed
from surveys.disclosure.coarseness import Dates
from surveys.disclosure.terms import Terms
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.catalogue import Order
from surveys.exports.tables import stored_layouts_for
from surveys.horizon import horizon
from surveys.layers import Layer
from surveys.models import Interview, Site
from surveys.models.interview import InterviewQuerySet
from surveys.moments import day_in, in_utc
from surveys.secrecy import names_somebody


class NotTold(SurveyError):
    """A filter that would tell more than exports do."""

    status = 403


class Words(Schema):
    """Which answers, in which words."""

    layer: str = Field("corrected", description="raw, corrected or published")
    language: str = Field("", description="labels in this language; without, values as stored")


class InterviewsQuery(Words):
    """Beside these, conditions on answers to any question: `answers.age[gte]=16`."""

    repeats: str = Field("", description="yes: with the instances of repeats")
    limit: str = Field(str(USUAL), description=f"interviews a page, up to {MOST}")
    after: str = Field("", description="where a page begins; as `next` says it")
    site: str = Field("", description="codes of sites, with commas between")
    state: str = Field(
        "", description="submitted, quarantined, flagged, returned, approved, rejected"
    )
    outcome: str = Field("", description="completed, partial, refused")
    form_version: str = Field("", description="versions of the questionnaire")
    received_since: str = Field("", description="a moment, or a day")
    received_before: str = Field("", description="a moment, or a day")
    changed_since: str = Field(
        "", description="in order of change from this moment on, or from a `changed_until`"
    )


def filtered(
    rows: InterviewQuerySet, order: Order, query: InterviewsQuery, terms: Terms | None
) -> InterviewQuerySet:
    """Raises UnknownValue, NotTold."""
    if query.site:
        _require_told("site", is_told=terms is None or terms.gives_fact("site"))
        rows = rows.filter(site__in=_sites(order, parts_of(query.site)))
    if query.state:
        rows = rows.filter(state__in=choices_in("state", query.state, Interview.State))
    if query.outcome:
        rows = rows.filter(outcome__in=choices_in("outcome", query.outcome, Interview.Outcome))
    if query.form_version:
        rows = rows.filter(current__claimed_version__in=_versions(order, query.form_version))
    if query.received_since:
        rows = rows.filter(received_at__gte=_moment("received_since", query.received_since, terms))
    if query.received_before:
        rows = rows.filter(received_at__lt=_moment("received_before", query.received_before, terms))
    return rows


def _moment(parameter: str, given: str, terms: Terms | None) -> datetime:
    """A moment as fine as those that are told: asking for halves of an hour would find the minute.

    Raises UnknownValue, NotTold.
    """
    moment = moment_in(parameter, given)
    if terms is not None and terms.dates is not Dates.EXACT:
        is_day = day_in(given.strip()) is not None
        _require_told(parameter, is_told=is_day and terms.dates is Dates.DAY)
    return moment


def _require_told(parameter: str, *, is_told: bool) -> None:
    if not is_told:
        raise NotTold(
            gettext_noop(
                "`%(parameter)s` asks for more than you are told: see how coarse places and dates "
                "are in your exports. Moments can be whole days at most, and often none."
            ),
            parameter=parameter,
        )


def _sites(order: Order, codes: Sequence[str]) -> list[int]:
    """The keys of the sites that the person sees. Raises UnknownValue."""
    assert order.person is not None  # noqa: S101 - tells mypy
    seen = Site.objects.visible_to(order.person).filter(survey=order.survey)
    found = dict(seen.filter(code__in=codes).values_list("code", "pk"))
    for code in codes:
        if code not in found:
            require_one_of("site", code, list(seen.values_list("code", flat=True)[:50]))
    return list(found.values())


def _versions(order: Order, given: str) -> list[str]:
    known = list(order.questionnaire.versions.values_list("version", flat=True))
    for version in parts_of(given):
        require_one_of("form_version", version, known)
    return parts_of(given)


def conditioned(
    rows: InterviewQuerySet, order: Order, asked: QueryDict
) -> tuple[InterviewQuerySet, Keep | None]:
    """The rows that fulfil conditions on answers, and which of them to keep by those in repeats and
    those on what is sealed.

    Conditions look at answers as they are now. Raises UnknownValue, NotComparable.
    """
    if not any(name.startswith(BEGINNING) for name in asked):
        return rows, None
    form, layouts = order.questionnaire, stored_layouts_for(order)
    conditions = list(conditions_in(asked, layouts))
    if order.layer == Layer.RAW:
        raise UnknownValue(
            gettext_noop("Conditions on answers look at corrected ones: ask without `layer=raw`.")
        )
    read = [one for one in conditions if one.repeat or names_somebody(one.column.key, form)]
    for number, condition in enumerate(conditions):
        if condition not in read:
            rows = condition.found_in(rows, f"answer_{number}")
    return rows, keeping(read, [*filter(None, layouts)])


def place_for(after: str, changed_since: str, terms: Terms | None) -> Place:
    """Where a page begins. Raises UnknownPlace, UnknownValue, NotTold."""
    if after:
        return place_in(after)
    return Place(horizon(), changed=_since(changed_since, terms) if changed_since else None)


def until_told(place: Place, terms: Terms | None) -> str:
    """For `changed_since` the next time; sealed for who is told no such moments."""
    return in_utc(place.until) if terms is None else sealed([place.until.isoformat()])


def _since(given: str, terms: Terms | None) -> datetime:
    """A moment, or one that was given out as `changed_until`."""
    try:
        (moment,) = opened(given)
        return datetime.fromisoformat(moment)
    except (ValueError, TypeError):
        return _moment("changed_since", given, terms)
