"""Which sections apply, what is asked in them, and where an interview goes on."""

import pytest

from surveys.webform.progress import (
    SectionProgress,
    first_unfinished,
    next_after,
    previous_to,
    sections_of,
)
from surveys.xforms.definition import FormDef
from surveys.xforms.evaluation import judge
from surveys.xforms.instance import blank_instance, fill
from surveys.xforms.xform import parse_xform
from surveys.xforms.xlsform import convert_workbook
from tests.factories import workbook
from tests.surveys.webform.conftest import AGREED, AT_WORK, COMPLETE, VISIT_FORM, values_of

AT_HOME = {**AGREED, "/data/g_b/age": "30", "/data/g_b/works": "no"}


@pytest.fixture(scope="module")
def form() -> FormDef:
    return parse_xform(convert_workbook(workbook(VISIT_FORM)).xml)


def sections(form: FormDef, answers: dict[str, str]) -> tuple[SectionProgress, ...]:
    root = blank_instance(form)
    fill(root, answers)
    values = values_of(form, root)
    return sections_of(form, values, judge(form, values.reading).skipped)


@pytest.mark.parametrize(
    ("answers", "applying"),
    [({}, [1]), (AGREED, [1, 2, 4]), (AT_WORK, [1, 2, 3, 4]), (AT_HOME, [1, 2, 4])],
)
def test_sections_apply_as_their_form_says(
    form: FormDef, answers: dict[str, str], applying: list[int]
) -> None:
    assert [s.number for s in sections(form, answers) if s.applies] == applying


def test_notes_are_shown_and_not_counted(form: FormDef) -> None:
    about = sections(form, AT_WORK)[1]
    assert (len(about.shown), len(about.asked), about.answered) == (4, 3, 3)
    assert about.is_complete


def test_going_on_and_back_steps_over_what_does_not_apply(form: FormDef) -> None:
    at_home = sections(form, AT_HOME)
    assert next_after(at_home, 2) == 4
    assert previous_to(at_home, 4) == 2
    assert next_after(at_home, 4) is None
    assert previous_to(at_home, 1) is None


def test_an_interrupted_interview_goes_on_where_something_is_blank(form: FormDef) -> None:
    known = {"/data/enumerator_id": "E01", "/data/psu_id": "S1", "/data/a1": "c1"}
    assert first_unfinished(sections(form, {**known, **AT_WORK})) == 3
    assert first_unfinished(sections(form, {**known, **COMPLETE})) == 4
