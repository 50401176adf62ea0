"""Workbooks of forms: read, looked through by the linter, converted, judged as forms."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from surveys.wording import in_words
from surveys.xforms.definition import FormDef
from surveys.xforms.linting import linter
from surveys.xforms.linting.findings import Finding, from_json, to_json
from tests.factories import SMALL_FORM, workbook
from tests.fuzz.target import Target, Try
from tests.fuzz.targets.xforms import FORMS

LISTED = """
| survey | | | | | | |
| | type | name | label::en (en) | label::中文 (zh) | relevant | calculation |
| | begin_repeat | r | R | 人 | | |
| | select_multiple l or_other | many | Many | 多 | | |
| | end_repeat | | | | | |
| | range | much | How much | 多少 | ${n} > 0 | |
| | calculate | n | | | | count(${r}) + pulldata('f', 'a', 'b', '1') |
| | select_one_from_file f.csv | one | One | 一 | selected(${many}, 'a') | |
| | geoshape | where | Where | 哪里 | | |
| choices | | | |
| | list_name | name | label::en (en) |
| | l | a | A |
| | l | b | B |
| settings | | | | |
| | form_title | form_id | version | default_language |
| | F | f | 1 | en (en) |
| entities | | | |
| | list_name | label | save_to |
| | trees | ${n} | |
"""
WORDS = (
    *("begin_group", "begin_repeat", "end_repeat", "select_one", "calculate", "note", "range"),
    *("${", "}", "<c ", 't="s"', 't="inlineStr"', "<v>", "<f>", "<mergeCell ", "<row ", 'r="A1"'),
    *("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "_x000D_", "selected(", "once("),
)


def examples() -> Sequence[bytes]:
    market = (FORMS / "market.md").read_text("utf-8")
    return [workbook(table) for table in (SMALL_FORM, LISTED, market)]


@contextmanager
def opened() -> Iterator[Try]:
    yield tried


def tried(content: bytes) -> None:
    review = linter.review(content)
    require_words(review.findings)
    if review.form is not None:
        assert FormDef.from_json(review.form.to_json()).to_json() == review.form.to_json()


def require_words(findings: Iterable[Finding]) -> None:
    for finding in findings:
        assert in_words(finding)
        assert to_json(from_json(to_json(finding))) == to_json(finding)


TARGET = Target(opened, examples, WORDS, count=1_500, seconds=10)
