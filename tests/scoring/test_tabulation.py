"""Tables of questions that nobody answered, of several answers, and of few people."""

import pytest

from scoring.divisions import Answers, Source
from scoring.models import Scheme
from scoring.people import judged
from scoring.tables import Asked, Table
from scoring.tabulation import tabulate
from surveys import asked
from surveys.models import Wave
from surveys.quality.fieldwork import Kind
from tests.scoring.divided import PEOPLE, make_divided

pytestmark = pytest.mark.django_db
STRATUM, MEAN = Source.GROUP.of("stratum"), Source.MEAN.of("index")
ONE, OTHER, SEVERAL = Source.QUESTION.of("one"), Source.QUESTION.of("other"), "some.several"
KINDS = {"one": Kind.CHOICE, "other": Kind.CHOICE, "several": Kind.CHOICES}


def table_of(scheme: Scheme, rows: str, columns: str, texts: list[str | None]) -> Table:
    """Of people who gave these answers to each of the questions, over and over."""
    people = judged(scheme, Wave.objects.get())
    everybody = [texts[number % len(texts)] for number in range(len(people))]
    answers = {
        name: Answers(everybody, asked.Asked(name, kind, codes={"x": 1, "y": 2}))
        for name, kind in KINDS.items()
    }
    return tabulate(people, answers, Asked(rows, columns), has_design=True)


@pytest.mark.parametrize("text", ["", None])
@pytest.mark.parametrize(
    ("rows", "columns"),
    [(ONE, STRATUM), (STRATUM, ONE), (ONE, OTHER), (SEVERAL, STRATUM), (SEVERAL, MEAN)],
)
def test_of_a_question_that_nobody_answered_there_is_nobody(
    rows: str, columns: str, text: str | None
) -> None:
    table = table_of(make_divided(), rows, columns, [text])
    assert table.people == 0
    assert len(table.cells) == len(table.rows)
    assert len(table.below) == len(table.columns)


def test_means_of_choices_are_of_all_who_chose_them() -> None:
    """A third chose x, a third y, a third both."""
    table = table_of(make_divided(), SEVERAL, MEAN, ["x", "y", "x y"])
    assert (table.rows, table.is_means) == (["x", "y"], True)
    assert [line[0].n for line in table.cells] == [8 * PEOPLE * 2 // 3] * 2
    assert table.below[0].n == 8 * PEOPLE
    assert len(table.tests) == 2


def test_the_mean_of_everybody_is_hidden_where_these_are_few_as_the_dashboard_hides_it() -> None:
    """In fewer than three sites."""
    scheme = make_divided((0,))
    table = table_of(scheme, STRATUM, MEAN, ["x"])
    published = scheme.estimate_sets.get().estimates.get(by="all", variable="index")
    assert published.suppressed
    assert [cell.n for line in (*table.cells, table.below) for cell in line] == [None] * 3
    assert table.people == 2 * PEOPLE
