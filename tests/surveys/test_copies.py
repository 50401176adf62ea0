"""Copies of interviews that were begun on phones: taken in once, let go when the interview is here."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from surveys import copies, draft_files, draft_keys, drafts
from surveys.copies import Beginning, Copy, NotBegunHere, NotKept
from surveys.drafts import DraftMoved
from surveys.formlogic.tree import Element
from surveys.models import (
    Draft,
    Interview,
    Questionnaire,
    QuestionnaireVersion,
    Role,
    Site,
    Survey,
    User,
)
from surveys.questionnaires import form_of
from surveys.submissions import Receipt, Sender
from surveys.xforms.instance import blank_instance, fill, find
from surveys.xforms.parsing import InstanceError, Tree, tree_to_json
from tests.factories import (
    SMALL_FORM,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
    with_key,
)

pytestmark = pytest.mark.django_db
NUMBER = UUID("11111111-2222-4333-8444-555555555555")
STARTED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "E01")


def tree(version: QuestionnaireVersion, **answers: str) -> Tree:
    """A phone's tree with answers by place below the root."""
    root = blank_instance(form_of(version))
    fill(root, {f"/data/{place}": text for place, text in answers.items()})
    return tree_to_json(root)


def begun(version: QuestionnaireVersion, site: str = "S1") -> Beginning:
    return Beginning(version.pk, site, STARTED, "phone 7")


def root_of(draft: Draft) -> Element:
    return drafts.tree_of(with_key(Draft.objects.get(pk=draft.pk)))


def text_at(draft: Draft, place: str) -> str:
    element = find(root_of(draft), place)
    assert element is not None
    return element.text


def test_what_was_begun_on_a_phone_is_a_draft_here_under_its_id(
    person: User, version: QuestionnaireVersion
) -> None:
    sent = tree(version, start="2026-11-20T09:30:00.000+08:00")
    draft = copies.adopt(person, NUMBER, begun(version), sent)
    stored = Draft.objects.get()
    assert (stored.pk, stored.revision, stored.device) == (NUMBER, 1, "phone 7")
    assert stored.created_at == STARTED
    assert text_at(draft, "/data/start") == "2026-11-20T09:30:00.000+08:00"
    assert text_at(draft, "/data/meta/instanceID") == f"uuid:{NUMBER}"


def test_twice_is_once_and_another_one_under_the_id_is_not_overwritten(
    person: User, version: QuestionnaireVersion
) -> None:
    sent = tree(version, **{"g/age": "30"})
    copies.adopt(person, NUMBER, begun(version), sent)
    assert copies.adopt(person, NUMBER, begun(version), sent).revision == 1
    with pytest.raises(DraftMoved):
        copies.adopt(person, NUMBER, begun(version), tree(version, **{"g/age": "31"}))
    assert text_at(with_key(Draft.objects.get()), "/data/g/age") == "30"


def test_the_person_and_the_site_are_those_that_the_server_knows(
    person: User, version: QuestionnaireVersion
) -> None:
    draft = copies.adopt(person, NUMBER, begun(version), tree(version, psu_id="S2"))
    assert text_at(draft, "/data/psu_id") == "S1"


def test_it_goes_on_and_is_finished_like_any_other(
    person: User, version: QuestionnaireVersion
) -> None:
    draft = copies.adopt(person, NUMBER, begun(version), tree(version))
    drafts.replace(draft, tree(version, **{"g/age": "30", "g/works": "no"}))
    drafts.finish(with_key(Draft.objects.get()))
    assert Interview.objects.get().root_uuid == f"uuid:{NUMBER}"


def test_what_was_begun_is_taken_though_the_form_closed_and_the_assignment_ended(
    person: User, version: QuestionnaireVersion
) -> None:
    make_version(version.questionnaire.survey, SMALL_FORM.replace("| 1    ", "| 2    "))
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    person.assignments.update(is_active=False)
    assert copies.adopt(person, NUMBER, begun(version), tree(version)).version == version


def test_a_clock_that_is_ahead_begins_nothing_in_the_future(
    person: User, version: QuestionnaireVersion
) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    draft = copies.adopt(person, NUMBER, Beginning(version.pk, "S1", tomorrow), tree(version))
    assert draft.created_at <= timezone.now()


def test_an_id_that_is_somebody_elses_is_not_there(
    person: User, site: Site, version: QuestionnaireVersion
) -> None:
    copies.adopt(make_enumerator(site), NUMBER, begun(version), tree(version))
    with pytest.raises(NotBegunHere, match="Another interview"):
        copies.adopt(person, NUMBER, begun(version), tree(version))
    sent = receive(version, psu_id="S1", age="30", works="no").submission.instance_id
    with pytest.raises(NotBegunHere):
        copies.adopt(person, UUID(sent[5:]), begun(version), tree(version))


def test_versions_and_sites_that_are_not_the_persons_are_not_there(
    person: User, version: QuestionnaireVersion
) -> None:
    stranger = make_member(make_survey(), Role.ENUMERATOR)
    with pytest.raises(NotBegunHere, match="questionnaire"):
        copies.adopt(stranger, NUMBER, begun(version), tree(version))
    with pytest.raises(NotBegunHere, match="site"):
        copies.adopt(person, NUMBER, begun(version, "S9"), tree(version))
    other = make_site(version.questionnaire.survey, "S2")
    with pytest.raises(NotBegunHere, match="never assigned"):
        copies.adopt(person, NUMBER, begun(version, "S2"), tree(version))
    with pytest.raises(InstanceError):
        copies.adopt(person, NUMBER, begun(version), ["other", []])
    assert not Draft.objects.exists()
    other.assignments.create(enumerator=person, is_active=False)
    assert copies.adopt(person, NUMBER, begun(version, "S2"), tree(version)).site == other


