"""Somebody whose answers hold a word found nowhere else, with all that a survey makes of answers; and
everything looked through for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.utils import timezone

from scoring import pipeline, schemes
from surveys import (
    checks,
    comments,
    correction_batches,
    entities,
    erasure,
    jobs,
    ledger,
    review,
    submissions,
)
from surveys.backchecks import draw, setup
from surveys.backchecks.questions import Again
from surveys.correction_batches import Line
from surveys.exports import catalogue
from surveys.keys.sealed import Answers, SealedBytes
from surveys.models import (
    Doubt,
    Draft,
    DraftFile,
    Entity,
    ImportBatch,
    Interview,
    Job,
    QuestionnaireVersion,
    Role,
    Site,
    Tombstone,
    User,
)
from surveys.models.decision import Verdict
from surveys.quality.backchecks import Type
from surveys.submissions import Sender
from surveys.xforms.instance import read_instance
from tests.factories import (
    instance_xml,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
)
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.surveys import panel
from tests.surveys.backchecks.season import visit

WORD = "zqx7731"  # what is looked for
FORM = """
| survey |  |  |  |  |  |
|  | type | name | label | save_to | required |
|  | audit | audit |  |  |  |
|  | text | psu_id | Site |  | yes |
|  | begin_group | g | You |  |  |
|  | integer | age | Age |  | yes |
|  | select_one yn | works | Work |  | yes |
|  | decimal | hours | Hours |  |  |
|  | end_group |  |  |  |  |
|  | text | phone | Phone | phone |  |
|  | text | note | Note |  |  |
|  | image | photo | Photo |  |  |
| choices |  |  |  |
|  | list_name | name | label |
|  | yn | yes | Yes |
|  | yn | no | No |
| settings |  |  |  |
|  | form_title | form_id | version |
|  | Small | small | 1 |
| entities |  |  |
|  | list_name | label |
|  | people | ${phone} |
"""
AUDIT = f"event,node,start,end\nquestion,/data/{WORD},1700000000000,1700000009000\n"
ENTRY = '<entity dataset="people" id="0b8ad5e6-6c3e-4f6f-8d9c-3ac1f58e1f3a" create="1">'
SENT = f"""<data id="small" version="1"><psu_id>S1</psu_id>
<g><age>30</age><works>yes</works><hours>40</hours></g>
<phone>{WORD}</phone><note>I am {WORD}</note><photo>{WORD}.jpg</photo>
<meta><instanceID>uuid:5d0d9e0e-3d4f-4d6e-9d57-7b3b5c0f8a11</instanceID>
{ENTRY}<label>{WORD}</label></entity><audit>audit.csv</audit></meta></data>"""


@dataclass(frozen=True)
class Scene:
    """A survey of which one interview, `xml` as it was sent with its `files`, is to be erased."""

    site: Site
    version: QuestionnaireVersion
    enumerator: User
    coordinator: User
    interview: Interview
    xml: bytes

    @property
    def files(self) -> list["ContentFile[bytes]"]:
        return [
            ContentFile(f"picture {WORD}".encode(), f"{WORD}.jpg"),
            ContentFile(AUDIT.encode(), "audit.csv"),
        ]


def begin() -> Scene:
    """The interview alone, beside somebody else's."""
    site = make_site(make_survey("river"), "S1")
    people = make_enumerator(site, "E01"), make_member(site.survey, Role.COORDINATOR)
    version = make_version(site.survey, FORM)
    submissions.receive(read_instance(_other(SENT)), site.survey, Sender(people[0]))
    xml = SENT.encode()
    scene = Scene(site, version, *people, Interview(), xml)
    return Scene(site, version, *people, send(scene).submission.interview, xml)


def _other(xml: str) -> bytes:
    """Somebody else of whom nothing is found by the word."""
    return (
        xml.replace("5d0d9e0e", "6e0d9e0e")
        .replace("0b8ad5e6", "1c8ad5e6")
        .replace(f"{WORD}.jpg", "")
        .replace(WORD, "1")
        .encode()
    )


def send(scene: Scene, xml: bytes = b"") -> submissions.Receipt:
    instance = read_instance(xml or scene.xml)
    sender = Sender(scene.enumerator, "phone")
    return submissions.receive(instance, scene.site.survey, sender, files=scene.files)


def follow(scene: Scene) -> None:
    """All that may be made of an interview."""
    interview, coordinator = scene.interview, scene.coordinator
    _score(scene)
    _visit_again(scene)
    ledger.correct(interview.pk, {"note": f"{WORD}!"}, by=coordinator, reason=WORD, seen=None)
    interview.refresh_from_db()
    _correct_by_file(scene)
    comments.say(interview.pk, WORD, by=coordinator, path="note")
    for verdict in (Verdict.HOLD, Verdict.RETURN):
        seen = interview.current_id or 0
        review.decide(interview.pk, verdict, by=coordinator, reason=WORD, seen=seen)
    _import(scene)
    _draft(scene)
    _edit_beside(scene)
    _doubt(interview)
    _export(scene)


def _score(scene: Scene) -> None:
    schemes.add(scene.site.survey, SMALL_SCHEME, "equal", is_default=True)
    pipeline.sweep()


