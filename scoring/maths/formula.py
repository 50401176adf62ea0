"""An expression of the form language about the answers of one interview, as schemes use it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from surveys.errors import gettext_noop
from surveys.formlogic.context import Environment, Expression, context_at
from surveys.formlogic.dependencies import functions_of, references
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.syntax import ExpressionError, Node, parse
from surveys.formlogic.tree import Element, document_of
from surveys.formlogic.values import Value, to_boolean
from surveys.xforms.linting.trees import COMPARISONS

ROOT = "answers"
UNKNOWING = Environment(now=datetime(1970, 1, 1, tzinfo=UTC))
BEYOND = frozenset(  # what depends on more than the answers: the moment, chance, files, the form
    {
        *("now", "today", "random", "randomize", "uuid", "instance", "pulldata", "jr:itext"),
        *("jr:choice-name", "indexed-repeat", "position", "last", "id"),
    }
)
YES_OR_NO = frozenset({"not", "selected", "true", "false", "boolean", "regex"})  # functions
_REFERENCE = re.compile(r"\$\{\s*([^\s{}]+)\s*\}")


@dataclass(frozen=True)
class Formula:
    """An expression that reads answers by the names of their questions; `.` is `question`."""

    text: str
    question: str
    names: frozenset[str]
    is_constant: bool  # comes to the same whatever is answered
    is_condition: bool  # says yes or no
    evaluate: Expression = field(compare=False, repr=False)

    def value(self, answers: Mapping[str, str]) -> Value:
        """What it comes to; questions without an answer are blank."""
        root = Element(ROOT)
        here = root.append(Element(self.question, answers.get(self.question, "")))
        for name in self.names - {self.question}:
            root.append(Element(name, answers.get(name, "")))
        return self.evaluate(context_at(here, document_of(root), UNKNOWING))

    def holds(self, answers: Mapping[str, str]) -> bool:
        return to_boolean(self.value(answers))


def parse_formula(text: str, question: str) -> Formula:
    """The expression, compiled; it stands at `question`. Raises ExpressionError.

    It may read answers as `${question}` and call whatever gives the same for the same answers.
    """
    names = frozenset({*_REFERENCE.findall(text), question})
    node = parse(_REFERENCE.sub(rf" /{ROOT}/\1 ", text))
    _require_answers_only(node, question, names)
    return Formula(
        text=text,
        question=question,
        names=names,
        is_constant=not references(node, f"/{ROOT}/{question}"),
        is_condition=_is_condition(node),
        evaluate=compile_expression(node),
    )


def _is_condition(node: Node) -> bool:
    return node[0] in {*COMPARISONS, "and", "or"} or (node[0] == "call" and node[1] in YES_OR_NO)


def _require_answers_only(node: Node, question: str, names: frozenset[str]) -> None:
    for function in sorted(functions_of(node) & BEYOND):
        raise ExpressionError(
            gettext_noop("%(name)s() depends on more than the answers: no score can rest on it."),
            0,
            name=function,
        )
    known = {f"/{ROOT}/{name}" for name in names}
    for path in sorted(references(node, f"/{ROOT}/{question}") - known):
        raise ExpressionError(
            gettext_noop("Write ${name} for the answer to a question, instead of “%(path)s”."),
            0,
            path=path.removeprefix(f"/{ROOT}/{question}/"),
        )
