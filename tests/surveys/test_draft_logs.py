"""Logs of drafts: every row once, in its order, and a file of the interview in the end."""

from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile

from surveys import audits, draft_files, draft_logs, drafts
from surveys.draft_logs import LogPart, LogTooLong
from surveys.models import Attachment, Draft, DraftLogPart
from surveys.xforms.instance import meta_text, read_instance
from tests.factories import make_enumerator, make_site, make_survey, make_version, with_key

pytestmark = pytest.mark.django_db
T = 1_790_000_000_000
FORM = """
| survey |             |        |       |                    |
|        | type        | name   | label | parameters         |
|        | audit       | audit  |       | identify-user=true |
|        | text        | words  | Words |                    |
|        | file        | papers | Papers |                   |
| settings |           |        |       |
|        | form_id     | version | form_title |
|        | logged      | 1      | Logged |
"""
HEADING = "event,node,start,end,user\n"


@pytest.fixture
def draft() -> Draft:
    site = make_site(make_survey(), "S1")
    version = make_version(site.survey, FORM)
    return drafts.start(make_enumerator(site, "E01"), site, version.questionnaire)


def part(page: UUID, number: int, event: str) -> LogPart:
    return LogPart(page, number, f"{event},,{T + number},,E01\n", T + number)


def content(draft: Draft) -> str:
    file = draft_logs.file_of(draft, {"identify-user": "true"})
    return file.read().decode() if file else ""


def test_rows_are_kept_once_in_the_order_of_their_page(draft: Draft) -> None:
    first, second = uuid4(), uuid4()
    start, save = part(first, 0, "form start"), part(first, 1, "form save")
    resume = part(second, 0, "form resume")
    for one in (start, resume, save, start):  # the second page began before the first was through
        draft_logs.add(draft, one)
    assert content(draft) == HEADING + start.rows + save.rows + resume.rows
    assert draft_logs.last_moment(draft) == T + 1


def test_where_nothing_was_noted_there_is_no_file(draft: Draft) -> None:
    assert content(draft) == ""
    assert draft_logs.last_moment(draft) is None
    submission = drafts.finish(draft).submission
    assert not submission.attachments.exists()


def test_what_plain_pages_note_goes_on_with_the_rest(draft: Draft) -> None:
    draft_logs.add(draft, part(uuid4(), 0, "form start"))
    draft_logs.note(draft, {}, {"event": "form save", "start": T + 5})
    draft_logs.note(draft, {}, {"event": "group questions", "start": T + 5, "end": T + 9})
    assert content(draft).endswith(f"form save,,{T + 5},\ngroup questions,,{T + 5},{T + 9}\n")
    assert draft_logs.last_moment(draft) == T + 9


def test_a_log_without_end_is_refused(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_logs, "MOST_BYTES", 40)
    draft_logs.add(draft, part(uuid4(), 0, "form start"))
    with pytest.raises(LogTooLong):
        draft_logs.add(draft, part(uuid4(), 0, "form resume"))


def test_a_full_log_keeps_no_plain_page_from_going_on(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_logs, "MOST_BYTES", 40)
    draft_logs.add(draft, part(uuid4(), 0, "form start"))
    before = content(draft)
    draft_logs.note(draft, {}, {"event": "form finalize", "start": T + 5})
    assert content(draft) == before


def test_the_log_is_a_file_of_the_finished_interview(draft: Draft) -> None:
    draft_logs.add(draft, part(uuid4(), 0, "form start"))
    submission = drafts.finish(draft).submission
    assert meta_text(read_instance(bytes(submission.xml)).root, "audit") == "audit.csv"
    log = audits.log_of(submission.interview)
    assert log is not None
    assert ([event.kind for event in log.events], log.unread) == (["form start"], ())
    assert not DraftLogPart.objects.exists()


def test_rows_that_come_after_the_end_are_lost(draft: Draft) -> None:
    drafts.finish(draft)
    draft_logs.add(draft, part(uuid4(), 0, "form exit"))
    assert not DraftLogPart.objects.exists()


def test_a_file_that_people_call_as_the_log_gets_another_name(draft: Draft) -> None:
    kept = draft_files.add(draft, ContentFile(b"a,b", "audit.csv"))
    assert kept.name == "audit-2.csv"
    drafts.save(draft, {"/data/papers": kept.name})
    draft_logs.add(draft, part(uuid4(), 0, "form start"))
    drafts.finish(with_key(Draft.objects.get()))
    assert set(Attachment.objects.values_list("name", flat=True)) == {"audit.csv", "audit-2.csv"}
