"""A survey with something of everything, the people who may knock at its doors, and a stranger."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from scoring import pipeline, public_pages, schemes
from scoring.comparisons import Findings, Ranks
from scoring.maths.uncertainty import Layer
from scoring.models import GroupComparison
from surveys import (
    attempts,
    batches,
    checks,
    contacts,
    correction_batches,
    drafts,
    entity_lists,
    erasure,
    fieldwork,
    frames,
    ledger,
    tokens,
    uploads,
)
from surveys.attempts import Record
from surveys.backchecks import draw, setup
from surveys.backchecks.questions import Again
from surveys.correction_batches import Line
from surveys.exports import catalogue
from surveys.exports.catalogue import Order
from surveys.imports import batches as imports
from surveys.models import (
    ApiToken,
    Audience,
    Case,
    Contact,
    Deposit,
    Doubt,
    FrameUnit,
    ImportBatch,
    Interview,
    Job,
    Membership,
    Questionnaire,
    QuestionnaireVersion,
    Role,
    Site,
    Survey,
    Tombstone,
    User,
    Webhook,
    WebhookDelivery,
    WeightVersion,
)
from surveys.models.decision import Verdict
from surveys.quality.backchecks import Type
from surveys.sampling.outcomes import Outcome
from surveys.sampling.plan import Method, Plan
from surveys.submissions import Sender
from surveys.webhooks.signatures import new_secret as webhook_secret
from tests.factories import (
    make_city,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_user,
    make_version,
    receive,
    workbook,
)
from tests.scoring.test_pipeline import SMALL_SCHEME

MARK = "Xanadu"  # in everything of this survey that a stranger must not read
NAME = "Kublai"  # of the enumerator, whom analysts do not know

# Who knocks, by the letter that stands for them in the matrix.
KNOCKERS = {
    "x": "nobody, not signed in",
    "E": "the enumerator whose work it is",
    "e": "an enumerator of another team",
    "S": "the supervisor of the enumerator's team",
    "s": "the supervisor of another team",
    "C": "a coordinator",
    "A": "an analyst",
    "R": "an administrator",
    "T": "somebody who runs another survey",
}

NO_RANKS = Ranks([], [], [], [])
NOTHING_FOUND = Findings([], [], [], dict.fromkeys(Layer, NO_RANKS), {}, {}, [], [], [])
FORM = """
| survey |               |        |                |          |                              |
|        | type          | name   | label::en (en) | required | choice_filter                |
|        | start         | start  |                |          |                              |
|        | end           | end    |                |          |                              |
|        | text          | psu_id | Site           | yes      |                              |
|        | integer       | age    | Age            | yes      |                              |
|        | select_one yn | works  | Do you work?   | yes      |                              |
|        | image         | photo  | A picture      |          |                              |
|        | select_one_from_file cases.csv | who | Who |  |                                 |
| choices |              |        |                |
|        | list_name     | name   | label::en (en) |
|        | yn            | yes    | Yes            |
|        | yn            | no     | No             |
| settings |             |        |                |
|        | form_title    | form_id | version       |
|        | Xanadu form   | xanadu | 1              |
"""


@dataclass(frozen=True)
class World:
    """`rows` are the survey's, by the name of their model; `parts` what else addresses need."""

    rows: dict[str, Model]
    parts: dict[str, str]
    cookies: dict[str, dict[str, str]]  # of everybody, signed in once
    tokens: dict[str, str]  # of everybody's programs

    def program(self, who: str) -> Client:
        """A program of somebody, without a session."""
        return Client(headers={"Authorization": f"Bearer {self.tokens[who]}"})

    def client(self, who: str) -> Client:
        """A browser of somebody who is signed in; signing out in it signs out of no other."""
        client = Client(raise_request_exception=False)
        client.cookies.load(self.cookies[who])
        return client


