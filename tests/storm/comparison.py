"""What the page said beside what is there in the end: every difference, in words."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeAlias

from surveys.formlogic.tree import Element
from surveys.models import Attachment, Draft, Interview, Submission
from surveys.xforms.instance import tree_from_xml
from tests.storm.fieldwork import NEEDS, PICTURES, ROOM, SECTIONS, Fieldwork
from tests.storm.oracle import End, Oracle, Told
from tests.storm.phone import Holdings, Phone

Tree: TypeAlias = Sequence[Any]  # a name with a text or with such trees, as the phone keeps it
ASKED = tuple({name.partition("/")[0] for names in SECTIONS for name in names})


@dataclass(frozen=True)
class Found:
    """An interview as it is somewhere; `hash_of` gives the SHA-256 of a file by its name."""

    where: str
    tree: Tree
    hash_of: Callable[[str], str | None]

    @property
    def answers(self) -> dict[str, str]:
        """By place. Spaces around them do not outlive XML."""
        return {place: text.strip() for place, text in _leaves(self.tree, "")}

    def value(self, place: str) -> str:
        """An answer; of a picture its SHA-256, or that there is none."""
        text = self.answers.get(place, "")
        return (self.hash_of(text) or f"no file {text}") if text and place in PICTURES else text

    @property
    def is_blank(self) -> bool:
        return not any(text for place, text in self.answers.items() if place.startswith(ASKED))


@dataclass(frozen=True)
class Comparison:
    """The phone and the server at rest, and what the person was told."""

    oracle: Oracle
    phone: Phone
    held: Holdings
    submissions: Mapping[str, Submission]  # by the ids of their drafts
    copies: frozenset[str]  # drafts on the server

    def differences(self) -> Iterator[str]:
        for entry in self.held.outbox:
            if entry["state"] != "sent":
                yield f"{entry['id']} waits: {entry['state']} {entry['trouble']} {entry['said']}"
        for told in self.oracle.interviews.values():
            yield from self._end_of(told)
            yield from self._answers_of(told)
        for draft, submission in self.submissions.items():
            yield from self._half(draft, submission)
        yield from self._twice()
        yield from self._begun_by_nobody()
        yield from self._left_over()
        for draft in self.oracle.asked:
            yield f"{draft} was changed by nobody else, and yet it was asked whose answers count"

    def _end_of(self, told: Told) -> Iterator[str]:
        is_finished = told.id in {*self.submissions, *self._ids("outbox")}
        if is_finished and told.end is End.OPEN:
            yield f"{told.id} is finished, which nobody pressed"
        if told.end is End.SAID and not is_finished:
            yield f"{told.id} was called finished, and is not"

    def _answers_of(self, told: Told) -> Iterator[str]:
        found = self._found(told.id)
        if found is None:
            yield from [f"{told.id} was called saved, and is nowhere"] * told.is_said
            return
        for place, question in told.questions.items():
            value = found.value(place)
            needed, wanted = NEEDS.get(place, ("", ""))
            is_dropped = told.end and needed and not value and found.value(needed) != wanted
            if not is_dropped and value not in map(str.strip, question.may_be):
                wished = sorted(question.may_be)
                yield f"{told.id} {found.where}: {place} is {value!r}, was to be {wished}"

    def _found(self, draft: str) -> Found | None:
        """Where it is closest to its end."""
        files = self.held.files_of(draft)
        if draft in self.submissions:
            return received(self.submissions[draft])
        for entry in self.held.outbox:
            if entry["id"] == draft and entry["text"]:
                return Found("waiting", _tree_of(entry["text"].encode()), files.get)
        for one in self.held.drafts:
            if one["id"] == draft:
                return Found("on the phone", one["tree"], files.get)
        tree = self.phone.copy_of(draft) if draft in self.copies else None
        return tree and Found("on the server", tree, lambda name: self.phone.hash_of(draft, name))

    def _half(self, draft: str, submission: Submission) -> Iterator[str]:
        """Its XML or files are not whole, or not those of the receipt on the phone."""
        if sha256(bytes(submission.xml)).hexdigest() != submission.xml_sha256:
            yield f"{draft} has another XML than its checksum"
        files = {one.name: _hash_of(one) for one in submission.attachments.all()}
        yield from (f"{draft} lacks {name}" for name, found in files.items() if not found)
        receipts = [
            (entry["sha256"], {file["name"]: file["sha256"] for file in entry["files"]})
            for entry in self.held.outbox
            if entry["id"] == draft and entry["state"] == "sent"
        ]
        if receipts != [(submission.xml_sha256, files)]:
            yield f"{draft} is not what its receipts say: {receipts}"

    def _twice(self) -> Iterator[str]:
        """In two places that exclude each other."""
        drafts, finished = self._ids("drafts"), self._ids("outbox")
        sent = set(self.submissions)
        yield from (f"{one} is a draft and finished on the phone" for one in drafts & finished)
        yield from (f"{one} is a draft on the phone and received" for one in drafts & sent)
        yield from (f"{one} is a draft on the server and received" for one in self.copies & sent)

    def _begun_by_nobody(self) -> Iterator[str]:
        """Where no page came after a beginning, there may be a blank draft that nobody knows."""
        here = {*self._ids("drafts"), *self._ids("outbox"), *self.copies, *self.submissions}
        others = here - {*self.oracle.interviews}
        if len(others) > self.oracle.lost_beginnings:
            yield f"nobody began {sorted(others)}"
        for draft in others:
            found = self._found(draft)
            if found and not found.is_blank:
                yield f"nobody began {draft} {found.where}: {found.answers}"

    def _left_over(self) -> Iterator[str]:
        """Files on the phone of interviews that are not there any more."""
        waiting = {one["id"] for one in self.held.outbox if one["state"] != "sent"}
        gone = {one["draft"] for one in self.held.files} - self._ids("drafts") - waiting
        yield from (f"{draft} has left files on the phone" for draft in gone)

    def _ids(self, store: str) -> set[str]:
        return {one["id"] for one in getattr(self.held, store)}


def differences(
    fieldwork: Fieldwork, oracle: Oracle, phone: Phone, held: Holdings
) -> Iterator[str]:
    """Of what the phone and the server hold, at rest, with what was called saved or finished."""
    mine = Submission.objects.filter(questionnaire__survey=fieldwork.survey)
    ids = [one.instance_id.removeprefix("uuid:") for one in mine]
    yield from (f"{one} was received {n} times" for one, n in Counter(ids).items() if n > 1)
    if Interview.objects.filter(site=fieldwork.site).count() != len(ids):
        yield "there are more or fewer interviews than were received"
    copies = Draft.objects.filter(enumerator=fieldwork.person).values_list("pk", flat=True)
    submissions = dict(zip(ids, mine, strict=True))
    there = frozenset(map(str, copies))
    yield from Comparison(oracle, phone, held, submissions, there).differences()


def received(submission: Submission) -> Found:
    files = {one.name: _hash_of(one) for one in submission.attachments.all()}
    return Found("received", _tree_of(bytes(submission.xml)), files.get)


def _hash_of(one: Attachment) -> str | None:
    """Of the bytes on the disk, None where the file is expected."""
    if not one.file:
        return None
    with one.file.open("rb") as opened:
        return sha256(opened.read()).hexdigest()


def _tree_of(xml: bytes) -> Tree:
    def tree(element: Element) -> Tree:
        return (element.name, [*map(tree, element.children)] or element.text)

    return tree(tree_from_xml(xml))


def _leaves(tree: Tree, above: str) -> Iterator[tuple[str, str]]:
    content = tree[1]
    if isinstance(content, str):
        yield above, content
        return
    counted = Counter[str]()
    for child in content:
        counted[child[0]] += 1
        path = f"{above}/{child[0]}".removeprefix("/")
        yield from _leaves(child, f"{path}[{counted[child[0]]}]" if path == ROOM else path)
