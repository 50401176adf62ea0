"""The engine that runs here."""

from collections.abc import Sequence

from surveys.engines.questions import (
    ENDS,
    FORMS,
    HERE,
    PATHS,
    TYPES,
    Answer,
    Question,
    node_at,
    path_of,
)
from surveys.formlogic.answers import is_of_type, is_same, written
from surveys.formlogic.context import Context, context_at
from surveys.formlogic.dependencies import functions_of, matching, references
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.moments import Moment
from surveys.formlogic.tree import document_of
from surveys.formlogic.values import Value, nodes_of, to_boolean, to_number, to_text

KINDS = {str: "text", float: "number", bool: "boolean", Moment: "moment", list: "nodes"}


def answers(questions: Sequence[Question]) -> list[Answer]:
    environments = {id(q.world): q.world.environment() for q in questions}
    found = []
    for question in questions:
        tree = question.world.trees[0]
        node, top = node_at(tree, question.place), node_at(tree, question.top)
        document = top if question.top else document_of(top)
        context = context_at(node, document, environments[id(question.world)])
        found.append(_answer(question, _value(question, context)))
    return found


def _value(question: Question, context: Context) -> Value:
    try:
        return compile_expression(question.node)(context)
    except Exception as error:
        error.add_note(f"evaluating {question.node}")
        raise


def _answer(question: Question, value: Value) -> Answer:
    zone = question.world.environment().zone
    text, day = to_text(value), written(value, "date", zone)
    reads = references(question.node, HERE)
    return Answer(
        kind=KINDS[type(value)],
        text=text,
        number=to_number(value, zone),
        boolean=to_boolean(value),
        nodes=tuple(path_of(node) for node in nodes_of(value)),
        written=tuple(written(value, type_, zone) for type_ in TYPES),
        fits=tuple(is_of_type(text, form) for form in FORMS),
        same=tuple(is_same(text, other, zone) for other in (day, *[text + end for end in ENDS])),
        reads=tuple(sorted(reads | functions_of(question.node))),
        means=tuple(sorted({path for read in reads for path in matching(read, PATHS)})),
    )