def receipt_of(draft: Draft, **files: str) -> Receipt:
    """Of an interview that came under the draft's id, with checksums by its files' names."""
    receipt = receive(draft.version, psu_id="S1", age="30", works="no")
    receipt.submission.instance_id = f"uuid:{draft.pk}"
    return Receipt(receipt.submission, created=True, files=files)


def test_the_copy_goes_with_its_files_once_everything_is_here(
    person: User, version: QuestionnaireVersion
) -> None:
    draft = copies.adopt(person, NUMBER, begun(version), tree(version))
    draft_files.add(draft, ContentFile(b"picture", "a.jpg"))
    copies.let_go(person, receipt_of(draft, a=""))
    assert draft_files.names_of(draft) == {"a.jpg"}
    for _ in range(2):
        copies.let_go(person, receipt_of(draft, a="1f"))
        assert not Draft.objects.exists()


def test_nothing_of_others_goes(person: User, site: Site, version: QuestionnaireVersion) -> None:
    draft = copies.adopt(person, NUMBER, begun(version), tree(version))
    copies.let_go(make_enumerator(site), receipt_of(draft))
    other = receipt_of(Draft(pk=uuid4(), version=version))
    copies.let_go(person, other)
    other.submission.instance_id = "collect:7"
    copies.let_go(person, other)
    assert Draft.objects.get() == draft


def without_its_key(draft: Draft) -> Draft:
    """The draft, once somebody else has set the password of its enumerator, who signed in again."""
    draft.enumerator.draft_key = draft_keys.opened(draft.enumerator, "set by the office")
    return draft


def test_what_nobody_opens_any_more_is_taken_again_from_the_phone(
    person: User, version: QuestionnaireVersion
) -> None:
    draft = copies.adopt(person, NUMBER, begun(version), tree(version))
    kept = draft_files.add(draft, ContentFile(b"picture", "a.jpg"))
    assert copies.copies_of(person, [NUMBER]) == {
        NUMBER: Copy(1, is_open=True, files={"a.jpg": kept.sha256})
    }
    without_its_key(draft)
    assert copies.copies_of(person, [NUMBER]) == {NUMBER: Copy(1, is_open=False, files={})}
    renewed = copies.renew(draft, tree(version, **{"g/age": "31"}))
    assert (renewed.revision, draft_files.kept(renewed)) == (2, [])
    draft.refresh_from_db()
    draft.enumerator = person
    found = find(drafts.tree_of(draft), "/data/g/age")
    assert (draft.revision, found and found.text) == (2, "31")
    draft.revision = 1
    with pytest.raises(DraftMoved):
        copies.renew(draft, tree(version))


def test_of_an_answer_that_was_lost_the_phone_need_not_know(
    person: User, version: QuestionnaireVersion
) -> None:
    """It begins it once more, although the copy is here, and was closed meanwhile."""
    without_its_key(copies.adopt(person, NUMBER, begun(version), tree(version)))
    again = copies.adopt(person, NUMBER, begun(version), tree(version, **{"g/age": "31"}))
    found = find(drafts.tree_of(again), "/data/g/age")
    assert (again.revision, found and found.text) == (2, "31")


def test_what_two_phones_correct_is_no_interview_of_its_own(
    person: User, site: Site, version: QuestionnaireVersion
) -> None:
    """The answers that were not chosen are a draft that corrects the same."""
    sent = receive(version, Sender(person), psu_id="S1", age="30", works="no").submission
    others = receive(version, Sender(make_enumerator(site)), psu_id="S1").submission
    for corrects, expected in ((sent, sent), (others, None)):
        how = Beginning(version.pk, "S1", STARTED, corrects=corrects.instance_id)
        assert copies.adopt(person, uuid4(), how, tree(version)).corrects == expected


def test_a_survey_may_keep_no_copies(person: User, version: QuestionnaireVersion) -> None:
    Survey.objects.update(keeps_copies=False)
    with pytest.raises(NotKept):
        copies.adopt(person, NUMBER, begun(version), tree(version))


def test_files_are_lent_by_name_and_content_to_their_owner(
    person: User, site: Site, version: QuestionnaireVersion
) -> None:
    draft = copies.adopt(person, NUMBER, begun(version), tree(version))
    sha256 = draft_files.add(draft, ContentFile(b"picture", "a.jpg")).sha256
    draft_files.add(draft, ContentFile(b"other", "b.jpg"))
    named = {"a.jpg": sha256, "b.jpg": sha256, "c.jpg": sha256}
    with copies.lent(person, f"uuid:{NUMBER}", named) as files:
        assert [(file.name, file.read()) for file in files] == [("a.jpg", b"picture")]
    person.draft_key, key = None, person.draft_key
    for borrower in (person, make_enumerator(site)):
        with copies.lent(borrower, f"uuid:{NUMBER}", named) as files:
            assert not files
    person.draft_key = key
    without_its_key(draft)
    with copies.lent(person, f"uuid:{NUMBER}", named) as files:
        assert not files
