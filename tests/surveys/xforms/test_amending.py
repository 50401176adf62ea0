"""Some answers of a finished interview corrected: what follows from that changes, and nothing else."""

from datetime import UTC, datetime

import pytest

from surveys.xforms.amending import amend
from surveys.xforms.definition import FormDef
from surveys.xforms.environments import environment_for
from surveys.xforms.instance import answers_of, read_instance
from tests.factories import form_from

FORM = """
| survey |                |          |       |          |                 |                         |                      |
|        | type           | name     | label | required | relevant        | calculation             | repeat_count         |
|        | date           | born     | Born  |          |                 |                         |                      |
|        | calculate      | age      |       |          |                 | int((today() - ${born}) div 365.25) |          |
|        | calculate      | chance   |       |          |                 | random()                |                      |
|        | calculate      | double   |       |          |                 | ${hours} * 2            |                      |
|        | select_one yn  | works    | Works | yes      |                 |                         |                      |
|        | integer        | hours    | Hours |          | ${works} = 'yes' |                        |                      |
|        | select_one job | job      | Job   |          | ${works} = 'yes' |                        |                      |
|        | integer        | children | How many |       |                 |                         |                      |
|        | begin_repeat   | child    | Child |          |                 |                         | ${children}          |
|        | text           | name     | Name  |          |                 |                         |                      |
|        | end_repeat     |          |       |          |                 |                         |                      |
| choices |               |          |       |
|        | list_name      | name     | label |
|        | yn             | yes      | Yes   |
|        | yn             | no       | No    |
|        | job            | farm     | Farm  |
|        | job            | mine     | Mine  |
| settings |              |          |       |
|        | form_id        | version  |       |
|        | amended        | 1        |       |
"""
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def form() -> FormDef:
    return form_from(FORM)


def amended(form: FormDef, sent: str, **answers: str) -> dict[str, str]:
    """All answers of an interview that was sent so, after some of them were corrected."""
    xml = f'<{form.blank.name} id="amended" version="1">{sent}<meta><instanceID>uuid:1</instanceID></meta></{form.blank.name}>'
    root = read_instance(xml.encode()).root
    before = answers_of(root, form.repeats)
    wanted = {f"/{root.name}/{place}": text for place, text in answers.items()}
    after = amend(form, root, wanted, environment_for(form, NOW))
    assert answers_of(root, form.repeats) == before  # what was sent is not touched
    return answers_of(after, form.repeats)


def test_calculations_follow_what_they_read(form: FormDef) -> None:
    sent = (
        "<born>1990-01-01</born><age>36</age><works>yes</works><hours>40</hours><double>80</double>"
    )
    assert amended(form, sent, born="1980-01-01", hours="30") == {
        "born": "1980-01-01",
        "age": "46",
        "works": "yes",
        "hours": "30",
        "double": "60",
    }


def test_what_no_longer_applies_is_dropped(form: FormDef) -> None:
    sent = "<works>yes</works><hours>40</hours><double>80</double>"
    assert amended(form, sent, works="no") == {"works": "no"}


def test_what_the_device_left_out_can_be_answered_once_it_applies(form: FormDef) -> None:
    after = amended(form, "<works>no</works>", works="yes", hours="8")
    assert after == {"works": "yes", "hours": "8", "double": "16"}


def test_repeats_follow_their_count(form: FormDef) -> None:
    sent = "<works>no</works><children>2</children><child><name>A</name></child><child><name>B</name></child>"
    fewer = amended(form, sent, children="1")
    assert {place for place in fewer if "child[" in place} == {"child[1]/name"}
    more = amended(form, sent, **{"children": "3", "child[2]/name": "C"})
    assert more["child[2]/name"] == "C"
    assert more["child[1]/name"] == "A"
    third = amended(form, sent, **{"children": "3", "child[3]/name": "C"})
    assert third["child[3]/name"] == "C"


def test_what_was_wrong_already_stays_as_it_was_sent(form: FormDef) -> None:
    """A chance of the device, a calculation that we would not make so, a choice that is none, and
    an answer that did not apply.
    """
    sent = "<born>1990-01-01</born><age>17</age><chance>0.5</chance><works>no</works><hours>40</hours><job>sea</job>"
    kept = {"born": "1990-01-01", "age": "17", "chance": "0.5", "hours": "40", "job": "sea"}
    assert amended(form, sent, children="1") == {**kept, "works": "no", "children": "1"}
    assert amended(form, sent, born="1980-01-01")["age"] == "46"


def test_places_that_are_not_there_change_nothing(form: FormDef) -> None:
    assert amended(form, "<works>no</works>", nothing="x") == {"works": "no"}