def make_world() -> World:
    survey = make_survey("xanadu-survey", name=f"{MARK} survey", name_zh=f"{MARK} zh")
    city = make_city("c01")
    site = make_site(survey, f"{MARK}-1", name=f"{MARK} site", city=city, target=5)
    version = make_version(survey, FORM)
    people = _people(site)
    rows: dict[str, Any] = {
        "survey": survey,
        "site": site,
        "questionnaire": version.questionnaire,
        "version": version,
        "user": people["E"],
        "region": city.region,
        "city": city,
        "assignment": site.assignments.get(),
        **_sample(survey, people["C"]),
        **_listed(site, people["E"]),
        **_interview(version, site, people["E"]),
        **_erased(version, site, people),
        "deposit": _deposit(version.questionnaire),
        **_office(survey, people["C"]),
        **_scored(survey, people["C"]),
        **_told(survey),
        "made": _made(version.questionnaire, people["C"]),
    }
    issued = tokens.issue([people["E"]], survey, by=people["C"])[0]
    draft = drafts.start(people["E"], site, version.questionnaire)
    rows |= {"devicetoken": issued.token, "draft": draft}
    rows |= _again(version.questionnaire, people)
    rows |= _reviewed(rows["interview"], people) | _corrected(version, site, people)
    cookies = {who: _cookies(person) for who, person in people.items()}
    clear = {who: _token(person, "own" if who == "T" else MARK) for who, person in people.items()}
    rows["apitoken"] = ApiToken.objects.get(person=people["A"])
    return World(rows, _parts(rows, issued.clear), {**cookies, "x": {}}, {**clear, "x": "fst_"})


def _token(person: User, name: str) -> str:
    """Of a program that may do everything; also of people who are no staff (any more)."""
    clear = f"fst_{person.username}"
    ApiToken.objects.create(
        person=person,
        name=name,
        scopes=list(ApiToken.Scope),
        is_of_all=True,
        sha256=tokens.hash_of(clear),
        expires_at=timezone.now() + timedelta(days=1),
    )
    return clear


def _made(questionnaire: Questionnaire, coordinator: User) -> Job:
    """A file of interviews that the coordinator's program asked for."""
    made = catalogue.request(
        catalogue.find("submissions", "csv"), Order(questionnaire, coordinator)
    )
    made.state = Job.State.DONE
    made.result.save(f"{MARK}.csv", ContentFile(MARK.encode()))
    return made


def _told(survey: Survey) -> dict[str, Model]:
    """A webhook of the survey, with a message that was given up."""
    hook = Webhook.objects.create(
        survey=survey, url=f"https://example.org/{MARK}", secret=webhook_secret(), is_active=False
    )
    message = WebhookDelivery.objects.create(
        webhook=hook, message_id="msg_1", payload={}, state=WebhookDelivery.State.FAILED
    )
    return {"webhook": hook, "webhookdelivery": message}


def _cookies(person: User) -> dict[str, str]:
    client = Client()
    client.force_login(person)
    return {name: one.value for name, one in client.cookies.items()}


def _people(site: Site) -> dict[str, User]:
    survey = site.survey
    enumerator = make_enumerator(site, f"{NAME}1")
    Membership.objects.filter(user=enumerator).update(team="north")
    elsewhere = make_site(survey, f"{MARK}-2")
    colleague = make_enumerator(elsewhere, "E2")
    Membership.objects.filter(user=colleague).update(team="south")
    stranger = make_enumerator(make_site(make_survey("theirs"), "T1"), "T")
    for role in (Role.COORDINATOR, Role.SUPERVISOR, Role.ANALYST):
        Membership.objects.create(
            user=stranger, survey_id=_survey_of(stranger), role=role, team="north"
        )
    return {
        "E": enumerator,
        "e": colleague,
        "S": make_member(survey, Role.SUPERVISOR, "S1", team="north"),
        "s": make_member(survey, Role.SUPERVISOR, "S2", team="south"),
        "C": make_member(survey, Role.COORDINATOR, "C1"),
        "A": make_member(survey, Role.ANALYST, "A1"),
        "R": make_user("root", is_superuser=True),
        "T": stranger,
    }


