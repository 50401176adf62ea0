"""The survey whose interviews are sent: photos in a repeat, a document with a Chinese name, an audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from surveys import questionnaires, tokens
from surveys.models import Role, Site
from tests.collect.device import Record
from tests.factories import make_enumerator, make_member, make_site, make_survey, workbook

CODE, SITE, FORM_ID = "river", "S1", "visit"
FORM = """
| survey  |              |        |                     |                 |                    |
|         | type         | name   | label::English (en) | label::中文 (zh) | constraint         |
|         | start        | start  |                     |                 |                    |
|         | end          | end    |                     |                 |                    |
|         | audit        | audit  |                     |                 |                    |
|         | text         | psu_id | Site                | 地点             |                    |
|         | integer      | age    | Age                 | 年龄             | . >= 16 and . < 90 |
|         | file         | paper  | Paper               | 文件             |                    |
|         | begin_repeat | room   | Room                | 房间             |                    |
|         | image        | photo  | Photo               | 照片             |                    |
|         | end_repeat   |        |                     |                 |                    |
| settings |             |        |                     |                 |                    |
|         | form_title   | form_id | version            | default_language |                   |
|         | Visit        | visit  | 1                   | 中文 (zh)        |                    |
"""
AUDIT = b"event,node,start,end\nform start,,1764200000000,1764200000000\n"


@dataclass(frozen=True)
class Fieldwork:
    """`server_url` below a web address is what the enumerator's device is set up with."""

    site: Site
    server_path: str


def begin() -> Fieldwork:
    """A survey with a site, its form, and an enumerator whose device is enrolled."""
    site = make_site(make_survey(CODE), SITE)
    enumerator = make_enumerator(site, "E01")
    coordinator = make_member(site.survey, Role.COORDINATOR, "C01")
    questionnaires.publish(workbook(FORM), site.survey)
    return Fieldwork(site, path_for(enumerator, site, coordinator))


def path_for(person: object, site: Site, by: object) -> str:
    (issued,) = tokens.issue([person], site.survey, by=by)  # type: ignore[list-item, arg-type]
    return f"/key/{issued.clear}/s/{site.survey.code}"


def record(
    files: Mapping[str, bytes] | None = None,
    *,
    instance_id: str = "",
    deprecated_id: str = "",
    age: str = "30",
    site: str = SITE,
    form_id: str = FORM_ID,
    version: str = "1",
) -> Record:
    """A finished interview with its files: one `audit.csv`, one paper, else photos."""
    files = files or {}
    instance_id = instance_id or f"uuid:{uuid4()}"
    paper = next((name for name in files if name.endswith(".pdf")), "")
    photos = [name for name in files if name not in (paper, "audit.csv")]
    rooms = "".join(f"<room><photo>{name}</photo></room>" for name in photos)
    edit = f"<orx:deprecatedID>{deprecated_id}</orx:deprecatedID>" if deprecated_id else ""
    audit = "<orx:audit>audit.csv</orx:audit>" if "audit.csv" in files else ""
    xml = (
        "<?xml version='1.0' ?>"
        f'<data id="{form_id}" version="{version}" xmlns:orx="http://openrosa.org/xforms">'
        "<start>2026-11-27T09:00:00.000+08:00</start><end>2026-11-27T09:30:00.000+08:00</end>"
        f"<psu_id>{site}</psu_id><age>{age}</age><paper>{paper}</paper>{rooms}"
        f"<orx:meta><orx:instanceID>{instance_id}</orx:instanceID>{edit}{audit}</orx:meta></data>"
    )
    return Record(instance_id, xml.encode(), files)


def photos(count: int, size: int = 100) -> dict[str, bytes]:
    """So many pictures, no two alike."""
    return {f"17180{at:05}.jpg": f"{at:010}".encode() * (size // 10) for at in range(count)}
