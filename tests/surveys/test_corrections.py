"""Versions of one interview: the newest counts where the chain is sound, a person decides where not."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from scoring import cells, pipeline, schemes, scores, verification
from surveys import entity_lists, fieldwork, questionnaires, submissions
from surveys.corrections import Superseded, UnknownOriginal
from surveys.models import (
    Case,
    Entity,
    EntityList,
    Finding,
    Interview,
    QuestionnaireVersion,
    Role,
    Site,
    Submission,
    User,
)
from surveys.signals import submission_saved
from surveys.submissions import Receipt, Sender
from surveys.xforms.instance import read_instance, set_meta, write_instance
from tests.factories import (
    NOBODY,
    content_of,
    instance_xml,
    make_enumerator,
    make_member,
    make_site,
    make_version,
    workbook,
)
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.surveys import panel

pytestmark = pytest.mark.django_db
COMPLETE = {"works": "yes", "hours": "40"}
State = Interview.State

PHOTO_FORM = """
| survey |
| | type | name | label |
| | audit | audit | |
| | text | psu_id | Site |
| | image | front | Front |
| | image | back | Back |
| settings |
| | form_id | version |
| | photos | 1 |
"""


def send(
    version: QuestionnaireVersion,
    name: str,
    corrects: str,
    answers: Mapping[str, str],
    *,
    sender: Sender = NOBODY,
    files: Collection["ContentFile[bytes]"] = (),
) -> Receipt:
    """An interview called `name` that corrects another."""
    root = read_instance(instance_xml(version, name, corrects, **answers)).root
    if files and "audit.csv" in {file.name for file in files}:
        set_meta(root, "audit", "audit.csv")
    instance = read_instance(write_instance(root))
    return submissions.receive(instance, version.questionnaire.survey, sender, files=files)


def answer(
    version: QuestionnaireVersion,
    name: str,
    corrects: str = "",
    *,
    sender: Sender = NOBODY,
    psu_id: str = "S1",
) -> Interview:
    """A complete interview whose age is the number in its name."""
    answers = {**COMPLETE, "psu_id": psu_id, "age": name.lstrip("v")}
    receipt = send(version, name, corrects, answers, sender=sender)
    interview = receipt.submission.interview
    interview.refresh_from_db()
    return interview


def kinds(interview: Interview) -> list[str]:
    found = Finding.objects.filter(submission=interview.current_id)
    return sorted(found.values_list("kind", flat=True))


def test_a_correction_becomes_the_current_version(version: QuestionnaireVersion) -> None:
    heard: list[int] = []

    def listener(submission_id: int, **_: object) -> None:
        heard.append(submission_id)

    first = answer(version, "v20")
    before = first.changed_at
    submission_saved.connect(listener)
    try:
        second = answer(version, "v30", "v20")
    finally:
        submission_saved.disconnect(listener)
    assert second == first
    assert second.root_uuid == "v20"
    assert second.answers["g/age"] == "30"
    assert second.state == State.SUBMITTED
    assert second.changed_at > before
    assert heard == [second.current_id]
    assert [one.instance_id for one in second.submissions.order_by("pk")] == ["v20", "v30"]
    assert kinds(second) == []


def test_a_chain_of_corrections_is_one_interview(version: QuestionnaireVersion) -> None:
    names = ["v20", "v21", "v22", "v23"]
    for corrects, name in zip(["", *names], names, strict=False):
        answer(version, name, corrects)
    interview = Interview.objects.get()
    assert interview.answers["g/age"] == "23"
    assert interview.submissions.count() == 4


def test_an_earlier_version_that_comes_again_changes_nothing(version: QuestionnaireVersion) -> None:
    answer(version, "v20")
    answer(version, "v21", "v20")
    again = send(version, "v20", "", {**COMPLETE, "psu_id": "S1", "age": "20"})
    assert not again.created
    assert Interview.objects.get().answers["g/age"] == "21"


def test_two_corrections_of_one_version_are_kept_and_the_second_waits(
    version: QuestionnaireVersion,
) -> None:
    answer(version, "v20")
    first = answer(version, "v21", "v20")
    second = answer(version, "v22", "v20")
    assert first != second
    assert (first.state, second.state) == (State.SUBMITTED, State.QUARANTINED)
    assert kinds(second) == ["edit"]
    assert list(Interview.objects.counted()) == [first]


def test_what_corrects_a_waiting_correction_waits_too(version: QuestionnaireVersion) -> None:
    answer(version, "v20")
    answer(version, "v21", "v20")
    answer(version, "v22", "v20")
    last = answer(version, "v23", "v22")
    assert last.submissions.count() == 2
    assert (last.state, kinds(last)) == (State.QUARANTINED, ["edit"])


def test_a_correction_of_what_is_not_here_waits(version: QuestionnaireVersion) -> None:
    alone = answer(version, "v21", "v20")
    assert (alone.state, kinds(alone)) == (State.QUARANTINED, ["edit"])


def test_it_counts_as_soon_as_what_it_corrects_is_here(version: QuestionnaireVersion) -> None:
    answer(version, "v21", "v20")
    answer(version, "v20")
    interview = Interview.objects.get()
    assert (interview.state, interview.root_uuid) == (State.SUBMITTED, "v20")
    assert interview.answers["g/age"] == "21"
    assert interview.submissions.count() == 2
    assert kinds(interview) == []
    assert answer(version, "v22", "v21") == interview


def test_what_is_doubtful_otherwise_stays_in_quarantine(version: QuestionnaireVersion) -> None:
    answer(version, "v21", "v20", psu_id="S9")
    answer(version, "v20")
    interview = Interview.objects.get()
    assert (interview.state, kinds(interview)) == (State.QUARANTINED, ["unknown_site"])


def test_a_doubtful_correction_leaves_what_counts(version: QuestionnaireVersion) -> None:
    first = answer(version, "v20")
    answer(version, "v21", "v20", psu_id="S9")
    first.refresh_from_db()
    assert (first.state, first.answers["g/age"]) == (State.SUBMITTED, "20")
    beside = Interview.objects.exclude(pk=first.pk).get()
    assert (beside.state, kinds(beside)) == (State.QUARANTINED, ["edit", "unknown_site"])


def test_a_correction_of_the_site_releases_an_interview(
    version: QuestionnaireVersion, site: Site
) -> None:
    answer(version, "v20", psu_id="S9")
    fixed = answer(version, "v21", "v20")
    assert Interview.objects.count() == 1
    assert (fixed.state, fixed.site) == (State.SUBMITTED, site)


def test_a_corrected_site_takes_the_case_along(version: QuestionnaireVersion, site: Site) -> None:
    other = make_site(site.survey, "S2")
    first = answer(version, "v20")
    answer(version, "v21", "v20", psu_id="S2")
    moved = Interview.objects.select_related("case").get()
    assert moved.case == first.case
    assert moved.case is not None
    assert (moved.site, moved.case.site) == (other, other)


def test_nobody_corrects_somebody_elses_interview(
    version: QuestionnaireVersion, site: Site, enumerator: User
) -> None:
    first = answer(version, "v20", sender=Sender(enumerator))
    beside = answer(version, "v21", "v20", sender=Sender(make_enumerator(site)))
    assert beside != first
    assert beside.state == State.QUARANTINED
    coordinator = make_member(site.survey, Role.COORDINATOR)
    assert answer(version, "v22", "v20", sender=Sender(coordinator)) == first
    assert answer(version, "v23", "v22", sender=Sender(enumerator)) == first


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.APPROVED, State.SUBMITTED),
        (State.RETURNED, State.SUBMITTED),
        (State.FLAGGED, State.FLAGGED),
        (State.REJECTED, State.REJECTED),
    ],
)
def test_a_corrected_interview_is_reviewed_again_unless_it_was_rejected_or_held(
    version: QuestionnaireVersion, before: State, after: State
) -> None:
    answer(version, "v20")
    Interview.objects.update(state=before)
    assert answer(version, "v21", "v20").state == after


def test_our_own_doors_are_told_instead(version: QuestionnaireVersion) -> None:
    strict = Sender(None, must_satisfy=True)
    with pytest.raises(UnknownOriginal) as unknown:
        answer(version, "v21", "v20", sender=strict)
    answer(version, "v20", sender=strict)
    answer(version, "v21", "v20", sender=strict)
    with pytest.raises(Superseded) as superseded:
        answer(version, "v22", "v20", sender=strict)
    assert (unknown.value.status, superseded.value.status) == (404, 409)
    assert Submission.objects.count() == 2


def test_files_are_carried_forward_and_give_way_to_new_ones(
    site: Site, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    version = make_version(site.survey, PHOTO_FORM)

    def photos(**named: bytes) -> tuple["ContentFile[bytes]", ...]:
        return tuple(ContentFile(body, name.replace("_", ".")) for name, body in named.items())

    place = {"psu_id": "S1", "front": "a.jpg", "back": "b.jpg"}
    send(version, "v1", "", place, files=photos(a_jpg=b"a", b_jpg=b"b", audit_csv=b"1"))
    edit = {**place, "back": "c.jpg"}
    receipt = send(version, "v2", "v1", edit, files=photos(audit_csv=b"2"))
    assert (receipt.added, receipt.missing) == (1, 1)
    kept = {row.name: row for row in receipt.submission.attachments.all()}
    assert sorted(kept) == ["a.jpg", "audit.csv", "c.jpg"]
    assert content_of(kept["a.jpg"]) == b"a"
    assert content_of(kept["audit.csv"]) == b"2"
    assert not kept["c.jpg"].file
    more = photos(audit_csv=b"2", a_jpg=b"other", c_jpg=b"c")
    again = send(version, "v2", "v1", edit, files=more)
    assert (again.added, again.missing) == (2, 0)
    first = Submission.objects.get(instance_id="v1").attachments.get(name="a.jpg")
    assert content_of(first) == b"a"


def test_indicators_follow_a_correction(version: QuestionnaireVersion, site: Site) -> None:
    scheme = schemes.add(site.survey, SMALL_SCHEME, "equal", is_default=True)
    other = make_site(site.survey, "S2")
    answer(version, "v20")
    answer(version, "v40")
    pipeline.sweep()
    answer(version, "v21", "v20", psu_id="S2")
    assert scores.waiting(scheme)
    pipeline.sweep()
    assert not cells.dirty(scheme).exists()
    assert sum(scheme.sites.values_list("people", flat=True)) == 2
    assert scheme.sites.get(site=other).people == 1
    assert list(verification.differences(site.survey)) == []


def panel_of(*codes: str) -> tuple[Site, User]:
    """A panel survey with cases that are to be visited again, and who does."""
    site, person = panel.begin()
    questionnaires.publish(workbook(panel.FOLLOW_UP), site.survey)
    wave = fieldwork.current_wave(site.survey)
    for code in codes:
        fieldwork.case_for(site, wave, code)
    entity_lists.table_for(EntityList.objects.get(survey=site.survey, name="cases"), person)
    return site, person


def follow(
    site: Site,
    person: User,
    code: str,
    corrects: str = "",
    *,
    version: str = "1",
    instance_id: str = "",
) -> Interview:
    """A visit to the case of that code, blank for somebody who is in no list."""
    known = Entity.objects.filter(list__name="cases", data__code=code).first()
    xml = panel.following(known.uuid if known else "", base=1, phone="1")
    root = read_instance(xml.replace(b'version="1"', f'version="{version}"'.encode())).root
    for name, text in (("deprecatedID", corrects), ("instanceID", instance_id)):
        if text:
            set_meta(root, name, text)
    receipt = panel.send(write_instance(root), site, person)
    return Interview.objects.get(pk=receipt.submission.interview_id)


def test_a_correction_that_chooses_another_person_is_theirs() -> None:
    site, person = panel_of("C1", "C2")
    first = follow(site, person, "C1")
    second = follow(site, person, "C2", first.root_uuid)
    assert (second, str(second.case)) == (first, "C2")
    third = follow(site, person, "", second.submissions.latest("pk").instance_id)
    assert (third, str(third.case)) == (first, "C2")  # it says nothing of the person
    assert set(Case.objects.values_list("code", flat=True)) == {"C1", "C2"}


def test_somebody_who_turns_out_to_be_listed_was_not_met_beside() -> None:
    site, person = panel_of("C1")
    met = follow(site, person, "")
    assert str(met.case) == met.root_uuid
    assert str(follow(site, person, "C1", met.root_uuid).case) == "C1"
    assert Case.objects.get().code == "C1"
