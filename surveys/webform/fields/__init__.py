"""The fields of a page: one kind of question, one kind of field."""

from collections.abc import Callable, Mapping

from surveys.webform.definition import MANY, SEARCHED
from surveys.webform.fields.answer import AnswerField
from surveys.webform.fields.choices import Acknowledged, ManyOf, Native, OneOf
from surveys.webform.fields.files import Upload
from surveys.webform.fields.moments import Day, Moment, Month, TimeOfDay, Year
from surveys.webform.fields.points import Point, Points
from surveys.webform.fields.ranges import range_field
from surveys.webform.fields.ranking import Rank
from surveys.webform.fields.searched import Searched
from surveys.webform.fields.texts import Code, Line, Lines, Number
from surveys.webform.prompts import Prompt
from surveys.xforms.definition import FILES

__all__ = ["AnswerField", "Upload", "field_for"]


def field_for(prompt: Prompt, file_urls: Mapping[str, str]) -> AnswerField:
    """The field of a question. `file_urls` say where the files of the interview are shown."""
    kind = prompt.question.kind
    return Upload(prompt, file_urls) if kind in FILES else FIELDS[kind](prompt)


def _text(prompt: Prompt) -> AnswerField:
    has_lines = "multiline" in prompt.appearances or "rows" in prompt.question.parameters
    return Lines(prompt) if has_lines else Line(prompt)


def _date(prompt: Prompt) -> AnswerField:
    if "year" in prompt.appearances:
        return Year(prompt)
    return Month(prompt) if "month-year" in prompt.appearances else Day(prompt)


def _select_one(prompt: Prompt) -> AnswerField:
    if not prompt.appearances.isdisjoint(SEARCHED):
        return Searched(prompt)
    if "minimal" in prompt.appearances:
        return Native(prompt)
    return Searched(prompt) if is_long(prompt) else OneOf(prompt)


def is_long(prompt: Prompt) -> bool:
    """Whether so much is offered that it is better looked for than looked through."""
    question = prompt.question
    return len(question.choices if question.itemset is None else prompt.options) > MANY


FIELDS: Mapping[str, Callable[[Prompt], AnswerField]] = {
    "text": _text,
    "integer": Number,
    "decimal": Number,
    "date": _date,
    "time": TimeOfDay,
    "datetime": Moment,
    "geopoint": Point,
    "geotrace": Points,
    "geoshape": Points,
    "barcode": Code,
    "select_one": _select_one,
    "select_multiple": ManyOf,
    "acknowledge": Acknowledged,
    "rank": Rank,
    "range": range_field,
}
