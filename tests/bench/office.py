"""What the office of a province has besides interviews: numbers, doubts, selected people, a frame, samples,
telephones, second visits, corrections, decisions and files. Some of each is as much as 20,000 sites have,
of the rest there is one, so that its page has something to show.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surveys.models import Survey, User

CASES = 20  # selected people a site
PEOPLE = 300  # enumerators besides those of the demo
TEAMS = 20
CHOSEN = 100  # sites of the sample
CORRECTED = "job_type"

SELECTED = """INSERT INTO surveys_case (wave_id, site_id, code, is_listed, outcome, attempt_count, last_at,
        is_settled, tried_by_id)
    SELECT %(wave)s, s.id, s.code || '-' || k, true,
        (ARRAY['completed', 'completed', 'refused', 'nobody_home', 'not_attempted'])[1 + (s.id + k) %% 5],
        (s.id + k) %% 4, now(), (s.id + k) %% 5 < 3,
        (SELECT min(id) FROM surveys_user WHERE username LIKE 'P%%') + s.id %% %(people)s
    FROM surveys_site s CROSS JOIN generate_series(1, %(cases)s) AS k WHERE s.code LIKE 'copy%%'"""


class Office:
    """For `province`."""

    def before(self) -> None:
        """Numbers, groups compared and doubts are of the demo: they are stored rows, as many for a
        thousand interviews as for a million.
        """
        from scoring import comparisons, pipeline, public_pages  # noqa: PLC0415
        from scoring.models import Scheme  # noqa: PLC0415
        from surveys import checks, jobs  # noqa: PLC0415

        survey, coordinator = ours()
        pipeline.sweep()
        scheme = Scheme.objects.get()
        jobs.run(comparisons.request(scheme, coordinator).pk)
        public_pages.open_page(survey, scheme, public_pages.Words("Results"), coordinator)
        checks.run(survey)
        for one in (decide, correct, visit_again):
            one(survey, coordinator)

    def after(self) -> None:
        survey, coordinator = ours()
        for add in (employ, select, list_sites):
            add(survey)
        for one in (draw, enrol, upload, export):
            one(survey, coordinator)


def ours() -> tuple["Survey", "User"]:
    from surveys.models import Survey, User  # noqa: PLC0415

    return Survey.objects.get(), User.objects.get(username="coordinator")


def employ(survey: "Survey") -> None:
    from surveys.models import Membership, Role, User  # noqa: PLC0415

    people = User.objects.bulk_create(
        User(username=f"P{n}", last_name=f"Family {n}", first_name=f"Given {n}", password="!")
        for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        Membership(user=one, survey=survey, role=Role.ENUMERATOR, team=f"team {one.pk % TEAMS}")
        for one in people
    )


def select(survey: "Survey") -> None:
    from django.db import connection  # noqa: PLC0415

    from surveys import fieldwork  # noqa: PLC0415

    wave = fieldwork.current_wave(survey).pk
    with connection.cursor() as cursor:
        cursor.execute(SELECTED, {"wave": wave, "people": PEOPLE, "cases": CASES})


def list_sites(survey: "Survey") -> None:
    """In the frame, and for devices."""
    from surveys import entity_lists  # noqa: PLC0415
    from surveys.models import Entity, FrameUnit  # noqa: PLC0415

    sites, listed = list(survey.sites.all()), entity_lists.of_survey(survey, "households")
    FrameUnit.objects.bulk_create(
        FrameUnit(survey=survey, code=f"u{one.code}", stratum=one.stratum, size=100 + one.pk % 900)
        for one in sites
    )
    Entity.objects.bulk_create(
        Entity(list=listed, uuid=f"uuid:{one.pk}", label=one.code, site=one, version=1)
        for one in sites
    )


def decide(survey: "Survey", coordinator: "User") -> None:
    from surveys import batches  # noqa: PLC0415
    from surveys.models import Interview  # noqa: PLC0415
    from surveys.models.decision import Verdict  # noqa: PLC0415

    some = Interview.objects.filter(questionnaire__survey=survey).order_by("pk")[:10]
    batches.decide(
        dict(some.values_list("pk", "current")), Verdict.HOLD, by=coordinator, reason="-"
    )


def correct(survey: "Survey", coordinator: "User") -> None:
    """One answer of one interview, and a file of corrections that waits."""
    from surveys import correction_batches  # noqa: PLC0415
    from surveys.correction_batches import Line  # noqa: PLC0415
    from surveys.models import Interview  # noqa: PLC0415

    ids = Interview.objects.order_by("pk").values_list("root_uuid", flat=True)[:200]
    lines = [Line(n, one, CORRECTED, None, "1", "-") for n, one in enumerate(ids, 1)]
    batch = correction_batches.begin(survey, "corrections.csv", lines, coordinator)
    correction_batches.check(batch, coordinator)


def visit_again(survey: "Survey", coordinator: "User") -> None:
    from surveys.backchecks import draw as drawing  # noqa: PLC0415
    from surveys.backchecks import setup  # noqa: PLC0415
    from surveys.backchecks.questions import Again, askable_in  # noqa: PLC0415
    from surveys.quality.backchecks import Type  # noqa: PLC0415
    from surveys.questionnaires import form_of  # noqa: PLC0415

    questionnaire = survey.questionnaires.select_related("current").get()
    assert questionnaire.current is not None
    first = next(iter(askable_in(form_of(questionnaire.current))))
    design = setup.Design((Again(first.place, Type.FIXED),), share=0.1)
    checkers = list(setup.possible_checkers(survey)[:2])
    drawing.draw(setup.begin(questionnaire, design, checkers, by=coordinator).pk)


def draw(survey: "Survey", coordinator: "User") -> None:
    from surveys import frames  # noqa: PLC0415
    from surveys.sampling.plan import Method, Plan  # noqa: PLC0415

    design = frames.Design(Plan(Method.SIMPLE, units=CHOSEN, replacements=CHOSEN), target=5)
    seen = frames.propose(survey, design, 1).digest
    frames.keep(survey, design, 1, seen=seen, by=coordinator)


def enrol(survey: "Survey", coordinator: "User") -> None:
    from surveys import tokens  # noqa: PLC0415
    from surveys.models import User  # noqa: PLC0415

    people = User.objects.filter(username__startswith="P").order_by("pk")
    tokens.issue(list(people), survey, by=coordinator)


def upload(survey: "Survey", coordinator: "User") -> None:
    from surveys import uploads  # noqa: PLC0415
    from surveys.demo import WORKBOOK  # noqa: PLC0415

    uploads.keep(survey, WORKBOOK.name, WORKBOOK.read_bytes(), {}, by=coordinator)


def export(survey: "Survey", coordinator: "User") -> None:
    from django.core.files.base import ContentFile  # noqa: PLC0415

    from surveys.models import Job  # noqa: PLC0415

    job = Job.objects.create(
        kind="export", survey=survey, requested_by=coordinator, state=Job.State.DONE
    )
    job.result.save("interviews.csv", ContentFile(b"-"))
