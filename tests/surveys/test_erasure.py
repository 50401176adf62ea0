"""An interview is erased everywhere; its tombstone stays, and nothing of it is ever stored again."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from scoring import scores, verification
from scoring.models import Scheme, SiteCells
from surveys import copies, drafts, entity_lists, erasure, remains, tallies, tombstones, traces
from surveys.copies import Beginning, NotBegunHere
from surveys.models import (
    Attempt,
    Case,
    Contact,
    Entity,
    EntityChange,
    ImportBatch,
    Interview,
    Job,
    Role,
    SecondVisit,
    SiteProgress,
    Submission,
    Tombstone,
)
from surveys.submissions import Sender
from surveys.tasks import clear_erased
from tests.factories import instance_xml, make_member, make_survey, make_version, receive
from tests.surveys import erased
from tests.surveys.erased import WORD, Scene, erase, follow, places_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def scene(folder: Path) -> Scene:
    return erased.begin()


def test_nothing_of_it_is_found_in_any_column_or_file(scene: Scene, folder: Path) -> None:
    follow(scene)
    before = {place.rpartition(".")[0] for place in places_of(WORD, folder)}
    assert before >= {  # so that the search cannot be blind
        "surveys_interview", "surveys_submission", "surveys_change", "surveys_correctionrow",
        "surveys_comment", "surveys_decision", "surveys_doubt", "surveys_dismissal",
        "surveys_draft", "surveys_draftfile", "surveys_entity", "surveys_entitychange",
        "surveys_secondvisit", "surveys_auditlog", "surveys_attachment", "surveys_importrow",
        "surveys_importbatch",
    }  # fmt: skip
    tombstone = erase(scene)
    assert places_of(WORD, folder) == []
    assert remains.verify([tombstone]) == []
    assert Interview.objects.count() == 1
    assert not list(verification.differences(scene.site.survey))


def test_what_others_said_in_an_imported_file_stays(scene: Scene) -> None:
    follow(scene)
    erase(scene)
    batch = ImportBatch.objects.get()
    assert [column["found"] for column in batch.tables[0]["columns"]] == [[["1", 1]], [["no", 2]]]
    assert batch.rows.get().cells == ["1", "no"]


def test_the_tombstone_keeps_ids_and_checksums_and_says_how_much_there_was(scene: Scene) -> None:
    follow(scene)
    sent = dict(
        Submission.objects.filter(interview__in=traces.belonging_to(scene.interview)).values_list(
            "instance_id", "xml_sha256"
        )
    )
    extent = traces.extent_of(traces.belonging_to(scene.interview))
    tombstone = erase(scene)
    assert dict(tombstone.versions.values_list("instance_id", "xml_sha256")) == sent
    assert tombstone.counts == extent
    assert {name for name, count in extent.items() if not count} == {"contacts"}
    assert (tombstone.versions.count(), tombstone.root_uuid) == (4, scene.interview.root_uuid)
    assert (tombstone.by, tombstone.reason) == (scene.coordinator, "withdrawn")
    assert len(tombstone.interview_keys) == 3


def test_scores_and_counts_are_made_without_it(scene: Scene) -> None:
    follow(scene)
    tallies.refresh_all()
    site = SiteCells.objects.get(scheme=Scheme.objects.get())
    assert scene.interview.pk in {person.interview for person in scores.stored(site)}
    erase(scene)
    site.refresh_from_db()
    assert scene.interview.pk not in {person.interview for person in scores.stored(site)}
    SiteProgress.objects.update(changed_at=timezone.now() - 2 * tallies.COMMITTED)
    tallies.refresh_all()
    assert SiteProgress.objects.get(site=scene.site).interviews == 1


def test_an_interview_sent_again_is_answered_as_a_repetition_and_not_stored(scene: Scene) -> None:
    again = send(scene)
    erase(scene)
    told = send(scene)
    assert (told.created, told.added, told.missing) == (False, 0, 0)
    assert (told.sha256, told.received_at, told.files) == (
        again.sha256, again.received_at, again.files,
    )  # fmt: skip
    assert Interview.objects.count() == 1
    assert Tombstone.objects.get().versions.get().came_again_at


def test_an_edit_of_it_is_not_stored_either_nor_an_edit_of_that(scene: Scene, folder: Path) -> None:
    erase(scene)
    root = scene.interview.root_uuid
    for number, corrected in enumerate((root, "uuid:edit-0")):
        edit = instance_xml(
            scene.version, f"uuid:edit-{number}", corrected,
            psu_id="S1", age="31", works="no", phone=WORD, photo=f"{WORD}.jpg",
        )  # fmt: skip
        assert send(scene, edit).missing == 0
    assert places_of(WORD, folder) == []
    assert Tombstone.objects.get().versions.count() == 3


def test_a_copy_of_a_draft_of_it_is_not_taken_in_any_more(scene: Scene) -> None:
    """The phone that sent it still has its draft, and says so."""
    draft_id = copies.draft_id_in(scene.interview.root_uuid)
    assert draft_id is not None
    erase(scene)
    begun = Beginning(scene.version.pk, "S1", timezone.now())
    with pytest.raises(NotBegunHere, match="has withdrawn consent"):
        copies.adopt(scene.enumerator, draft_id, begun, None)


def test_a_correction_that_is_finished_too_late_is_let_go(scene: Scene, folder: Path) -> None:
    """Its page was open while somebody erased what it corrects."""
    draft = drafts.start(scene.enumerator, scene.site, scene.version.questionnaire)
    drafts.save(draft, {"/data/g/age": "30", "/data/g/works": "no", "/data/phone": WORD})
    erase(scene)
    Tombstone.objects.get().versions.update(instance_id=drafts.instance_id_of(draft.pk))
    receipt = drafts.finish(draft)
    assert not receipt.created
    assert not receipt.submission.pk
    assert places_of(WORD, folder) == []


def test_of_an_unknown_version_it_is_not_stored_either(scene: Scene) -> None:
    erase(scene)
    scene.version.questionnaire.versions.exclude(pk=scene.version.pk).delete()
    newer = scene.xml.replace(b'version="1"', b'version="9"')
    assert not send(scene, newer).created
    assert Interview.objects.count() == 1


def test_what_it_said_of_somebody_elses_entry_is_taken_out_of_all_versions(
    scene: Scene, folder: Path
) -> None:
    entry = erased.change_entry(scene)
    changed = Interview.objects.get(questionnaire__form_id="visit", answers__phone=WORD)
    assert entry.data["phone"] == WORD
    erase(scene, changed)
    erase(scene)
    assert places_of(WORD, folder) == []
    entry.refresh_from_db()
    assert (entry.label, entry.data, entry.version) == ("1", {"phone": "1", "job": "cook"}, 5)
    actions = entry.changes.order_by("version").values_list("action", flat=True)
    assert list(actions) == ["create", "erasure", "update", "decision", "erasure"]


def test_an_entry_that_it_entered_is_forgotten_by_devices_and_cannot_be_entered_again(
    scene: Scene,
) -> None:
    entry = Entity.objects.get(label=WORD)
    erase(scene)
    gone = entity_lists.gone_among(entry.list, scene.enumerator, [entry.uuid])
    assert gone == {entry.uuid}
    assert EntityChange.objects.filter(entity=entry).count() == 1
    send(scene)
    entry.refresh_from_db()
    assert (entry.label, entry.data, entry.is_gone) == ("", {}, True)


def test_contacts_go_where_that_is_asked_for(scene: Scene, folder: Path) -> None:
    case = Case.objects.get(interviews=scene.interview)
    Case.objects.filter(pk=case.pk).update(is_listed=True, code="P1")
    Contact.objects.create(case=case, value=WORD)
    Attempt.objects.create(case=case, outcome="away", at=timezone.now(), note=WORD)
    erase(scene, with_contacts=True)
    assert places_of(WORD, folder) == []
    case.refresh_from_db()
    assert (case.outcome, case.attempt_count) == ("away", 1)


def test_contacts_stay_otherwise(scene: Scene) -> None:
    case = Case.objects.get(interviews=scene.interview)
    Case.objects.filter(pk=case.pk).update(is_listed=True)
    Contact.objects.create(case=case, value="1")
    erase(scene)
    assert Contact.objects.count() == 1


def test_a_second_visit_alone_leaves_the_interview_that_it_asked_again(scene: Scene) -> None:
    follow(scene)
    drawn = SecondVisit.objects.get(interview=scene.interview)
    assert drawn.visit is not None
    erase(scene, drawn.visit)
    drawn = SecondVisit.objects.get(pk=drawn.pk)
    assert (drawn.visit, drawn.compared, drawn.differences) == (None, {}, 0)
    assert Interview.objects.filter(pk=scene.interview.pk).exists()


def test_only_coordinators_erase(scene: Scene) -> None:
    supervisor = make_member(scene.site.survey, Role.SUPERVISOR)
    for by, key in ((supervisor, scene.interview.pk), (scene.coordinator, 0)):
        with pytest.raises(erasure.NotErasable):
            erasure.erase(key, by=by, reason=Tombstone.Reason.WITHDRAWN)
    assert Interview.objects.count() == 2


def test_files_are_deleted_once_it_is_stored(
    scene: Scene, folder: Path, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        erasure.erase(scene.interview.pk, by=scene.coordinator, reason=Tombstone.Reason.WITHDRAWN)
    assert places_of(WORD, folder) == []


def test_what_could_not_be_deleted_is_deleted_later(
    scene: Scene, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_name: str) -> None:
        raise OSError("no such bucket at the moment")

    tombstone = erasure.erase(
        scene.interview.pk, by=scene.coordinator, reason=Tombstone.Reason.WITHDRAWN
    )
    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "delete", fail)
        with pytest.raises(OSError, match="bucket"):
            erasure.clear(tombstone.pk)
    assert {one.found for one in remains.verify([tombstone])} >= {str(tombstone)}
    clear_erased()  # the clock's way in
    assert places_of(WORD, folder) == []
    assert remains.verify([Tombstone.objects.get()]) == []


def test_files_that_left_are_told_and_those_stored_here_deleted(scene: Scene) -> None:
    follow(scene)
    running = Job.objects.create(
        kind="submissions_csv", survey=scene.site.survey, state=Job.State.RUNNING
    )
    tombstone = erase(scene)
    [left] = tombstone.exports
    job = Job.objects.get(pk=left["job"])
    assert (left["kind"], left["by"], left["was_stored"]) == (
        "submissions_csv", scene.coordinator.pk, True,
    )  # fmt: skip
    assert not job.result
    running.refresh_from_db()
    assert running.state == Job.State.QUEUED


def test_what_slipped_in_at_the_same_moment_is_erased_again(scene: Scene, folder: Path) -> None:
    """As after a restored backup: the rows are here, and so is the tombstone."""
    tombstone = erase(scene)
    tombstone.versions.update(instance_id="uuid:other")
    send(scene)
    tombstone.versions.update(instance_id=scene.interview.root_uuid)
    assert remains.verify([tombstone])
    clear_erased()
    assert places_of(WORD, folder) == []
    assert Interview.objects.count() == 1


def test_ids_of_what_was_erased_are_told_for_packages(scene: Scene) -> None:
    survey, before = scene.site.survey, timezone.now()
    tombstone = erase(scene)
    [told] = tombstones.erased_between(survey, before)
    assert told.id_sha256 == tombstones.hash_of(scene.interview.root_uuid)
    assert told.erased_at == tombstone.erased_at
    assert tombstones.erased_between(survey, tombstone.erased_at) == []
    assert tombstones.erased_between(survey, None, before) == []


def test_other_interviews_of_the_same_ids_elsewhere_stay(scene: Scene) -> None:
    """Ids are those of a questionnaire."""
    other = make_version(make_survey())
    receive(other, Sender(None), scene.interview.root_uuid, psu_id="S1", age="30", works="no")
    erase(scene)
    edit = {"psu_id": "S1", "age": "31", "works": "no"}
    assert receive(other, Sender(None), "uuid:x", scene.interview.root_uuid, **edit).created
    assert Interview.objects.filter(questionnaire=other.questionnaire).count() == 1
