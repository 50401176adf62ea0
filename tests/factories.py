"""Plain builders: `make_x(only what matters)`; everything else is filled in sensibly."""

from collections.abc import Collection
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from openpyxl import Workbook
from pyxform.xls2xform import convert

from surveys import draft_keys, questionnaires, submissions
from surveys.models import (
    Assignment,
    Attachment,
    City,
    Draft,
    Interview,
    Membership,
    QuestionnaireVersion,
    Region,
    Role,
    Site,
    Survey,
    User,
)
from surveys.submissions import Receipt, Sender
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import blank_instance, fill, read_instance, set_meta, write_instance
from surveys.xforms.xform import parse_xform
from surveys.xforms.xlsform import convert_workbook

PASSWORD = "correct horse battery"
NOBODY = Sender(None)
_numbers = count(1)

SMALL_FORM = """
| survey |              |         |                |                     |          |              |                       |                       |
|        | type         | name    | label::en (en) | label::zh (zh)      | required | relevant     | constraint            | constraint_message::en (en) |
|        | start        | start   |                |                     |          |              |                       |                       |
|        | end          | end     |                |                     |          |              |                       |                       |
|        | text         | psu_id  | Site           | 地点                | yes      |              |                       |                       |
|        | begin_group  | g       | About you      | 关于您              |          |              |                       |                       |
|        | integer      | age     | 1. Age         | 1. 年龄             | yes      |              | . >= 16 and . <= 90   | Between 16 and 90     |
|        | select_one yn | works  | 2. Do you work? | 2. 您工作吗？       | yes      |              |                       |                       |
|        | decimal      | hours   | 3. Hours       | 3. 工时             |          | ${works} = 'yes' | . <= 126          |                       |
|        | end_group    |         |                |                     |          |              |                       |                       |
| choices |             |         |                |                     |
|        | list_name    | name    | label::en (en) | label::zh (zh)      |
|        | yn           | yes     | Yes            | 是                  |
|        | yn           | no      | No             | 否                  |
|        | yn           | rf      | Prefer not to answer | 不愿回答       |
| settings |            |         |                |
|        | form_title   | form_id | version        | default_language    |
|        | Small        | small   | 1              | en (en)             |
"""


DATA = Path(__file__).parent / "data"


def rich_form() -> str:
    """A form with everything that XLSForm has and that works here; its files are `rich_files`."""
    return (DATA / "rich.md").read_text("utf-8")


def rich_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((DATA / "rich-media").iterdir())}


def make_rich_version(survey: Survey) -> QuestionnaireVersion:
    return questionnaires.publish(workbook(rich_form()), survey, files=rich_files())


def xform(table: str) -> bytes:
    """The XForm that pyxform makes of a form written as a markdown table."""
    written: str = convert(table, validate=False, file_type=".md").xform
    return written.encode()


@cache
def form_from(table: str) -> FormDef:
    return parse_xform(xform(table))


def workbook(table: str) -> bytes:
    """An .xlsx of a form written as a markdown table."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for line in table.strip().splitlines():
        sheet, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        if sheet:
            book.create_sheet(sheet)
        if any(cells):
            book.worksheets[-1].append([cell or None for cell in cells])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def make_user(username: str = "", **fields: Any) -> User:
    """Somebody who has the key to their drafts, as after signing in."""
    username = username or f"P{next(_numbers):03}"
    return signed_in(User.objects.create_user(username, password=PASSWORD, **fields))


def signed_in(user: User) -> User:
    """Somebody read from the database, with the key to their drafts."""
    user.draft_key = draft_keys.opened(user, PASSWORD)
    return user


def with_key(draft: Draft) -> Draft:
    """A draft read from the database, and its enumerator with the key."""
    signed_in(draft.enumerator)
    return draft


def enumerator_at(site: Site) -> User:
    """Who alone works at the site, with the key."""
    return signed_in(site.assignments.get().enumerator)


def make_survey(code: str = "", **fields: object) -> Survey:
    code = code or f"survey-{next(_numbers)}"
    return Survey.objects.create(code=code, **{"name": code.title(), **fields})


def make_member(survey: Survey, role: Role, username: str = "", team: str = "") -> User:
    user = make_user(username)
    Membership.objects.create(user=user, survey=survey, role=role, team=team)
    return user


def make_city(code: str = "", **fields: object) -> City:
    region, _ = Region.objects.get_or_create(code="east", defaults={"name": "East"})
    code = code or f"c{next(_numbers)}"
    return City.objects.create(code=code, name=code.upper(), region=region, **fields)


def make_site(survey: Survey, code: str = "", **fields: object) -> Site:
    code = code or f"S{next(_numbers):03}"
    return Site.objects.create(survey=survey, code=code, **{"stratum": "a", "psu": code, **fields})


def make_enumerator(site: Site, username: str = "") -> User:
    """Somebody who works at the site."""
    user = make_member(site.survey, Role.ENUMERATOR, username)
    Assignment.objects.create(site=site, enumerator=user)
    return user


def make_version(survey: Survey, table: str = SMALL_FORM) -> QuestionnaireVersion:
    book, xml = _converted(table)
    return questionnaires.publish(book, survey, xml=xml)


@cache
def _converted(table: str) -> tuple[bytes, bytes]:
    """A workbook and its XForm, made once for all tests, as converting is slow."""
    book = workbook(table)
    return book, convert_workbook(book).xml


def instance_xml(
    version: QuestionnaireVersion, instance_id: str = "", corrects: str = "", **answers: str
) -> bytes:
    """Instance XML with answers given by question name; an edit if it corrects an instance."""
    form = questionnaires.form_of(version)
    root = blank_instance(form)
    paths = {question.name: question.path for question in form.questions} | {
        path.rsplit("/", 1)[-1]: path for path in form.preloads
    }
    fill(root, {paths[name]: text for name, text in answers.items()})
    set_meta(root, "instanceID", instance_id or f"uuid:{uuid4()}")
    if corrects:
        set_meta(root, "deprecatedID", corrects)
    return write_instance(root)


def receive(
    version: QuestionnaireVersion,
    sender: Sender = NOBODY,
    instance_id: str = "",
    corrects: str = "",
    files: Collection["ContentFile[bytes]"] = (),
    /,
    **answers: str,
) -> Receipt:
    """What becomes of an instance with these answers, given by question name, and its files."""
    instance = read_instance(instance_xml(version, instance_id, corrects, **answers))
    return submissions.receive(instance, version.questionnaire.survey, sender, files=files)


def make_interview(site: Site, version: QuestionnaireVersion, **answers: str) -> Interview:
    """A complete interview at the site."""
    complete = {"psu_id": site.code, "age": "30", "works": "no", **answers}
    return receive(version, **complete).submission.interview


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a file that came with an interview, as they came."""
    with attachment.file.open("rb") as file:
        content: bytes = file.read()
    return content
