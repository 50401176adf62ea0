"""What forms declare of entities, and what interviews of them say."""

from datetime import UTC, datetime

from surveys.formlogic.tree import Element
from surveys.xforms import filling
from surveys.xforms.definition import FormDef
from surveys.xforms.entities import changes_in, declare
from surveys.xforms.environments import environment_for
from surveys.xforms.instance import fill, read_instance, set_meta, write_instance
from surveys.xforms.parsing import tree_from_xml
from tests.factories import form_from

VISIT = """
| survey |  |  |  |  |  |
|  | type | name | label | save_to | relevant |
|  | select_one_from_file people.csv | person | Who |  |  |
|  | select_one yn | moved | Moved? |  |  |
|  | text | phone | Phone | people#phone | ${moved} = 'no' |
|  | begin_repeat | child | Child |  |  |
|  | text | given | Name | children#given |  |
|  | end_repeat |  |  |  |  |
| choices |  |  |  |
|  | list_name | name | label |
|  | yn | yes | Yes |
|  | yn | no | No |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Visit | visit | 1 |
| entities |  |  |  |  |  |
|  | list_name | entity_id | label | update_if | create_if |
|  | people | ${person} | concat('P ', ${phone}) |  |  |
|  | children |  | ${given} |  | ${given} != '' |
"""
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def people() -> Element:
    root = Element("root")
    item = root.append(Element("item"))
    for name, text in (("name", "u-1"), ("label", "Li"), ("__version", "3")):
        item.append(Element(name, text))
    return root


def test_a_form_says_which_answers_become_which_properties() -> None:
    form = form_from(VISIT)
    by_list = {one.dataset: one for one in form.entities}
    assert by_list["people"].saves == {"phone": "/data/phone"}
    assert by_list["children"].path == "/data/child/meta/entity"
    assert by_list["children"].saves == {"given": "/data/child/given"}
    assert by_list["children"].creates
    assert not by_list["people"].creates
    assert FormDef.from_json(form.to_json()).entities == form.entities


def test_what_a_device_wrote_is_read() -> None:
    root = tree_from_xml(
        b"""<data id="visit" version="1"><person>u-1</person><phone>139</phone>
        <child><given>An</given><meta><entity dataset="children" id="c-1" create="true"><label>An</label>
        </entity></meta></child>
        <child><given/><meta><entity dataset="children" id="c-2" create="false"><label/></entity></meta>
        </child>
        <meta><instanceID>uuid:1</instanceID>
        <entity dataset="people" id="u-1" update="1" baseVersion="4" trunkVersion="3" branchId="b"><label/>
        </entity></meta></data>"""
    )
    child, person = sorted(changes_in(form_from(VISIT), root), key=lambda change: change.dataset)
    assert (person.uuid, person.updates, person.creates) == ("u-1", True, False)
    assert (person.base_version, person.trunk_version, person.branch_id) == (4, 3, "b")
    assert person.received == {"phone": "139"}
    assert (child.place, child.received) == (
        "child[1]/meta/entity",
        {"given": "An", "label": "An"},
    )


def test_what_is_left_out_or_did_not_apply_leaves_the_entity_as_it_was() -> None:
    absent = tree_from_xml(
        b"<data id='visit' version='1'><person>u-1</person><meta>"
        b"<entity dataset='people' id='u-1' update='1' baseVersion=''/></meta></data>"
    )
    (change,) = changes_in(form_from(VISIT), absent)
    assert change.received == {}
    assert change.base_version is None
    blank = tree_from_xml(
        b"<data id='visit' version='1'><phone/><meta>"
        b"<entity dataset='people' id='u-1' update='1' baseVersion='1'/></meta></data>"
    )
    assert changes_in(form_from(VISIT), blank)[0].received == {"phone": ""}
    assert changes_in(form_from(VISIT), blank, skipped=["phone"])[0].received == {}


def test_an_entity_without_an_id_or_an_action_is_none() -> None:
    for attributes in ("id='' update='1'", "id='u-1' update='0'", f"id='{'x' * 101}' update='1'"):
        root = tree_from_xml(
            f"<data><meta><entity dataset='people' {attributes}/></meta></data>".encode()
        )
        assert changes_in(form_from(VISIT), root) == []


def test_our_own_pages_write_what_devices_write() -> None:
    form = form_from(VISIT)
    environment = environment_for(form, NOW, files={"people": people()})
    root = filling.begin(form, environment)
    set_meta(root, "instanceID", "uuid:1")
    fill(root, {"/data/person": "u-1", "/data/moved": "no", "/data/phone": "139"})
    fill(root, {"/data/child[1]/given": "An"})
    filling.add(form, root, "/data/child", environment)
    root = tree_from_xml(write_instance(root))  # as a draft is kept
    filling.complete(form, root, environment)
    changes = changes_in(form, read_instance(write_instance(root)).root)
    by_list = {change.dataset: change for change in changes}
    assert len(changes) == 2  # of the second child nothing was said
    assert by_list["people"].base_version == 3
    assert by_list["people"].received == {"phone": "139", "label": "P 139"}
    assert len(by_list["children"].uuid) == 36
    assert by_list["children"].received == {"given": "An", "label": "An"}


def test_an_interview_without_the_element_declares_nothing() -> None:
    form = form_from(VISIT)
    root = tree_from_xml(b"<data id='visit' version='1'><person>u-1</person></data>")
    declare(form, root, environment_for(form, NOW))
    assert changes_in(form, root) == []
    other = form_from("| survey |\n|  | type | name | label |\n|  | text | a | A |\n")
    assert changes_in(other, root) == []
