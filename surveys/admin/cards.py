"""Enrolment cards: what is printed for a device, once, as its token is kept nowhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_noop, override

from surveys.models import Assignment, Survey
from surveys.openrosa.enrolment import qr_code, settings_code
from surveys.tokens import Issued

SHOWN_SITES = 6
STEPS = (
    gettext_noop("Install ODK Collect or KoboCollect on the phone and open it."),
    gettext_noop("Choose “Configure with QR code” (later: “Add project”) and scan the code."),
    gettext_noop("With a network, forms come and finished interviews go by themselves."),
)
WARNING = gettext_noop(
    "Personal: whoever holds this card can send interviews in your name. "
    "Lost? Tell your supervisor, who switches it off at once."
)
BY_HAND = gettext_noop("Without a camera, type this as the server URL:")


@dataclass(frozen=True)
class Words:
    """What is said, and in which language."""

    language: str
    text: str


@dataclass(frozen=True)
class Card:
    """What differs from card to card; `lines` are labels in all languages, and values."""

    name: str
    username: str
    lines: Sequence[tuple[Sequence[Words], str]]
    address: str
    qr: SafeString
    has_site: bool


def cards_for(issued: Sequence[Issued], survey: Survey, site_url: str) -> list[Card]:
    """A card for each new token. `site_url` is `https://host`, as phones reach the server."""
    sites = _sites_of(survey, [one.token.user_id for one in issued])
    return [_card(one, survey, site_url, sites[one.token.user_id]) for one in issued]


def printed_words() -> dict[str, object]:
    """What every card says, in all languages: people of whatever language read it."""
    return {
        "brand": in_all_languages(gettext_noop("Five Standards")),
        "role": in_all_languages(gettext_noop("Enumerator")),
        "steps": [in_all_languages(step) for step in STEPS],
        "by_hand": in_all_languages(BY_HAND),
        "warning": in_all_languages(WARNING),
    }


def in_all_languages(message: str) -> list[Words]:
    """The message in each language; one that has no words of its own for it is left out."""
    said: dict[str, Words] = {}
    for code, _ in settings.LANGUAGES:
        with override(code):
            text = gettext(message)
        said.setdefault(text, Words(code, text))
    return list(said.values())


def _card(one: Issued, survey: Survey, site_url: str, sites: Sequence[str]) -> Card:
    person = one.token.user
    address = site_url + server_path(survey.code, one.clear)
    code = settings_code(address, project=str(survey), username=person.username)
    lines = (
        (gettext_noop("Survey"), str(survey)),
        (gettext_noop("Sites"), _few(sites)),
        (gettext_noop("Device"), one.token.device),
        (gettext_noop("Server"), site_url.partition("://")[2]),
        (gettext_noop("Issued"), localdate(one.token.created_at).isoformat()),
    )
    return Card(
        f"{person.last_name} {person.first_name}".strip() or person.username,
        person.username,
        [(in_all_languages(label), value) for label, value in lines if value],
        address,
        mark_safe(qr_code(code)),  # noqa: S308 - an SVG of squares that we drew
        bool(sites),
    )


def server_path(code: str, token: str = "") -> str:
    """What Collect appends `/formList` and `/submission` to; without a token it asks for a password."""
    path = reverse("openrosa_forms", kwargs={"code": code, **({"token": token} if token else {})})
    return path.removesuffix("/formList")


def _sites_of(survey: Survey, people: Iterable[int]) -> defaultdict[int, list[str]]:
    """Codes of the sites at which each of the people works."""
    assignments = Assignment.objects.filter(
        site__survey=survey, enumerator__in=people, is_active=True
    )
    sites: defaultdict[int, list[str]] = defaultdict(list)
    for person, code in assignments.order_by("site__code").values_list("enumerator", "site__code"):
        sites[person].append(code)
    return sites


def _few(sites: Sequence[str]) -> str:
    more = len(sites) - SHOWN_SITES
    return ", ".join(sites[:SHOWN_SITES]) + (f" +{more}" if more > 0 else "")
