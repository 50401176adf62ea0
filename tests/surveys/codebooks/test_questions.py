"""How a question was asked: words of the newest version, rules with those of groups around."""

from surveys.codebooks.questions import Questions
from tests.factories import SMALL_FORM, form_from

NEWER = SMALL_FORM.replace("3. Hours ", "3. Hours a week ").replace(
    "| small   | 1  ", "| small   | 2  "
)
GROUPED = """
| survey |             |      |         |                     |
|        | type        | name | label   | relevant            |
|        | integer     | age  | Age     |                     |
|        | begin_group | work | Work    | ${age} > 15 or ${age} = 1 |
|        | text        | job  | Job of ${age} | ${age} < 90   |
|        | end_group   |      |         |                     |
|        | text        | new  | New     |                     |
"""


def test_words_and_rules_of_the_newest_version() -> None:
    questions = Questions([form_from(NEWER), form_from(SMALL_FORM)])
    hours = questions.asked("g/hours")
    assert hours.words == {"en": "3. Hours a week", "zh": "3. 工时"}
    assert hours.relevance == "${works} = 'yes'"
    assert hours.versions == ("1", "2")
    age = questions.asked("g/age")
    assert age.constraint == ". >= 16 and . <= 90"
    assert age.messages == {"en": "Between 16 and 90"}


def test_what_groups_around_ask_for_comes_first() -> None:
    asked = Questions([form_from(GROUPED)]).asked("work/job")
    assert asked.relevance == "(${age} > 15 or ${age} = 1) and ${age} < 90"
    assert list(asked.words.values()) == ["Job of ${age}"]


def test_which_versions_have_a_question() -> None:
    without = form_from("\n".join(x for x in GROUPED.splitlines() if "| new " not in x))
    questions = Questions([form_from(GROUPED), without])
    assert len(questions.asked("new").versions) == 1
    assert questions.asked("nowhere").versions == ()
