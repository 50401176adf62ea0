"""The sheets `disaggregation` and `implied`: how people are divided, what goes without asking."""

from collections.abc import Collection
from typing import Any

from scoring.workbooks.notation import bands, label, pairs, score, words
from scoring.workbooks.sheets import (
    Reading,
    SchemeBook,
    filled,
    known,
    labels,
    named_rows,
    one_of,
    typed,
)
from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell
from surveys.xforms.linting.sheets import Row
from surveys.xforms.linting.spelling import nearest

DESIGN = ("stratum",)  # columns of the design that divide people
BY_STRATUM = {"name": "stratum", "design": "stratum", "title_en": "Stratum", "title_zh": "层"}


def read_disaggregations(book: SchemeBook) -> Reading[list[dict[str, Any]]]:
    """Without such a sheet, people are divided by stratum."""
    found = []
    for name, row in (yield from named_rows(book, "disaggregation")):
        source = yield from _source(book, row)
        by: dict[str, Any] = {"name": name, **source, **labels(row)}
        if row["bands"]:
            by["bands"] = (yield from typed(row["bands"], _levels)) or []
        found.append(by)
    return found if "disaggregation" in book.sheets else [dict(BY_STRATUM)]


def _levels(text: str) -> list[list[Any]]:
    return bands(text, label)


def _source(book: SchemeBook, row: Row) -> Reading[dict[str, str]]:
    question, design = row["question"], row["design"]
    if bool(question) == bool(design):
        yield row["name"].error(
            "no-source",
            gettext_noop(
                "Fill in `question`, or `design` for a column of the design: one of them."
            ),
        )
        return {}
    if question:
        yield from asked_once(book, question, question.text)
        return {"question": question.text}
    yield from one_of(design, DESIGN)
    return {"design": design.text}


def asked_once(book: SchemeBook, cell: Cell, name: str) -> Reading[None]:
    """Whether a question is asked, and once an interview."""
    item = book.questions.get(name)
    if item is None:
        yield from known(cell, name, "survey", book.questions)
    elif book.form.name_counts[name] > 1:
        yield cell.error(
            "ambiguous-question",
            gettext_noop("%(count)s rows of the sheet `survey` are named `%(name)s`. Rename some."),
            count=book.form.name_counts[name],
            name=name,
        )
    elif item.repeat is not None:
        yield cell.error(
            "in-repeat",
            gettext_noop(
                "`%(name)s` is asked once in every `%(repeat)s`: a scheme needs one answer an "
                "interview. Calculate it outside of the repeat, such as with `sum()`."
            ),
            name=name,
            repeat=item.repeat.name,
        )


def read_implied(book: SchemeBook, indicators: Collection[str]) -> Reading[list[dict[str, Any]]]:
    """Scores that answers to other questions imply."""
    found = []
    for row in book.rows("implied"):
        when = yield from filled(row["when"], _answers, "when")
        items = yield from filled(row["indicators"], words, "indicators")
        points = yield from filled(row["score"], score, "score")
        for question, answer in (when or {}).items():
            yield from _check_answer(book, row["when"], question, answer)
        for name in items or ():
            yield from known(row["indicators"], name, "indicators", indicators)
        found.append({"when": when, "items": items, "score": points})
    return found


def _answers(text: str) -> dict[str, str]:
    return pairs(text, str)


def _check_answer(book: SchemeBook, cell: Cell, question: str, answer: str) -> Reading[None]:
    yield from asked_once(book, cell, question)
    if question in book.questions:
        yield from chosen(book, cell, question, answer)


def chosen(book: SchemeBook, cell: Cell, question: str, answer: str) -> Reading[None]:
    """Whether a choice is one that the question offers, where that is known."""
    offered = book.form.offered(book.questions[question].path)
    if offered is None or answer in offered:
        return
    if meant := nearest(answer, offered):
        yield cell.error(
            "no-choice",
            gettext_noop("`%(value)s` is no choice of `%(name)s`. Did you mean `%(meant)s`?"),
            value=answer,
            name=question,
            meant=meant,
        )
    else:
        yield cell.error(
            "no-choice",
            gettext_noop("`%(value)s` is no choice of `%(name)s`. Its choices: %(names)s."),
            value=answer,
            name=question,
            names=", ".join(sorted(offered)),
        )
