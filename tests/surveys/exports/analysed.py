"""A form with every kind of variable in two languages and two versions, and interviews of it."""

from pathlib import Path
from zipfile import ZipFile

from surveys import submissions
from surveys.exports.catalogue import EXPORTS, Order
from surveys.models import QuestionnaireVersion, Survey
from surveys.xforms.instance import read_instance
from tests.factories import NOBODY, make_version

FORM = """
| survey |                        |               |                     |                |                  |
|        | type                   | name          | label::en (en)      | label::zh (zh) | relevant         |
|        | start                  | start         |                     |                |                  |
|        | text                   | enumerator_id | You                 | 您             |                  |
|        | text                   | 姓名          | Name                | 姓名           |                  |
|        | integer                | age           | Age                 | 年龄           |                  |
|        | select_one yn          | works         | Do you work?        | 您工作吗？     |                  |
|        | decimal                | hours         | Hours               | 工时           | ${works} = 'yes' |
|        | select_one edu         | edu           | Education           | 受教育程度     |                  |
|        | select_multiple tools  | tools         | Tools               | 工具           |                  |
|        | date                   | born          | Born                | 出生日期       |                  |
|        | datetime               | seen          | Seen                | 见面           |                  |
|        | geopoint               | home          | Home                | 住处           |                  |
|        | begin_repeat           | member        | Member              | 成员           |                  |
|        | text                   | who           | Who                 | 谁             |                  |
|        | integer                | age           | Age                 | 年龄           | ${who} != 'Bo'   |
|        | end_repeat             |               |                     |                |                  |
| choices |           |      |                      |                |
|         | list_name | name | label::en (en)       | label::zh (zh) |
|         | yn        | yes  | Yes                  | 是             |
|         | yn        | no   | No                   | 否             |
|         | yn        | rf   | Prefer not to answer | 不愿回答       |
|         | edu       | 3    | Junior secondary     | 初中           |
|         | edu       | 7    | Bachelor or above    | 本科及以上     |
|         | edu       | dk   | Not sure             | 不清楚         |
|         | tools     | saw  | Saw                  | 锯             |
|         | tools     | axe  | Axe                  | 斧             |
|         | tools     | rf   | Prefer not to answer | 不愿回答       |
| settings |         |         |                  |
|          | form_id | version | default_language |
|          | house   | 1       | en (en)          |
"""
FULL = """<enumerator_id>E1</enumerator_id><姓名>=李 "四"</姓名><age>30</age><works>yes</works>
<hours>40.5</hours><edu>7</edu><tools>saw axe</tools><born>1996-02-29</born>
<seen>2026-11-27T10:15:30.000+08:00</seen><home>31.23 121.47 4 5</home>
<member><who>Ann</who><age>60</age></member><member><who>Bo</who><age/></member>"""
GAPS = """<enumerator_id>E2</enumerator_id><姓名>王</姓名><age>old</age><works>rf</works><hours/>
<edu>dk</edu><tools>rf</tools><born/><seen/><home/>"""
EMPTY = (
    """<enumerator_id/><姓名/><age/><works>no</works><hours/><edu/><tools/><born/><seen/><home/>"""
)
BODIES = (FULL, GAPS, EMPTY)
FLAT = "\n".join(  # the same without its repeat
    line
    for line in FORM.splitlines()
    if not any(word in line for word in ("_repeat", "| who ", "${who}"))
)

TAGS = {
    "type": "identifier",
    "姓名": "direct",
    "age": "indirect",
    "edu": "indirect",
    "born": "indirect",
    "home": "direct",
    "who": "direct",
}


def tagged(form: str = FORM, tags: dict[str, str] = TAGS) -> str:
    """The form with a column of tags; a name is tagged wherever it is asked.

    Another form than without: forms are known by their XForm, which tags do not change.
    """
    lines, sheet = [], ""
    for line in form.replace("Education", f"Schooling {len(tags)}").strip().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        sheet = cells[0] or sheet
        if sheet == "survey" and len(cells) > 2:
            name = "type" if cells[1] == "type" else cells[2]
            lines.append(f"{line.rstrip().rstrip('|')}| {tags.get(name, '')} |")
        else:
            lines.append(line)
    return "\n".join(lines)


def make_house(survey: Survey, form: str = FORM) -> QuestionnaireVersion:
    """Three interviews: all answered, all kinds of gaps, nothing said."""
    version = make_version(survey, form)
    for number, body in enumerate(BODIES, start=1):
        send(version, number, body)
    return version


def send(version: QuestionnaireVersion, number: int, body: str) -> None:
    meta = f"<meta><instanceID>uuid:{number}</instanceID></meta>"
    xml = f'<data id="house" version="1">{body}{meta}</data>'
    submissions.receive(read_instance(xml.encode()), version.questionnaire.survey, NOBODY)


def exported(order: Order, kind: str, folder: Path) -> dict[str, Path]:
    """The files of an export by name, unpacked."""
    export = EXPORTS[f"submissions_{kind}"]
    path = folder / export.file_name(order, 1)
    export.write(order, path, lambda: None)
    if path.suffix != ".zip":
        return {f"interviews.{kind}": path}
    with ZipFile(path) as archive:
        archive.extractall(folder)
        return {name: folder / name for name in archive.namelist()}
