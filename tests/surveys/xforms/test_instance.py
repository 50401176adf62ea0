"""Instance XML: read defensively, written the same each time."""

import pytest

from surveys.xforms.instance import (
    InstanceError,
    answers_of,
    fill,
    find,
    read_instance,
    set_meta,
    tree_from_xml,
    write_instance,
)

XML = b"""<?xml version='1.0'?>
<data id="f" version="2" xmlns:orx="http://openrosa.org/xforms">
  <name> Li  </name><g><a>1</a><b/></g><m><x>1</x></m><m><x>2</x></m>
  <orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta>
</data>"""


def test_an_instance_says_what_it_is() -> None:
    instance = read_instance(XML)
    assert (instance.form_id, instance.version, instance.instance_id) == ("f", "2", "uuid:1")
    assert instance.deprecated_id == ""
    assert len(instance.sha256) == 64
    assert instance.xml == XML


def test_meta_may_have_no_namespace() -> None:
    xml = b'<data id="f"><meta><instanceID>uuid:2</instanceID></meta></data>'
    assert read_instance(xml).instance_id == "uuid:2"


def test_answers_are_keyed_by_path_without_blanks_and_meta() -> None:
    root = read_instance(XML).root
    assert answers_of(root) == {"name": "Li", "g/a": "1", "m[1]/x": "1", "m[2]/x": "2"}
    assert answers_of(root, {"/data/g"})["g[1]/a"] == "1"


def test_what_was_written_is_read_again() -> None:
    root = tree_from_xml(XML)
    fill(root, {"/data/g/b": "五 <标准> & ]]>", "/data/missing": "x"})
    set_meta(root, "deprecatedID", "uuid:0")
    instance = read_instance(write_instance(root))
    assert instance.deprecated_id == "uuid:0"
    found = find(instance.root, "/data/g/b")
    assert found is not None
    assert found.text == "五 <标准> & ]]>"
    assert write_instance(instance.root) == instance.xml


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"text",
        b"<data id='f'/>",
        b"<data><meta><instanceID>1</instanceID></meta></data>",
        b"<!DOCTYPE data><data id='f'/>",
        b"<data id='f'><a></data>",
        b"<a>" * 1000 + b"</a>" * 1000,
    ],
)
def test_what_is_no_interview_is_refused(xml: bytes) -> None:
    with pytest.raises(InstanceError):
        read_instance(xml)
