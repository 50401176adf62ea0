"""Posted answers that could not be saved yet: carried by the page itself until they can."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest

KEPT_FOR = timedelta(days=1)
_SALT = "surveys.webform.kept"


@dataclass(frozen=True)
class KeptPost:
    """What was posted, and where to."""

    path: str
    fields: tuple[tuple[str, str], ...]


def fields_of(request: HttpRequest, *, without: frozenset[str] = frozenset()) -> KeptPost:
    """The post as hidden fields can repeat it; passwords and the token of the old page are left out."""
    dropped = without | {"csrfmiddlewaretoken"}
    fields = (
        (name, value)
        for name, values in request.POST.lists()
        if name not in dropped and "password" not in name
        for value in values
    )
    return KeptPost(request.path, tuple(fields))


def seal(post: KeptPost) -> str:
    """The post as one signed text, for the sign-in page to carry."""
    return signing.dumps({"path": post.path, "fields": post.fields}, salt=_SALT, compress=True)


def unseal(text: str) -> KeptPost | None:
    """The post that was sealed, or None for anything else or too old."""
    try:
        document = signing.loads(text, salt=_SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    fields = tuple((name, value) for name, value in document["fields"])
    return KeptPost(document["path"], fields)
