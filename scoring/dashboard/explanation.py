"""The page of one number in the reader's words: how it came about, and why it changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring import explanations
from scoring.dashboard.explanation_answers import AnswerShown, answer_shown
from scoring.dashboard.explanation_change import ChangeShown, Since, change_shown
from scoring.dashboard.explanation_steps import StepShown, steps_shown
from scoring.dashboard.figures import Figure, Scale, count, figure
from scoring.dashboard.names import dimensions_of
from scoring.dashboard.questions import questions_of
from scoring.dashboard.variables import variable_of
from scoring.dashboard.worked import worked
from scoring.explanations import Explanation
from scoring.maths.cells import Cell as CellKey
from scoring.maths.estimate import LONELY_PSU, NO_DESIGN, ONE_PSU
from scoring.maths.kinds import Kind
from scoring.maths.quality import FEW_DF, FEW_PEOPLE, WIDE
from scoring.models import EstimateSet
from scoring.schemes import spec_of


@dataclass(frozen=True)
class Fact:
    title: str
    text: str


@dataclass(frozen=True)
class ExplanationPage:
    """Everything that the page of a number shows; of a hidden one the reason alone."""

    title: str
    group: str
    figure: Figure
    sentence: str
    formula: str
    worked: str
    facts: Sequence[Fact]
    flags: Sequence[str]
    rule: str  # by which it is hidden
    steps: Sequence[StepShown]
    answers: Sequence[AnswerShown]
    change: ChangeShown | None
    source: Sequence[Fact]


def explanation_page(made: EstimateSet, key: CellKey, since: Since) -> ExplanationPage:
    """The page of one published number. Reads a wave's people once. Raises UnknownNumber."""
    spec, questions = spec_of(made.scheme), questions_of(made.scheme.survey)
    variable = variable_of(spec, key.variable, questions)
    found = explanations.explain(made, key)
    row, people = found.row, found.people
    shown = figure(row, variable.scale, has_interval=made.is_probability_sample)
    ways, has_mean = dimensions_of(spec, questions), variable.meaning.kind is not Kind.COUNT
    dimension = next((way for way in ways if way.name == key.by), None)  # none is everybody
    return ExplanationPage(
        title=variable.title(),
        group=f"{dimension.title}: {dimension.title_of(key.level)}" if dimension else "",
        figure=shown,
        sentence=variable.sentence(),
        formula=variable.formula(),
        worked=worked(made, key, variable) if people else "",
        facts=list(_facts(found, shown, variable.scale)) if people else [],
        flags=[flag for name in row.flags if (flag := _flag(name))] if people else [],
        rule=_rule() if row.suppressed else "",
        steps=list(steps_shown(found, variable, dimension)),
        answers=[
            answer_shown(spec.items[each.place], each, questions, is_everybody=dimension is None)
            for each in found.answers
        ],
        change=change_shown(made, key, since, variable, people) if people and has_mean else None,
        source=list(_source(found)),
    )


def _rule() -> str:
    return _(
        "Numbers are hidden where somebody could be recognised: of fewer than 10 people or 3 sampling "
        "areas, where all of a few people have the same result, and whatever a hidden number could be "
        "worked out from. Therefore nothing more is shown of this one, neither answers nor changes. "
        "It appears by itself as soon as enough people were interviewed."
    )


def _facts(found: Explanation, shown: Figure, scale: Scale) -> Iterator[Fact]:
    yield Fact(_("People"), count(found.row.n or 0))
    yield Fact(_("Sampling areas (PSUs)"), count(found.psus))
    yield Fact(_("Strata"), count(found.strata))
    if found.row.se is not None and shown.interval:
        yield Fact(_("Standard error"), scale.apart(found.row.se))
    if found.row.deff and shown.deff and found.row.n:
        effective = found.row.n / max(found.row.deff, 1.0)
        yield Fact(_("Design effect"), shown.deff)
        yield Fact(_("Worth as many people drawn one by one (n_eff)"), count(round(effective)))
    if shown.df is not None:
        yield Fact(_("Degrees of freedom"), str(shown.df))


def _flag(name: str) -> str:
    """What a flag means, in a sentence; blank for one that is not known here."""
    return {
        FEW_PEOPLE: _(
            "Fewer than 30 people, or no more information than of so many: read it as indicative."
        ),
        WIDE: _("The interval is wide: another sample might have given quite another number."),
        FEW_DF: _(
            "Few sampling areas: the interval itself is uncertain. "
            "Plan 9 to 10 areas for each group that is to be published."
        ),
        ONE_PSU: _(
            "All these people are of one sampling area: how uncertain the number is cannot be said."
        ),
        LONELY_PSU: _(
            "A stratum has one sampling area only; it is compared with the mean of all others."
        ),
        NO_DESIGN: _("Not a probability sample: it tells of those asked and nobody else."),
    }.get(name, "")


def _source(found: Explanation) -> Iterator[Fact]:
    made, source = found.made, found.source
    yield Fact(_("Scheme"), f"{made.scheme.name} · SHA-256 {made.scheme.sha256[:12]}")
    for version, interviews in source.form_versions.items():
        words = ngettext("%(n)s interview", "%(n)s interviews", interviews)
        title = _("Form version %(version)s") % {"version": version or _("unknown")}
        yield Fact(title, words % {"n": count(interviews)})
    yield Fact(_("Weights"), made.weight_version or _("design weights of the sites"))
    yield Fact(_("Computed"), _moment(made.computed_at))
    if source.received_until is not None:
        yield Fact(_("Answers received until"), _moment(source.received_until))


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
