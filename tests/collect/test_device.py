"""Interviews from a device to the database, over real HTTP: each whole, and once."""

from hashlib import sha256
from itertools import pairwise

import pytest

from surveys.models import Attachment, Interview, Submission
from tests.collect.device import MOST_FILES, Collect, Record, State, batches
from tests.collect.fieldwork import AUDIT, Fieldwork, photos, record
from tests.factories import content_of


def kept(sent: Record) -> dict[str, bytes]:
    """The files that the server has of a record."""
    rows = Attachment.objects.filter(submission__instance_id=sent.instance_id, file__gt="")
    return {row.name: content_of(row) for row in rows}


def test_an_interview_without_files_is_sent(collect: Collect) -> None:
    mine = record()
    assert collect.send(mine) == State.SENT
    stored = Submission.objects.get()
    assert bytes(stored.xml) == mine.xml
    assert stored.xml_sha256 == sha256(mine.xml).hexdigest()
    assert stored.device == "collect:fake"
    assert stored.interview.state == Interview.State.SUBMITTED
    assert collect.requests == 2


def test_files_of_any_name_come_along(collect: Collect) -> None:
    names = ("照片 1.jpg", 'a"b.jpg', "é.png", "x&amp;y.jpg", "audit.csv", "报告.pdf", "n" * 150)
    files = {name: name.encode() * 9 for name in names} | {"audit.csv": AUDIT}
    mine = record({name.replace("&", "_").replace('"', "_"): it for name, it in files.items()})
    assert collect.send(mine) == State.SENT
    assert kept(mine) == mine.files


def test_a_hundred_and_twenty_files_come_in_two_requests(collect: Collect) -> None:
    mine = record(photos(120) | {"audit.csv": AUDIT})
    assert collect.send(mine) == State.SENT
    assert kept(mine) == mine.files
    assert Submission.objects.count() == 1
    assert collect.requests == 3


def test_the_device_splits_by_the_length_that_the_server_accepts() -> None:
    mine = record(photos(10, size=1000))
    parts = list(batches(mine, accepted=len(mine.xml) + 3500))
    assert [len(each) for each in parts] == [5, 5, 5, 2]  # the XML, three files, and a mark
    assert all(each[0] == first[0] for first, each in pairwise(parts))
    assert [each[-1][0] == "*isIncomplete*" for each in parts] == [True, True, True, False]
    many = list(batches(record(photos(250)), accepted=10_000_000))
    assert [sum(part[1] != "" for part in each) - 1 for each in many] == [MOST_FILES] * 2 + [50]


def test_a_file_that_has_not_come_is_expected(collect: Collect) -> None:
    mine = record(photos(3))
    whole = dict(mine.files)
    mine.files = dict(list(whole.items())[:1])
    assert collect.send(mine) == State.SENT
    assert "2" in mine.said
    assert Attachment.objects.filter(file="").count() == 2
    mine.files = whole
    collect.send(mine)
    assert kept(mine) == whole
    assert not Attachment.objects.filter(file="").exists()


def test_after_a_lost_answer_it_is_sent_again_and_kept_once(collect: Collect) -> None:
    mine = record(photos(2))
    assert [collect.send(mine) for _ in range(3)] == [State.SENT] * 3
    assert Submission.objects.count() == 1
    assert Attachment.objects.count() == 2


def test_the_first_version_may_come_again_after_edits(collect: Collect) -> None:
    first = record({"a.jpg": b"a"}, instance_id="uuid:1")
    second = record({"a.jpg": b"a"}, instance_id="uuid:2", deprecated_id="uuid:1", age="31")
    third = record({"a.jpg": b"a"}, instance_id="uuid:3", deprecated_id="uuid:2", age="32")
    for each in (first, second, third, first, second):
        assert collect.send(each) == State.SENT
    assert first.said != third.said
    interview = Interview.objects.get()
    assert interview.root_uuid == "uuid:1"
    assert interview.current is not None
    assert interview.current.instance_id == "uuid:3"
    assert interview.answers["age"] == "32"
    assert interview.state == Interview.State.SUBMITTED


def test_a_device_that_is_switched_off_keeps_its_interview(
    collect: Collect, survey: Fieldwork
) -> None:
    collect.server_url = collect.server_url.replace("/key/", "/key/x")
    mine = record()
    assert collect.send(mine) == State.FAILED
    assert mine.said
    assert not Submission.objects.exists()


@pytest.mark.parametrize("language", ["en", "zh-CN", ""])
@pytest.mark.parametrize("form_id", ["visit", "nothing"])
def test_the_sentence_is_in_the_language_asked_for_or_of_the_form(
    collect: Collect, language: str, form_id: str
) -> None:
    collect.language = language
    mine = record(form_id=form_id)
    collect.send(mine)
    is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in mine.said)
    assert is_chinese == (language != "en")
