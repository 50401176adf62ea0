"""What a person chose to look at among what they may see, and the page of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language

from scoring import waves
from scoring.dashboard.layers import Open, open_ranks
from scoring.dashboard.names import Dimension, dimensions_of, wave_title
from scoring.dashboard.page import Look, Page, build_page
from scoring.dashboard.questions import Questions, questions_of
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
    schemes = list(survey.schemes.defer("document")) if survey else []
    named = [scheme for scheme in schemes if scheme.name == params.get("scheme")]
    scheme = next(iter(named + schemes), None)
    sets = list(waves.sets_of(scheme)) if scheme else []
    return Selection(
        surveys=surveys,
        survey=survey,
        schemes=schemes,
        scheme=scheme,
        sets=sets,
        made=_numbered(sets, params.get("wave", "")),
        look=Look(*(params.get(name, "") for name in ("people", "beside", "k", "ranks"))),
    )


def selection_of(scheme: Scheme, wave: str, look: Look) -> Selection:
    """What everybody sees who chose this, whatever else there is to choose from."""
    sets = list(waves.sets_of(scheme))
    return Selection(
        surveys=[scheme.survey],
        survey=scheme.survey,
        schemes=[scheme],
        scheme=scheme,
        sets=sets,
        made=_numbered(sets, wave),
        look=look,
    )


def _numbered(sets: Sequence[EstimateSet], wave: str) -> EstimateSet | None:
    """The numbers of a wave, or else the last there are."""
    found = [made for made in sets if str(made.wave.number) == wave]
    return next(iter([*found, *sets[-1:]]), None)


@dataclass(frozen=True, eq=False)
class Recipe:
    """What the page of a selection is made from, beside the numbers, which are read when it is made.

    Those that make the same page are equal.
    """

    selection: Selection
    survey: Survey
    scheme: Scheme
    made: EstimateSet
    questions: Questions
    dimensions: Sequence[Dimension]
    target: int
    today: date
    ranks: Open

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipe) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def key(self) -> str:
        """Another for whatever makes another page: new numbers have another stamp."""
        chosen, kind = self.selection, self.survey.is_probability_sample
        stamps = [(each.pk, each.computed_at, wave_title(each.wave)) for each in chosen.sets]
        words = (chosen.address, self.questions, self.dimensions, get_language())
        made_from = (self.made.pk, stamps, self.scheme.sha256, kind, words)
        content = repr((*made_from, self.target, self.today, self.ranks))
        return hashlib.sha256(content.encode()).hexdigest()

    def page(self) -> Page:
        return build_page(
            self.made,
            shown(self.made, spec_of(self.scheme), self.selection.look),
            is_probability_sample=self.survey.is_probability_sample,
            spec=spec_of(self.scheme),
            dimensions=self.dimensions,
            questions=self.questions,
            target=self.target,
            today=self.today,
            look=self.selection.look,
            waves=_indices(self.selection.sets, self.selection.look.people),
            ranks=self.ranks,
        )


def recipe_of(selection: Selection) -> Recipe | None:
    """What the page is made from, or None while there are no numbers."""
    survey, scheme, made = selection.survey, selection.scheme, selection.made
    if survey is None or scheme is None or made is None:
        return None
    questions = questions_of(survey)
    dimensions = dimensions_of(spec_of(scheme), questions)
    by_city = next((each.name for each in dimensions if each.is_city), "")
    return Recipe(
        selection=selection,
        survey=survey,
        scheme=scheme,
        made=made,
        questions=questions,
        dimensions=dimensions,
        target=fieldwork.target_of(survey),
        today=timezone.localdate(),
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
