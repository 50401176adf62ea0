"""A small season in the field: interviews of several enumerators, as their devices would send them."""

from datetime import datetime, timedelta, timezone
from random import Random

from django.core.files.base import ContentFile

from surveys import submissions
from surveys.models import AuditLog, Interview, QuestionnaireVersion, Site, User
from surveys.submissions import Sender
from surveys.xforms.instance import read_instance
from tests.factories import instance_xml

FORM = """
| survey |                    |         |                |          |                  |
|        | type               | name    | label::en (en) | required | relevant         |
|        | start              | start   |                |          |                  |
|        | end                | end     |                |          |                  |
|        | text               | psu_id  | Site           | yes      |                  |
|        | begin_group        | g_a     | About you      |          |                  |
|        | geopoint           | spot    | Where are you? |          |                  |
|        | text               | phone   | Telephone      |          |                  |
|        | integer            | age     | Age            | yes      |                  |
|        | select_one yn      | works   | Do you work?   | yes      |                  |
|        | integer            | hours   | Hours          |          | ${works} = 'yes' |
|        | end_group          |         |                |          |                  |
|        | begin_group        | g_b     | Your views     |          |                  |
|        | select_one agree   | v1      | I like it      | yes      |                  |
|        | select_one agree   | v2      | I stay         | yes      |                  |
|        | select_one agreer  | v3      | I want to go   | yes      |                  |
|        | select_multiple had | had    | What you have  |          |                  |
|        | select_one why     | why     | Why            |          |                  |
|        | end_group          |         |                |          |                  |
| choices |                   |         |                |          |
|        | list_name          | name    | label::en (en) | score    |
|        | yn                 | yes     | Yes            |          |
|        | yn                 | no      | No             |          |
|        | agree              | 1       | No             | 0        |
|        | agree              | 2       | Partly         | 6        |
|        | agree              | 3       | Yes            | 12       |
|        | agree              | rf      | Not said       |          |
|        | agreer             | 1       | No             | 12       |
|        | agreer             | 2       | Partly         | 6        |
|        | agreer             | 3       | Yes            | 0        |
|        | agreer             | rf      | Not said       |          |
|        | had                | tv      | Television     |          |
|        | had                | car     | Car            |          |
|        | had                | dk      | Not known      |          |
|        | why                | work    | Work           |          |
|        | why                | other   | Other reason   |          |
| settings |                  |         |                |          |
|        | form_title         | form_id | version        |          |
|        | Field              | field   | 1              |          |
"""
MORNING = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))
DEGREE_M = 111_195


def send(
    version: QuestionnaireVersion,
    by: User | None,
    site: Site,
    *,
    began: datetime = MORNING,
    minutes: float = 20,
    received: datetime | None = None,
    **answers: str,
) -> Interview:
    """A complete interview at the site, unless told otherwise."""
    ended = began + timedelta(minutes=minutes)
    given = {
        "start": began.isoformat(),
        "end": ended.isoformat(),
        "psu_id": site.code,
        "age": "30",
        "works": "no",
        "v1": "1",
        "v2": "2",
        "v3": "3",
        **answers,
    }
    instance = read_instance(instance_xml(version, **given))
    receipt = submissions.receive(
        instance, version.questionnaire.survey, Sender(by), received_at=received or ended
    )
    return receipt.submission.interview


def point(site: Site, east_m: float = 0, accuracy: float = 5) -> str:
    """A geopoint so far to the east of a site on the equator."""
    assert site.latitude is not None
    assert site.longitude is not None
    return f"{site.latitude} {site.longitude + east_m / DEGREE_M} 0 {accuracy}"


def season(
    version: QuestionnaireVersion, people: list[User], site: Site, each: int = 12
) -> list[Interview]:
    """Honest interviews, two hours apart: every enumerator's `each`, with answers of chance."""
    random = Random(1)
    return [
        send(
            version,
            person,
            site,
            began=MORNING + timedelta(days=turn // 5, hours=2 * (turn % 5)),
            minutes=random.randint(18, 24),
            age=str(random.randint(18, 60)),
            works=random.choice(["yes", "no"]),
            spot=point(site, random.randint(0, 300)),
            v1=random.choice("123"),
            v2=random.choice("123"),
            v3=random.choice("123"),
        )
        for turn in range(each)
        for person in people
    ]


def log(interview: Interview, **section_seconds: float) -> AuditLog:
    """What a device noted of the time in its sections."""
    assert interview.current is not None
    attachment = interview.current.attachments.create(name="audit.csv")
    attachment.file.save("audit.csv", ContentFile(b""))
    return AuditLog.objects.create(
        attachment=attachment,
        sha256="",
        active_seconds=sum(section_seconds.values()),
        section_seconds=section_seconds,
        edits=0,
        positions=0,
        unread=0,
    )
