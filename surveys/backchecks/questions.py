"""Which questions can be asked again, and how the answers to them are compared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from surveys.asked import Asked, asked_in
from surveys.formlogic.spaces import words_of
from surveys.models import BackCheck
from surveys.quality.backchecks import Question, Tolerance, Type, Value
from surveys.quality.fieldwork import Kind
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import relative
from surveys.xforms.shortening import SEEN

WAS_SEEN = "yes"  # what an interview says of itself
UNSURE = "unsure"


@dataclass(frozen=True)
class Again:
    """A question that is asked again. `same` and `skipped` are answers of the second visit that
    never count as different, and that are not compared.
    """

    place: str
    type: Type
    tolerance: float = 0.0
    is_relative: bool = False
    same: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    is_loose: bool = False


SEEN_BEFORE = Again(SEEN, Type.FIXED, skipped=(UNSURE,))  # asked at every second visit


def askable_in(form: FormDef) -> Iterator[Asked]:
    """What can be asked again: not what identifies, is calculated, is in a repeat, or offers items of
    one.
    """
    sources = {relative(one.path): one for one in form.questions}
    for one in asked_in([form]):
        items = sources[one.place].itemset
        if items is None or items.instance:
            yield one


def questions_of(backcheck: BackCheck) -> tuple[Again, ...]:
    """The one about the interview itself first."""
    return (SEEN_BEFORE, *(_from_json(document) for document in backcheck.questions))


def to_json(question: Again) -> dict[str, object]:
    return {
        "place": question.place,
        "type": int(question.type),
        "tolerance": question.tolerance,
        "is_relative": question.is_relative,
        "same": list(question.same),
        "skipped": list(question.skipped),
        "is_loose": question.is_loose,
    }


def _from_json(document: Mapping[str, object]) -> Again:
    given = {name: tuple(v) if isinstance(v, list) else v for name, v in document.items()}
    return Again(**{**given, "type": Type(int(str(given["type"])))})  # type: ignore[arg-type]


def compared_as(question: Again, kinds: Mapping[str, Kind]) -> Question:
    kind = kinds.get(question.place, Kind.CHOICE)
    return Question(
        question.place,
        question.type,
        Tolerance(question.tolerance, question.tolerance, question.is_relative),
        no_difference=_values(question.same, kind),
        excluded=_values(question.skipped, kind),
        is_loose=question.is_loose,
    )


def kinds_in(forms: Iterable[FormDef]) -> dict[str, Kind]:
    return {one.place: one.kind for one in asked_in([*forms])}


def value_of(text: str, kind: Kind) -> Value:
    """An answer as it is compared: a number, text, or the names of choices in one order."""
    if not text:
        return None
    if kind is Kind.CHOICES:
        return " ".join(sorted(words_of(text)))
    if kind is Kind.NUMBER:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _values(texts: Iterable[str], kind: Kind) -> frozenset[Value]:
    return frozenset(value_of(text, kind) for text in texts)