def _visit_again(scene: Scene) -> None:
    """A second visit that found the same phone, compared."""
    checker = make_member(scene.site.survey, Role.ENUMERATOR, team="south")
    design = setup.Design((Again("phone", Type.FIXED),), share=1.0)
    backcheck = setup.begin(scene.version.questionnaire, design, (checker,), by=scene.coordinator)
    draw.draw(backcheck.pk)
    visit(backcheck.visits.get(interview=scene.interview), phone=f"{WORD}-2")


def _correct_by_file(scene: Scene) -> None:
    lines = [
        Line(2, scene.interview.root_uuid, "note", f"{WORD}!", f"{WORD}?", WORD),
        Line(3, scene.interview.root_uuid.removeprefix("uuid:"), "nowhere", None, WORD, WORD),
    ]
    batch = correction_batches.begin(scene.site.survey, "Phones", lines, scene.coordinator)
    correction_batches.check(batch, scene.coordinator)


def _draft(scene: Scene) -> None:
    """A correction that is begun, from before drafts were sealed."""
    draft = Draft.objects.create(
        enumerator=scene.enumerator,
        version=scene.version,
        site=scene.site,
        corrects=scene.interview.current,
        sealed=WORD.encode(),
    )
    DraftFile.objects.create(
        draft=draft, mark=WORD, file=ContentFile(WORD.encode(), "a.jpg"), size=1
    )


def _edit_beside(scene: Scene) -> None:
    """An edit by somebody else, which waits as an interview of its own."""
    edit = instance_xml(
        scene.version, "", scene.interview.root_uuid,
        psu_id="S1", age="31", works="no", phone=f"{WORD}-3",
    )  # fmt: skip
    stranger = Sender(make_enumerator(make_site(scene.site.survey), "E09"))
    submissions.receive(read_instance(edit), scene.site.survey, stranger)


def _import(scene: Scene) -> None:
    """A row of a file that was left out, as the interview was here already, beside somebody else's."""
    columns = [
        {"name": "phone", "found": [[WORD, 1], ["1", 1]]},
        {"name": "works", "found": [["no", 3]]},
    ]
    batch = ImportBatch.objects.create(
        survey=scene.site.survey,
        version=scene.version,
        title="Old file",
        tables=[{"name": "old", "columns": columns}],
    )
    batch.rows.create(number=2, cells=[f" {WORD}", "no"], instance_id=scene.interview.root_uuid)
    batch.rows.create(number=3, cells=["1", "no"])


def _doubt(interview: Interview) -> None:
    """A telephone number that two have, laid aside for a reason that says it again."""
    inspection = checks.run(interview.questionnaire.survey)[0]
    now = timezone.now()
    doubt = Doubt.objects.create(
        inspection=inspection, key="1" * 32, check_name="same_person", severity=3, about="person",
        name=WORD, size=2, first_seen=now, last_seen=now,
    )  # fmt: skip
    doubt.interviews.add(interview)
    doubt.dismissals.create(reason=f"Yes, {WORD}", severity=3, size=2)


def _export(scene: Scene) -> None:
    order = catalogue.Order(scene.version.questionnaire, scene.coordinator)
    job = catalogue.request(catalogue.find("submissions", "csv"), order)
    jobs.run(job.pk)
    assert Job.objects.get(pk=job.pk).result


def change_entry(scene: Scene) -> Entity:
    """An entry of somebody else's that an interview changes; a person decides for that version."""
    visits = make_version(scene.site.survey, panel.VISIT)
    other = Entity.objects.get(list__name="people", label="1")
    assert visits.questionnaire.form_id == "visit"
    xml = panel.visiting(other.uuid, base=1, phone=WORD)
    submissions.receive(read_instance(xml), scene.site.survey, Sender(scene.enumerator))
    second = panel.visiting(other.uuid, base=2, job="cook")
    submissions.receive(read_instance(second), scene.site.survey, Sender(scene.enumerator))
    return entities.keep(other, 2, seen=3, by=scene.coordinator)


def erase(scene: Scene, interview: Interview | None = None, **more: Any) -> Tombstone:
    key = (interview or scene.interview).pk
    reason = Tombstone.Reason.WITHDRAWN
    tombstone = erasure.erase(key, by=scene.coordinator, reason=reason, **more)
    erasure.clear(tombstone.pk)
    pipeline.sweep()
    return Tombstone.objects.get(pk=tombstone.pk)


def places_of(word: str, folder: Path) -> list[str]:
    """Where the word is: in any column of any row of any table, in any file or its name."""
    return [*_rows_with(word), *_files_with(word, folder)]


def _rows_with(word: str) -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._default_manager.order_by().values_list(*names):
            for name, value in zip(names, row, strict=True):
                if word.encode() in _bytes(value):
                    yield f"{model._meta.db_table}.{name}"


def _bytes(value: object) -> bytes:
    """What a value says; what is sealed, opened."""
    if isinstance(value, Answers):
        return str(dict(value)).encode()
    return (
        bytes(value) if isinstance(value, bytes | memoryview | SealedBytes) else str(value).encode()
    )


def _files_with(word: str, folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if word in name or (path.is_file() and word.encode() in path.read_bytes()):
            yield name


def part(content: bytes, name: str = "submission.xml") -> BytesIO:
    """A part of what a device posts."""
    file = BytesIO(content)
    file.name = name
    return file


def parts(scene: Scene) -> dict[str, BytesIO]:
    """The files of the interview, as a device posts them."""
    return {str(file.name): part(file.read(), str(file.name)) for file in scene.files}
