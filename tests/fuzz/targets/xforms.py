"""XForms, as the converter might make them of what nobody foresaw."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from surveys.xforms.definition import FormDef
from surveys.xforms.xform import read_xform
from tests.factories import SMALL_FORM, rich_form, xform
from tests.fuzz.target import Target, Try

FORMS = Path(__file__).parents[2] / "data" / "forms"
WORDS = (
    *("nodeset=", "ref=", "relevant=", "constraint=", "calculate=", "readonly=", "required="),
    *("jr:count=", "jr:preload=", "jr:template=", "itemset", "instance(", "jr:itext(", "setvalue"),
    *("current()/", "../", "true()", "position(..)", "type=", "odk:", "event=", "randomize("),
)


def examples() -> Sequence[bytes]:
    tables = [SMALL_FORM, rich_form(), *(one.read_text("utf-8") for one in FORMS.glob("*.md"))]
    return [xform(table) for table in tables]


@contextmanager
def opened() -> Iterator[Try]:
    yield tried


def tried(content: bytes) -> None:
    """The converter's XForms are XML, which is seen to before, and its lists have names."""
    try:
        form, faults = read_xform(content)
    except etree.XMLSyntaxError:
        return
    for fault in faults:
        assert fault.message % fault.params if fault.params else fault.message
    if not faults and "" not in form.lists:
        assert FormDef.from_json(form.to_json()).to_json() == form.to_json()


TARGET = Target(opened, examples, WORDS, count=6_000)
