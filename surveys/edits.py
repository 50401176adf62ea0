"""What devices' later versions of an interview changed, answer by answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from surveys import readings
from surveys.keys.sealed import is_readable
from surveys.models import Interview, Submission
from surveys.proposals import Difference, can_be_typed, differences
from surveys.questionnaires import form_of


@dataclass(frozen=True)
class Edit:
    """A version that an enumerator sent in place of an earlier one, with the answers that differ;
    what the form works out follows from these and is left out.
    """

    submission: Submission
    differences: tuple[Difference, ...]


def edits_of(interview: Interview) -> Iterator[Edit]:
    """The latest first. Reads the versions again, if there are several: milliseconds each."""
    sent = interview.submissions.filter(is_encrypted=False, version__isnull=False)
    if sent.filter(is_office=False, deprecated_id__gt="").exists():
        versions = list(sent.select_related("version", "interview", "sender").order_by("-pk"))
        earlier = {version.instance_id: version for version in versions}
        for version in versions:
            base = earlier.get(version.deprecated_id)
            if base is None or version.is_office:
                continue
            if is_readable(base.xml) and is_readable(version.xml):
                yield Edit(version, tuple(_differences(base, version)))


def _differences(before: Submission, after: Submission) -> Iterator[Difference]:
    assert after.version is not None  # noqa: S101 - they were chosen so
    form = form_of(after.version)
    old, new = (readings.evaluation_of(version).answers for version in (before, after))
    for one in differences(old, new, ()):
        if can_be_typed(form, one.place):
            yield one