def _survey_of(person: User) -> int:
    return person.memberships.get(role=Role.ENUMERATOR).survey_id


def _listed(site: Site, enumerator: User) -> dict[str, Model]:
    """Somebody who was selected, was not at home, and can be called."""
    wave = fieldwork.current_wave(site.survey)
    case = Case.objects.create(wave=wave, site=site, code=f"{MARK}-P1", is_listed=True)
    told = Record(uuid4(), Outcome.NOBODY_HOME, timezone.now(), note=f"{MARK} {NAME}")
    attempts.record(case, enumerator, told)
    contacts.add(case, Contact.Kind.PHONE, f"{MARK} {NAME}", enumerator)
    return {"case": case}


def _interview(version: QuestionnaireVersion, site: Site, enumerator: User) -> dict[str, Model]:
    answers = {"psu_id": site.code, "age": "30", "works": "yes", "photo": "a.jpg"}
    submission = receive(version, Sender(enumerator), **answers).submission
    photo = submission.attachments.get(name="a.jpg")
    photo.file.save("a.jpg", ContentFile(MARK.encode()))
    return {"interview": submission.interview, "submission": submission, "attachment": photo}


def _erased(version: QuestionnaireVersion, site: Site, people: dict[str, User]) -> dict[str, Model]:
    """Somebody of whom only the id is left."""
    answers = {"psu_id": site.code, "age": "50", "works": "no"}
    interview = receive(version, Sender(people["E"]), **answers).submission.interview
    reason = Tombstone.Reason.WITHDRAWN
    return {"tombstone": erasure.erase(interview.pk, by=people["C"], reason=reason)}


def _deposit(questionnaire: Questionnaire) -> Deposit:
    """What stayed of interviews that were erased earlier."""
    deposit = Deposit(
        questionnaire=questionnaire,
        ends_on=date(2026, 1, 31),
        audience=f"{MARK} audience",
        sha256="0" * 64,
        interviews=1,
        report={"k": 1},
    )
    deposit.file.save("deposit.zip", ContentFile(MARK.encode()))
    return deposit


def _sample(survey: Survey, coordinator: User) -> dict[str, Model]:
    """A frame of two units, of which the first was drawn and the other may come in."""
    units = [FrameUnit(survey=survey, code=f"{MARK}-{n}", stratum="a") for n in (3, 4)]
    FrameUnit.objects.bulk_create(units)
    design = frames.Design(Plan(Method.SIMPLE, units=1, replacements=1), target=5)
    seen = frames.propose(survey, design, 1).digest
    return {
        "frameunit": survey.frame_units.earliest("pk"),
        "draw": frames.keep(survey, design, 1, seen=seen, by=coordinator),
    }


def _reviewed(interview: Interview, people: dict[str, User]) -> dict[str, Model]:
    """The interview is returned to its enumerator, in a batch, and a check has a doubt about it."""
    seen = {interview.pk: interview.submissions.get().pk}
    batch = batches.decide(seen, Verdict.RETURN, by=people["C"], reason=MARK).batch
    inspection = checks.run(interview.questionnaire.survey)[0]
    doubt = Doubt.objects.create(
        inspection=inspection,
        key="0" * 32,
        check_name="near_identical",
        severity=2,
        about="interview",
        name=interview.root_uuid,
        size=1,
        interview=interview,
        enumerator=people["E"],
        site=interview.site,
        first_seen=timezone.now(),
        last_seen=timezone.now(),
    )
    doubt.interviews.add(interview)
    return {"decisionbatch": batch, "inspection": inspection, "doubt": doubt}


