"""What a person chose to look at among what they may see, and the page of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.http import urlencode

from scoring import waves
from scoring.dashboard.layers import open_ranks
from scoring.dashboard.names import dimensions_of
from scoring.dashboard.page import Look, Page, build_page
from scoring.dashboard.questions import questions_of
from scoring.maths.cells import ALL
from scoring.maths.kinds import INDEX, INTERVIEWS
from scoring.maths.scheme import SchemeSpec
from scoring.models import Estimate, EstimateSet, Scheme
from scoring.schemes import spec_of
from surveys import demo, fieldwork
from surveys.models import Interview, Survey, User
from surveys.models.survey import STAFF_ROLES


@dataclass(frozen=True)
class Selection:
    """A survey, a scheme and a group of people: each as chosen, or the first there is."""

    surveys: Sequence[Survey]
    survey: Survey | None
    schemes: Sequence[Scheme]
    scheme: Scheme | None
    sets: Sequence[EstimateSet]  # the scheme's waves with numbers, the earliest first
    made: EstimateSet | None
    look: Look

    @property
    def stamp(self) -> str:
        """Changes when there are new numbers."""
        return self.made.computed_at.isoformat() if self.made else ""

    @cached_property
    def query(self) -> str:
        """The survey, the scheme and the wave, as addresses name them."""
        chosen = {
            "survey": self.survey and self.survey.code,
            "scheme": self.scheme and self.scheme.name,
            "wave": self.wave,
        }
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def address(self) -> str:
        """All that is chosen, as an address names it."""
        more = urlencode({name: value for name, value in asdict(self.look).items() if value})
        return f"{self.query}&{more}" if more else self.query

    @property
    def wave(self) -> str:
        """The number of an earlier wave that is shown; blank for the last."""
        if self.made is None or self.made == self.sets[-1]:
            return ""
        return str(self.made.wave.number)

    @property
    def titles(self) -> dict[str, str]:
        """The surveys to choose from: code -> name in the reader's language."""
        return {survey.code: str(survey) for survey in self.surveys}

    @property
    def title(self) -> str:
        return self.titles[self.survey.code] if self.survey else ""

    @property
    def is_demo(self) -> bool:
        return self.survey is not None and self.survey.code == demo.CODE

    @property
    def missing(self) -> str:
        """What there must be before there are numbers, or blank."""
        if self.survey is None:
            return "survey"
        if self.scheme is None:
            return "scheme"
        if self.made is not None:
            return ""
        return "estimates" if _waits_for_the_first(self.scheme) else "interviews"


def _waits_for_the_first(scheme: Scheme) -> bool:
    """Whether there is something to judge, and it never was."""
    if scheme.estimate_sets.exists():
        return False
    return Interview.objects.counted().filter(questionnaire__survey=scheme.survey_id).exists()


def select(user: User | AnonymousUser, params: Mapping[str, str]) -> Selection:
    """The selection of a request. Raises Http404 for a survey that is not the person's."""
    surveys = list(Survey.objects.with_role(user, *STAFF_ROLES))
    code = params.get("survey")
    survey = next((each for each in surveys if not code or each.code == code), None)
    if code and survey is None:
        raise Http404
    schemes = list(survey.schemes.all()) if survey else []
    named = [scheme for scheme in schemes if scheme.name == params.get("scheme")]
    scheme = next(iter(named + schemes), None)
    sets = list(waves.sets_of(scheme)) if scheme else []
    numbered = [made for made in sets if str(made.wave.number) == params.get("wave")]
    return Selection(
        surveys=surveys,
        survey=survey,
        schemes=schemes,
        scheme=scheme,
        sets=sets,
        made=next(iter(numbered + sets[-1:]), None),
        look=Look(*(params.get(name, "") for name in ("people", "beside", "k", "ranks"))),
    )


def page_of(selection: Selection) -> Page | None:
    """The page of the selection, or None while there are no numbers."""
    survey, scheme, made = selection.survey, selection.scheme, selection.made
    if survey is None or scheme is None or made is None:
        return None
    spec, questions = spec_of(scheme), questions_of(survey)
    dimensions = dimensions_of(spec, questions)
    by_city = next((each.name for each in dimensions if each.is_city), "")
    return build_page(
        made,
        shown(made, spec, selection.look),
        is_probability_sample=survey.is_probability_sample,
        spec=spec,
        dimensions=dimensions,
        questions=questions,
        target=fieldwork.target_of(survey),
        today=timezone.localdate(),
        look=selection.look,
        waves=_indices(selection.sets, selection.look.people),
        ranks=open_ranks(made, by_city) if survey.is_probability_sample else {},
    )


def shown(made: EstimateSet, spec: SchemeSpec, look: Look) -> QuerySet[Estimate]:
    """What the page shows: a few numbers of all groups, everything of everyone and of the chosen ones.

    Each group has ten times as many numbers, which only its own page needs.
    """
    of_all = [INTERVIEWS, INDEX, *(standard.name for standard in spec.standards)]
    wanted = Q(by=ALL, level=ALL) | _of_group(look.people) | Q(variable__in=of_all)
    return made.estimates.filter(wanted).order_by()


def _of_group(key: str) -> Q:
    by, _, level = key.partition("=")
    return Q(by=by, level=level) if by else Q(by=ALL, level=ALL)


def _indices(sets: Sequence[EstimateSet], people: str) -> list[tuple[EstimateSet, Estimate | None]]:
    """Each wave with the group's index in it; nothing where there is one wave."""
    if len(sets) < 2:
        return []
    rows = Estimate.objects.filter(_of_group(people), set__in=sets, variable=INDEX)
    found = {row.set_id: row for row in rows}
    return [(made, found.get(made.pk)) for made in sets]
