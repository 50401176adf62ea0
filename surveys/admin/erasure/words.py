"""What was or would be erased, in words."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Promise] = MappingProxyType(  # of `traces.extent_of`, in the order of the page
    {
        "answers": _("Answers"),
        "versions": _("Versions as they were received or corrected"),
        "files": _("Pictures, sounds, logs and other files"),
        "corrections": _("Answers before and after corrections"),
        "lines": _("Lines of correction files"),
        "rows": _("Rows of imported files"),
        "findings": _("Findings of the form’s rules"),
        "comments": _("Comments"),
        "decisions": _("Decisions with their reasons"),
        "doubts": _("Doubts that quote it"),
        "visits": _("Second visits"),
        "drafts": _("Drafts of corrections and second visits"),
        "entries": _("Entries of lists for devices"),
        "contacts": _("Contacts"),
    }
)


def counted(counts: Mapping[str, int]) -> Iterator[tuple[str | Promise, int]]:
    """The kinds of which there is something, with how much."""
    for name in dict.fromkeys((*KINDS, *counts)):
        if count := counts.get(name):
            yield KINDS.get(name, name), count