def _corrected(
    version: QuestionnaireVersion, site: Site, people: dict[str, User]
) -> dict[str, Model]:
    """Another interview, that the office corrected."""
    answers = {"psu_id": site.code, "age": "40", "works": "no"}
    interview = receive(version, Sender(people["E"]), **answers).submission.interview
    correction = ledger.correct(
        interview.pk, {"age": "41"}, by=people["C"], reason=MARK, seen=interview.current_id
    )
    lines = [Line(1, interview.root_uuid, "age", None, "42", MARK)]
    batch = correction_batches.begin(version.questionnaire.survey, MARK, lines, people["C"])
    rows = {"corrected": interview, "correction": correction, "correctionbatch": batch}
    return {**rows, "importbatch": _imported(version, people["C"])}


def _imported(version: QuestionnaireVersion, coordinator: User) -> ImportBatch:
    """A file whose rows are read."""
    content = ContentFile(f"psu_id,{MARK}\nS1,{MARK}\n".encode())
    batch = imports.begin(version, f"{MARK}.csv", content, coordinator)
    imports.read(batch)
    return batch


def _again(questionnaire: Questionnaire, people: dict[str, User]) -> dict[str, Model]:
    """The interviews so far are drawn for a second visit, by the enumerator of the other team."""
    design = setup.Design((Again("age", Type.FIXED),), share=1.0)
    backcheck = setup.begin(questionnaire, design, [people["e"]], by=people["C"])
    draw.draw(backcheck.pk)
    return {"backcheck": backcheck, "secondvisit": backcheck.visits.latest("pk")}


def _office(survey: Survey, coordinator: User) -> dict[str, Model]:
    """What the office works at: a workbook to publish, a file to download, lists with entries."""
    cases = entity_lists.of_survey(survey, "cases")
    job = Job.objects.create(
        kind="export", survey=survey, requested_by=coordinator, state=Job.State.DONE
    )
    job.result.save(f"{MARK}.csv", ContentFile(MARK.encode()))
    return {
        "upload": uploads.keep(survey, "f.xlsx", workbook(FORM), {}, by=coordinator),
        "job": job,
        "entitylist": cases,
        "entity": cases.entities.create(uuid="1", label=f"{MARK} case"),
        "audience": Audience.objects.create(survey=survey, name=f"{MARK} audience"),
    }


def _scored(survey: Survey, coordinator: User) -> dict[str, Model]:
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    pipeline.sweep()
    wave = survey.waves.get()
    comparison = GroupComparison.objects.create(
        scheme=scheme,
        wave=wave,
        by="stratum",
        findings=asdict(NOTHING_FOUND),
        seed=1,
        draws=1,
        interviews=1,
        built_revision=1,
        computed_at=timezone.now(),
    )
    weights = WeightVersion.objects.create(wave=wave, name="raked")
    public_pages.open_page(survey, scheme, public_pages.Words("Results"), coordinator)
    return {"scheme": scheme, "groupcomparison": comparison, "weightversion": weights}


def _parts(rows: dict[str, Any], token: str) -> dict[str, str]:
    """What stands in addresses, by the names of their parts."""
    return {
        "code": rows["survey"].code,
        "token": token,
        "key": str(rows["upload"].pk),
        "questionnaire_id": str(rows["questionnaire"].pk),
        "version_id": str(rows["version"].pk),
        "submission_id": str(rows["submission"].pk),
        "draft_id": str(rows["draft"].pk),
        "site_id": str(rows["site"].pk),
        "case_id": str(rows["case"].pk),
        "visit_id": str(rows["secondvisit"].pk),
        "interview_id": str(rows["interview"].pk),
        "correction": str(rows["correction"].pk),
        "language": "en",
        "kind": "xml",
        "number": "1",
        "name": "cases",
        "words": "corrected",
        "table": "interviews",
        "root_uuid": rows["interview"].root_uuid,
        "attachment_id": str(rows["attachment"].pk),
        "job_id": str(rows["made"].pk),
        "scheme_id": str(rows["scheme"].pk),
        "delivery": str(rows["webhookdelivery"].pk),
        "what": "profile",
    }
