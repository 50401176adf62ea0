"""The columns `expression` and `applies`: expressions of the form language, checked as forms' are."""

from collections.abc import Iterator

from scoring.maths.formula import Formula, parse_formula
from scoring.maths.rules import MISSING, Calculated
from scoring.workbooks.groups import asked_once
from scoring.workbooks.sheets import Reading, SchemeBook
from surveys.errors import gettext_noop
from surveys.formlogic.syntax import ExpressionError
from surveys.xforms.linting.expressions import Expression, read_expression, straight
from surveys.xforms.linting.findings import ERROR, Cell, Finding
from surveys.xforms.linting.meaning import check_meaning
from surveys.xforms.linting.references import check_cell, references

LONGEST = 2_000  # characters


def read_formula(book: SchemeBook, cell: Cell, question: str) -> Reading[str]:
    """The expression in a cell, that stands at a question; blank where anything is wrong with it."""
    text = straight(cell.text.strip())
    found = list(_check(book, cell, text, question))
    yield from found
    return "" if any(finding.severity == ERROR for finding in found) else text


def _check(book: SchemeBook, cell: Cell, text: str, question: str) -> Iterator[Finding]:
    if len(text) > LONGEST:
        yield cell.error(
            "long-expression",
            gettext_noop("The expression is too long. Divide it into calculations."),
        )
        return
    found = [*check_cell(book.form, cell), *_check_names(book, cell)]
    yield from found
    if not found and question in book.questions:
        yield from _check_logic(book, cell, text, question)


def _check_names(book: SchemeBook, cell: Cell) -> Iterator[Finding]:
    for name in dict.fromkeys(reference.target for reference in references(cell.text)):
        if name in book.questions:
            yield from asked_once(book, cell, name)


def _check_logic(book: SchemeBook, cell: Cell, text: str, question: str) -> Iterator[Finding]:
    item = book.questions[question]
    expression = read_expression(book.form, Expression(item, item.path, cell.heading, cell))
    found = list(check_meaning(book.form, (expression,)))
    yield from found
    if expression.node is None or any(finding.severity == ERROR for finding in found):
        return
    try:
        formula = parse_formula(text, question)
    except ExpressionError as error:
        yield cell.error("expression", error.message, at=None, **error.params)
        return
    if cell.heading.lower() == "expression":
        yield from _check_result(cell, formula)


def _check_result(cell: Cell, formula: Formula) -> Iterator[Finding]:
    if formula.is_condition:
        yield cell.error(
            "no-number",
            gettext_noop("This says yes or no. Write which score that is: `if(…, 12, 0)`."),
        )
        return
    rule = Calculated(formula)
    if rule.is_no_score:
        yield cell.error(
            "no-score-ever",
            gettext_noop("This is the same for all answers, and no number from 0 to 12."),
        )
        return
    of_nothing = rule.score("", {}, {})
    if of_nothing != MISSING:
        yield cell.warning(
            "scored-blank",
            gettext_noop(
                "Whoever answers nothing gets the score %(score)s. To leave it out as missing, "
                "write `if(%(answer)s = '', '', …)`."
            ),
            score=of_nothing,
            answer=next((f"${{{r.target}}}" for r in references(cell.text)), "."),
        )
