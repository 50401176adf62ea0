"""A scoring scheme as typed values, and its parser: what is judged, by which rules and weights."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from scoring.maths.document import Node, SchemeError
from scoring.maths.formula import Formula, parse_formula
from scoring.maths.kinds import ALONE, Kind, beginnings
from scoring.maths.rules import (
    MISSING,
    NOT_APPLICABLE,
    SCALE,
    Bands,
    Calculated,
    ChoiceScores,
    CountSelected,
    IncomeRatio,
    PerPersonBands,
    Rule,
    Steps,
)
from surveys.errors import gettext_noop
from surveys.formlogic.syntax import ExpressionError

__all__ = [
    "MISSING",
    "NOT_APPLICABLE",
    "SCALE",
    "CoreContent",
    "Disaggregation",
    "Implied",
    "ItemSpec",
    "SchemeError",
    "SchemeSpec",
    "StandardSpec",
    "Validity",
    "parse_scheme",
]

BASIS_POINTS = 10_000
MOST_LETTERS = 40  # of a name: with what is put before it, it is the name of a variable
NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{MOST_LETTERS}}}")
MOST_OF_SCHEME = 50  # letters of the name of a weighting, under which a scheme is kept
SCHEME_NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{MOST_OF_SCHEME}}}")
REFERENCES = ("average_wage", "minimum_wage")  # what is known of a city
DESIGN = ("stratum",)  # columns of the design by which people are divided
TAKEN_BY = ("all", "day", "outcome", "version")  # ways to divide that are there anyway
TAKEN = tuple(kind.value for kind in ALONE)  # names of variables, as are all that begin with these:
BEGINNINGS = beginnings(*(kind for kind in Kind if kind not in (*ALONE, Kind.STANDARD)))
MOST_ITEMS_IN_ALL = 255  # they are counted in bytes
MOST_ITEMS = 26  # of one standard: beyond it the exact integers outgrow a float's 53 bits


@dataclass(frozen=True)
class StandardSpec:
    """One standard; without a weight it is reported beside the index and never enters it."""

    name: str
    title_en: str
    title_zh: str
    rank: int | None
    weight: int  # basis points; 0 = beside the index


@dataclass(frozen=True)
class CoreContent:
    name: str
    title_en: str
    title_zh: str


@dataclass(frozen=True)
class ItemSpec:
    """One question judged 0..12; below `cutoff` the person is deprived in it.

    It applies where the question was asked and, where there is such an expression, `applies` holds.
    """

    name: str
    question: str
    standard: str
    core_content: str
    cutoff: int
    rule: Rule
    applies: Formula | None = None

    @cached_property
    def questions(self) -> frozenset[str]:
        """Every question that its score may depend on."""
        named = {self.question}
        if isinstance(self.rule, PerPersonBands):
            named.add(self.rule.area)
        formulas = (self.rule.formula if isinstance(self.rule, Calculated) else None, self.applies)
        return frozenset(named).union(*(formula.names for formula in formulas if formula))


@dataclass(frozen=True)
class Implied:
    """Where every answer in `when` was given, `items` have `score` without being asked."""

    when: Mapping[str, str]
    items: frozenset[str]
    score: int


@dataclass(frozen=True)
class Validity:
    """How much must be answered before a person has a score."""

    min_answered_items: Fraction  # of a standard's applicable items
    min_standards: int  # for the index
    min_answered_weight: Fraction  # of all applicable counting weight


@dataclass(frozen=True)
class Disaggregation:
    """A way to divide people: by an answer or a column of the design, as it is or in bands."""

    name: str
    title_en: str
    title_zh: str
    source: str
    is_design_column: bool
    bands: tuple[tuple[Fraction | None, str], ...] = ()  # upper bound and level; None is the last


@dataclass(frozen=True)
class SchemeSpec:
    """Everything that turns answers into indicators, under one weighting of the standards."""

    name: str
    weighting: str
    title_en: str
    title_zh: str
    note_en: str
    note_zh: str
    standards: tuple[StandardSpec, ...]
    core_contents: tuple[CoreContent, ...]
    items: tuple[ItemSpec, ...]
    validity: Validity
    met: Fraction
    k_list: tuple[Fraction, ...]
    headline_k: Fraction
    missing_codes: frozenset[str]
    implied: tuple[Implied, ...]
    disaggregations: tuple[Disaggregation, ...]

    @cached_property
    def questions(self) -> frozenset[str]:
        """Every question that any score may depend on."""
        return frozenset[str]().union(*(item.questions for item in self.items))

    @cached_property
    def asked(self) -> frozenset[str]:
        """Every question that is judged or divides people."""
        return self.questions | {by.source for by in self.disaggregations}

    @cached_property
    def weighted(self) -> tuple[StandardSpec, ...]:
        """The standards that make the index and are counted."""
        return tuple(standard for standard in self.standards if standard.weight)

    @cached_property
    def items_of(self) -> Mapping[str, list[int]]:
        """The places of each standard's items, by the standard's name."""
        return {
            standard.name: [
                i for i, item in enumerate(self.items) if item.standard == standard.name
            ]
            for standard in self.standards
        }

    @cached_property
    def unit(self) -> int:
        """A whole number that every possible count of applicable items divides (840 for 8)."""
        return math.lcm(*range(1, max(map(len, self.items_of.values())) + 1))


def parse_scheme(document: Mapping[str, Any], weights: str | None = None) -> SchemeSpec:
    """The scheme of a JSON document under the named weighting, or under its default one.

    Raises `SchemeError` naming the place of the first fault.
    """
    root = Node(document)
    _check_names(root)
    weighting = weights or root["default_weights"].text()
    scheme = SchemeSpec(
        name=root["name"].text(),
        weighting=weighting,
        title_en=root["title_en"].text(),
        title_zh=root["title_zh"].text(),
        note_en=root["note_en"].text(),
        note_zh=root["note_zh"].text(),
        standards=_standards(root, weighting),
        core_contents=tuple(map(_core_content, root["core_contents"].elements())),
        items=tuple(map(_item, root["items"].elements())),
        validity=_validity(root["validity"]),
        met=root["met"].share(),
        k_list=tuple(k.share() for k in root["k"].elements()),
        headline_k=root["headline_k"].share(),
        missing_codes=frozenset(root["missing_codes"].texts()),
        implied=tuple(map(_implied, root["implied"].elements())) if "implied" in root else (),
        disaggregations=tuple(map(_disaggregation, root["disaggregations"].elements())),
    )
    _check_items(scheme, root)
    _check_thresholds(scheme, root)
    return scheme


def _standards(root: Node, weighting: str) -> tuple[StandardSpec, ...]:
    weights = root["weights"][weighting]
    basis_points = {name: node.integer(0, BASIS_POINTS) for name, node in weights.members()}
    if sum(basis_points.values()) != BASIS_POINTS:
        raise weights.fault(
            gettext_noop("%(place)s: the weights add up to %(total)s; make it 10000."),
            total=sum(basis_points.values()),
        )
    standards = tuple(_standard(node, basis_points) for node in root["standards"].elements())
    for name in basis_points.keys() - {standard.name for standard in standards}:
        raise weights.fault(gettext_noop("%(place)s: there is no standard “%(name)s”."), name=name)
    return standards


def _standard(node: Node, basis_points: Mapping[str, int]) -> StandardSpec:
    return StandardSpec(
        name=node["name"].text(),
        title_en=node["title_en"].text(),
        title_zh=node["title_zh"].text(),
        rank=None if node["rank"].value is None else node["rank"].integer(1, 100),
        weight=basis_points.get(node["name"].text(), 0),
    )


def _core_content(node: Node) -> CoreContent:
    return CoreContent(node["name"].text(), node["title_en"].text(), node["title_zh"].text())


def _item(node: Node) -> ItemSpec:
    return ItemSpec(
        name=node["name"].text(),
        question=node["question"].text(),
        standard=node["standard"].text(),
        core_content=node["core_content"].text(),
        cutoff=node["cutoff"].integer(0, SCALE),
        rule=_rule(node),
        applies=_formula(node, "applies") if "applies" in node else None,
    )


def _rule(node: Node) -> Rule:
    if "scores" in node:
        return ChoiceScores({code: _choice(score) for code, score in _by_choice(node["scores"])})
    if "bands" in node:
        return Bands(_steps(node["bands"]))
    if "per_person_bands" in node:
        return PerPersonBands(node["area"].text(), _steps(node["per_person_bands"]))
    if "by_count" in node:
        scores = tuple(score.integer(0, SCALE) for score in node["by_count"].elements())
        return CountSelected(frozenset(node["options"].texts()), node["none"].text(), scores)
    if "income_ratio" in node:
        return IncomeRatio(
            midpoints={band: float(n.fraction()) for band, n in _by_choice(node["midpoints"])},
            average=_reference(node["average"]),
            minimum=_reference(node["minimum"]),
            steps=_steps(node["income_ratio"]),
        )
    if "expression" in node:
        return _calculated(node)
    raise node.fault(
        gettext_noop(
            "%(place)s: say how it is scored with “scores”, “bands”, “per_person_bands”, "
            "“by_count”, “income_ratio” or “expression”."
        )
    )


def _by_choice(node: Node) -> list[tuple[str, Node]]:
    values = list(node.members())
    if not values:
        raise node.fault(gettext_noop("%(place)s: give every choice its value."))
    return values


def _reference(node: Node) -> str:
    name = node.text()
    if name not in REFERENCES:
        raise node.fault(
            gettext_noop("%(place)s: of a city is known: %(names)s. Name one of them."),
            names=", ".join(REFERENCES),
        )
    return name


def _calculated(node: Node) -> Calculated:
    rule = Calculated(_formula(node, "expression"))
    if rule.is_no_score:
        raise node["expression"].fault(
            gettext_noop("%(place)s: let this come to a score, a number from 0 to 12.")
        )
    return rule


def _formula(node: Node, key: str) -> Formula:
    try:
        return parse_formula(node[key].text(), node["question"].text())
    except ExpressionError as error:
        raise node[key].fault(
            gettext_noop("%(place)s: the expression is wrong: %(detail)s"), detail=error
        ) from error


def _choice(node: Node) -> int:
    return NOT_APPLICABLE if node.value == NOT_APPLICABLE else node.integer(0, SCALE)


def _steps(node: Node) -> Steps:
    bands = _bands(node)
    return Steps(
        bounds=tuple(bound for bound, _ in bands if bound is not None),
        scores=tuple(score.integer(0, SCALE) for _, score in bands),
    )


def _bands(node: Node) -> list[tuple[Fraction | None, Node]]:
    """Pairs of an upper bound and what applies below it; the bounds rise and only the last is null."""
    pairs = [element.pair() for element in node.elements()]
    bounds = [bound.fraction() for bound, _ in pairs[:-1]]
    if pairs[-1][0].value is not None or bounds != sorted(set(bounds)):
        raise node.fault(gettext_noop("%(place)s: let the bounds rise and end with null."))
    return [*zip(bounds, (what for _, what in pairs[:-1]), strict=True), (None, pairs[-1][1])]


def _validity(node: Node) -> Validity:
    return Validity(
        min_answered_items=node["min_answered_items"].share(),
        min_standards=node["min_standards"].integer(1, 100),
        min_answered_weight=node["min_answered_weight"].share(),
    )


def _implied(node: Node) -> Implied:
    return Implied(
        when={question: answer.text() for question, answer in node["when"].members()},
        items=frozenset(node["items"].texts()),
        score=node["score"].integer(0, SCALE),
    )


def _disaggregation(node: Node) -> Disaggregation:
    is_design_column = "design" in node
    if is_design_column and node["design"].text() not in DESIGN:
        raise node["design"].fault(
            gettext_noop("%(place)s: people can be divided by %(names)s, or by a question."),
            names=", ".join(DESIGN),
        )
    return Disaggregation(
        name=node["name"].text(),
        title_en=node["title_en"].text(),
        title_zh=node["title_zh"].text(),
        source=node["design" if is_design_column else "question"].text(),
        is_design_column=is_design_column,
        bands=tuple((bound, level.text()) for bound, level in _bands(node["bands"]))
        if "bands" in node
        else (),
    )


def _check_names(root: Node) -> None:
    for name, _ in root["weights"].members():
        if not SCHEME_NAME.fullmatch(name):
            raise _bad_name(root["weights"], name, MOST_OF_SCHEME)
    for kind in ("standards", "core_contents", "items", "disaggregations"):
        seen = set()
        for node in root[kind].elements():
            name = node["name"].text()
            if name in seen:
                raise node.fault(
                    gettext_noop("%(place)s: “%(name)s” is there twice; rename one."), name=name
                )
            if not NAME.fullmatch(name):
                raise _bad_name(node, name, MOST_LETTERS)
            if _is_taken(kind, name):
                raise node.fault(
                    gettext_noop("%(place)s: the name “%(name)s” has a meaning here; rename it."),
                    name=name,
                )
            seen.add(name)


def _bad_name(node: Node, name: str, most: int) -> SchemeError:
    return node.fault(
        gettext_noop(
            "%(place)s: rename “%(name)s”: use 1 to %(most)s letters a to z, digits, - and _."
        ),
        name=name,
        most=most,
    )


def _is_taken(kind: str, name: str) -> bool:
    """Numbers that would be published under the same name are not told apart."""
    if kind == "disaggregations":
        return name in TAKEN_BY
    return kind == "standards" and (name in TAKEN or name.startswith(BEGINNINGS))


def _check_items(scheme: SchemeSpec, root: Node) -> None:
    if len(scheme.items) > MOST_ITEMS_IN_ALL:
        raise root["items"].fault(
            gettext_noop("%(place)s: give at most %(most)s items."), most=MOST_ITEMS_IN_ALL
        )
    core_contents = {core.name for core in scheme.core_contents}
    for item, node in zip(scheme.items, root["items"].elements(), strict=True):
        if item.standard not in scheme.items_of:
            raise node["standard"].fault(
                gettext_noop("%(place)s: there is no standard “%(name)s”."), name=item.standard
            )
        if item.core_content not in core_contents:
            raise node["core_content"].fault(
                gettext_noop("%(place)s: there is no core content “%(name)s”."),
                name=item.core_content,
            )
    for standard, node in zip(scheme.standards, root["standards"].elements(), strict=True):
        if not 1 <= len(scheme.items_of[standard.name]) <= MOST_ITEMS:
            raise node.fault(
                gettext_noop("%(place)s: give this standard 1 to %(most)s items."), most=MOST_ITEMS
            )
    items = {item.name for item in scheme.items}
    for number, implied in enumerate(scheme.implied):
        for name in sorted(implied.items - items):
            raise Node(None, f"/implied/{number}/items").fault(
                gettext_noop("%(place)s: there is no item “%(name)s”."), name=name
            )


def _check_thresholds(scheme: SchemeSpec, root: Node) -> None:
    if scheme.headline_k not in scheme.k_list:
        raise root["headline_k"].fault(gettext_noop("%(place)s: choose one of the list “k”."))
    if scheme.validity.min_standards > len(scheme.weighted):
        raise root["validity"]["min_standards"].fault(
            gettext_noop("%(place)s: there are only %(count)s standards with a weight."),
            count=len(scheme.weighted),
        )
