"""What lack of integration is made of: the parts of M0 and of the gap to 100, and each item's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from scoring.dashboard.figures import SHARE, Figure
from scoring.dashboard.questions import Questions
from scoring.dashboard.rows import Rows
from scoring.dashboard.variables import Variable, variables_of
from scoring.maths.cells import Domain
from scoring.maths.kinds import Kind
from scoring.maths.scheme import ItemSpec, SchemeSpec, StandardSpec

FIRST = 10  # items that are shown without being asked for


@dataclass(frozen=True)
class Bar:
    """Where a bar and its interval end, in percent of the longest one beside it."""

    width: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Part:
    """What a standard or a core content adds; `amount` of M0, blank where it cannot be told."""

    name: str
    title: str
    figure: Figure
    amount: str
    bar: Bar | None


@dataclass(frozen=True)
class Item:
    """Who lacks what an item asks for, and what that adds to M0."""

    name: str
    question: str
    standard: str
    lacking: Figure  # of those to whom it applies
    counted: Figure  # of all: lacking it and not integrated
    share: Figure  # of M0
    amount: str


@dataclass(frozen=True)
class Composition:
    """The parts of M0 at the headline threshold in three divisions, and of 100 less the index."""

    k: str
    breadth: Figure
    standards: Sequence[Part]
    core_contents: Sequence[Part]
    gaps: Sequence[Part]
    items: Sequence[Item]  # what adds most comes first, hidden ones last

    @property
    def first(self) -> Sequence[Item]:
        return self.items[:FIRST]

    @property
    def others(self) -> Sequence[Item]:
        return self.items[FIRST:]

    @property
    def is_known(self) -> bool:
        """Whether anything of it may be shown."""
        figures = (part.figure for part in (*self.standards, *self.gaps))
        return any(figure.value is not None for figure in figures)


def composition_of(
    rows: Rows, spec: SchemeSpec, questions: Questions, group: Domain
) -> Composition:
    """The composition of one group. Asks the database for nothing."""
    variables = variables_of(spec, questions)
    breadth = rows.figure(Kind.BREADTH.at(spec.headline_k), *group, SHARE)
    parts = partial(_parts, rows, variables, group)
    return Composition(
        k=str(spec.headline_k),
        breadth=breadth,
        standards=parts(Kind.PART_OF_STANDARD, breadth),
        core_contents=parts(Kind.PART_OF_CORE, breadth),
        gaps=parts(Kind.GAP, None),
        items=sorted(_items(rows, variables, group, breadth), key=_most_first),
    )


def _parts(
    rows: Rows,
    variables: Mapping[str, Variable],
    group: Domain,
    kind: Kind,
    whole: Figure | None,
) -> list[Part]:
    found = [variable for variable in variables.values() if variable.meaning.kind == kind]
    figures = [rows.figure(variable.name, *group, variable.scale) for variable in found]
    longest = max((figure.high or figure.value or 0.0 for figure in figures), default=0.0)
    return [
        Part(
            name=_short_name(variable),
            title=variable.subject_title(),
            figure=figure,
            amount=amount(figure, whole) if whole else "",
            bar=_bar(figure, longest),
        )
        for variable, figure in zip(found, figures, strict=True)
    ]


def _short_name(variable: Variable) -> str:
    """A standard's; core contents are known by their titles alone."""
    subject = variable.meaning.subject
    return subject.name if isinstance(subject, StandardSpec) else ""


def _bar(figure: Figure, longest: float) -> Bar | None:
    if figure.value is None or not longest:
        return None
    low, high = (
        None if end is None else round(100 * end / longest, 1) for end in (figure.low, figure.high)
    )
    return Bar(round(100 * figure.value / longest, 1), low, high)


def amount(share: Figure, whole: Figure) -> str:
    """The part of M0 that a share of it is, from the numbers as shown: no more precise than they."""
    if share.value is None or whole.value is None:
        return ""
    return SHARE.shown(share.value / 100 * whole.value)


def _items(
    rows: Rows, variables: Mapping[str, Variable], group: Domain, breadth: Figure
) -> Iterator[Item]:
    for variable in variables.values():
        item = variable.meaning.subject
        if variable.meaning.kind == Kind.PART_OF_ITEM and isinstance(item, ItemSpec):
            share = rows.figure(variable.name, *group, variable.scale)
            yield Item(
                name=item.name,
                question=variable.subject_title(),
                standard=item.standard,
                lacking=rows.figure(Kind.UNCENSORED.of(item.name), *group, variable.scale),
                counted=rows.figure(Kind.CENSORED.of(item.name), *group, variable.scale),
                share=share,
                amount=amount(share, breadth),
            )


def _most_first(item: Item) -> float:
    """By the number as shown, so that the order tells nothing of hidden ones."""
    return -(item.share.value if item.share.value is not None else -1.0)
