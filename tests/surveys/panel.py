"""A panel survey for tests of lists: people are entered by one form, visited again by another."""

from uuid import uuid4

from surveys import questionnaires, submissions
from surveys.models import Entity, EntityList, QuestionnaireVersion, Site, User
from surveys.submissions import Receipt, Sender
from surveys.xforms.instance import read_instance
from tests.factories import make_enumerator, make_site, make_survey, workbook

ENTER = """
| survey |  |  |  |  |
|  | type | name | label | save_to |
|  | text | psu_id | Site |  |
|  | text | phone | Phone | phone |
|  | text | job | Job | job |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Enter | enter | 1 |
| entities |  |  |
|  | list_name | label |
|  | people | ${phone} |
"""
VISIT = """
| survey |  |  |  |  |  |
|  | type | name | label | save_to | constraint |
|  | text | psu_id | Site |  |  |
|  | select_one_from_file people.csv | person | Who |  |  |
|  | text | phone | Phone | phone | . != instance('people')/root/item[name = ${person}]/job |
|  | text | job | Job | job |  |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Visit | visit | 1 |
| entities |  |  |
|  | list_name | entity_id |
|  | people | ${person} |
"""
FOLLOW_UP = """
| survey |  |  |  |  |
|  | type | name | label | save_to |
|  | text | psu_id | Site |  |
|  | select_one_from_file cases.csv | person | Who |  |
|  | select_one_from_file sites.csv | moved_to | Where |  |
|  | text | phone | Phone | phone |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Follow-up | follow | 1 |
| entities |  |  |
|  | list_name | entity_id |
|  | cases | ${person} |
"""

WHO_ONLY = """
| survey |  |  |  |
|  | type | name | label |
|  | select_one_from_file cases.csv | person | Who |
|  | select_one_from_file sites.csv | moved_to | Where |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Who only | who | 1 |
"""
AT_A_SITE = """
| survey |  |  |  |
|  | type | name | label |
|  | select_one_from_file sites.csv | site | Where |
|  | text | weather | Weather |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | At a site | at | 1 |
"""


def begin() -> tuple[Site, User]:
    """A survey with both forms, a site of it and who works there."""
    site = make_site(make_survey("panel"), "S1", name="Riverside")
    for form in (ENTER, VISIT):
        questionnaires.publish(workbook(form), site.survey)
    return site, make_enumerator(site, "E01")


def version(site: Site, form_id: str) -> QuestionnaireVersion:
    return QuestionnaireVersion.objects.get(
        questionnaire__survey=site.survey, questionnaire__form_id=form_id
    )


def people(site: Site) -> EntityList:
    return EntityList.objects.get(survey=site.survey, name="people")


def entering(uuid: str, *, phone: str, job: str = "", site: str = "S1", **meta: str) -> bytes:
    """What a device sends when somebody is entered in the list `people`."""
    entity = f'<entity dataset="people" id="{uuid}" create="1"><label>{phone}</label></entity>'
    return _xml("enter", site, f"<phone>{phone}</phone><job>{job}</job>", entity, **meta)


def visiting(
    uuid: str,
    *,
    base: int | str = "",
    trunk: int | str = "",
    branch: str = "",
    site: str = "S1",
    instance_id: str = "",
    deprecated_id: str = "",
    **answers: str,
) -> bytes:
    """What a device sends when somebody of the list is visited again."""
    entity = (
        f'<entity dataset="people" id="{uuid}" update="1" baseVersion="{base}" '
        f'trunkVersion="{trunk}" branchId="{branch}"/>'
    )
    said = "".join(f"<{name}>{text}</{name}>" for name, text in answers.items())
    ids = {"instance_id": instance_id, "deprecated_id": deprecated_id}
    return _xml("visit", site, f"<person>{uuid}</person>{said}", entity, **ids)


def following(uuid: str, *, base: int, phone: str, site: str = "S1") -> bytes:
    """What a device sends when a case of the panel is visited again."""
    entity = f'<entity dataset="cases" id="{uuid}" update="1" baseVersion="{base}"/>'
    return _xml("follow", site, f"<person>{uuid}</person><phone>{phone}</phone>", entity)


def _xml(
    form_id: str,
    site: str,
    answers: str,
    entity: str,
    *,
    instance_id: str = "",
    deprecated_id: str = "",
) -> bytes:
    replaced = f"<deprecatedID>{deprecated_id}</deprecatedID>" if deprecated_id else ""
    return (
        f'<data id="{form_id}" version="1"><psu_id>{site}</psu_id>{answers}<meta>'
        f"<instanceID>{instance_id or f'uuid:{uuid4()}'}</instanceID>{replaced}{entity}"
        "</meta></data>"
    ).encode()


def send(xml: bytes, site: Site, person: User | None) -> Receipt:
    return submissions.receive(read_instance(xml), site.survey, Sender(person, "phone"))


def entity(site: Site, uuid: str) -> Entity:
    return Entity.objects.get(list__survey=site.survey, uuid=uuid)
