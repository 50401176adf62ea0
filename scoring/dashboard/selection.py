"""What a person chose to look at among what they may see, and the page of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.http import urlencode

from scoring import estimates
from scoring.dashboard.names import dimensions_of
from scoring.dashboard.page import Page, build_page
from scoring.dashboard.questions import questions_of
from scoring.maths.cells import ALL
from scoring.maths.kinds import INDEX, INTERVIEWS
from scoring.maths.scheme import SchemeSpec
from scoring.models import Estimate, EstimateSet, Scheme
from scoring.schemes import spec_of
from surveys import demo, fieldwork
from surveys.models import Survey, User
from surveys.models.survey import STAFF_ROLES


@dataclass(frozen=True)
class Selection:
    """A survey, a scheme and a group of people: each as chosen, or the first there is."""

    surveys: Sequence[Survey]
    survey: Survey | None
    schemes: Sequence[Scheme]
    scheme: Scheme | None
    made: EstimateSet | None
    people: str

    @property
    def stamp(self) -> str:
        """Changes when there are new numbers."""
        return self.made.computed_at.isoformat() if self.made else ""

    @cached_property
    def query(self) -> str:
        """The survey and the scheme, as addresses name them."""
        chosen = {
            "survey": self.survey and self.survey.code,
            "scheme": self.scheme and self.scheme.name,
        }
        return urlencode({name: value for name, value in chosen.items() if value})

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
        is_first = self.scheme.sites.exists() and not self.scheme.estimate_sets.exists()
        return "estimates" if is_first else "interviews"


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
    return Selection(
        surveys=surveys,
        survey=survey,
        schemes=schemes,
        scheme=scheme,
        made=estimates.latest_set(scheme) if scheme else None,
        people=params.get("people", ""),
    )


def page_of(selection: Selection) -> Page | None:
    """The page of the selection, or None while there are no numbers."""
    survey, scheme, made = selection.survey, selection.scheme, selection.made
    if survey is None or scheme is None or made is None:
        return None
    spec, questions = spec_of(scheme), questions_of(survey)
    return build_page(
        survey,
        made,
        shown(made, spec, selection.people),
        spec=spec,
        dimensions=dimensions_of(spec, questions),
        questions=questions,
        people=selection.people,
        target=fieldwork.target_of(survey),
        today=timezone.localdate(),
        waves=scheme.estimate_sets.filter(interviews__gt=0).count(),
    )


def shown(made: EstimateSet, spec: SchemeSpec, people: str) -> QuerySet[Estimate]:
    """What the page shows: a few numbers of all groups, everything of everyone and of the chosen one.

    Each group has ten times as many numbers, which only its own page needs.
    """
    of_all = [INTERVIEWS, INDEX, *(standard.name for standard in spec.weighted)]
    by, _, level = people.partition("=")
    everyone, chosen = Q(by=ALL, level=ALL), Q(by=by, level=level)
    return made.estimates.filter(everyone | chosen | Q(variable__in=of_all)).order_by()
