"""Rules that look into a list which is not at hand are taken as whoever had the list judged them."""

from datetime import UTC, datetime

from surveys.formlogic.tree import Element
from surveys.xforms.environments import environment_for
from surveys.xforms.evaluation import Evaluation, evaluate
from surveys.xforms.parsing import tree_from_xml
from tests.factories import form_from

IN_LIST = "instance('cases')/root/item[name = ${person}]"
FORM = f"""
| survey |  |  |  |  |  |  |  |
|  | type | name | label | relevant | required | constraint | repeat_count |
|  | select_one_from_file cases.csv | person | Who |  |  |  |  |
|  | text | old | Old phone | {IN_LIST}/phone != '' | yes |  |  |
|  | text | new | New phone |  | {IN_LIST}/phone = '' | . != {IN_LIST}/phone |  |
|  | begin_repeat | job | Job |  |  |  | {IN_LIST}/jobs |
|  | text | place | Where |  | yes |  |  |
|  | end_repeat |  |  |  |  |  |  |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Visit | visit | 1 |
"""
JOBS = "<job_count>2</job_count><job><place>a</place></job><job><place>b</place></job>"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def cases(phone: str, jobs: str) -> Element:
    root = Element("root")
    item = root.append(Element("item"))
    for name, text in (("name", "c1"), ("label", "C"), ("phone", phone), ("jobs", jobs)):
        item.append(Element(name, text))
    return root


def judged(answers: str, list_: Element | None = None) -> Evaluation:
    form = form_from(FORM)
    files = {"cases": list_} if list_ is not None else {}
    xml = f"<data id='visit' version='1'><person>c1</person>{answers}</data>"
    return evaluate(form, tree_from_xml(xml.encode()), environment_for(form, NOW, files=files))


def problems(answers: str, list_: Element | None = None) -> list[tuple[str, str]]:
    return [(one.path, one.kind) for one in judged(answers, list_).problems]


def test_with_the_list_all_rules_are_asked() -> None:
    wrong = "<old>1</old><new>1</new>"
    assert problems(wrong, cases("1", "0")) == [("/data/new", "constraint")]
    assert problems(wrong, cases("", "0")) == [("/data/old", "irrelevant")]
    assert problems("", cases("", "0")) == [("/data/new", "required")]
    assert problems("<old/>", cases("1", "0")) == [("/data/old", "required")]


def test_without_it_what_was_answered_applied_and_nothing_else() -> None:
    judgement = judged(f"<old>1</old><new>1</new>{JOBS}")
    assert judgement.problems == ()
    assert judgement.answers["old"] == "1"
    assert judgement.answers["job[2]/place"] == "b"
    blank = judged("<old/><new/>")
    assert blank.problems == ()
    assert "old" in blank.skipped


def test_rules_that_look_into_no_list_are_asked_all_the_same() -> None:
    assert problems("<job_count>1</job_count><job><place/></job>") == [
        ("/data/job[1]/place", "required")
    ]
