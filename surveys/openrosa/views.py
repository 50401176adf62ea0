"""The door that devices knock on: a submission comes in, a sentence goes back."""

import logging
import re

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys import copies, submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.models import QuestionnaireVersion, Survey, User
from surveys.openrosa.authentication import admitted, is_by_page
from surveys.openrosa.parts import parcel_of
from surveys.openrosa.receipt import receipt_element
from surveys.openrosa.response import message, openrosa
from surveys.questionnaires import form_of
from surveys.submissions import Receipt, Sender
from surveys.webform.keys import bring_key
from surveys.webform.rendering import interface_language
from surveys.xforms.instance import Instance, InstanceError, read_instance

logger = logging.getLogger(__name__)
ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")  # such as Asia/Shanghai or Etc/GMT+8


class Unreadable(SurveyError):
    """What was sent is no interview; the device keeps it."""


@csrf_exempt
@openrosa
@require_http_methods(["GET", "HEAD", "POST"])
def submission(request: HttpRequest, code: str) -> HttpResponse:
    """Receive one interview: 201 stored or added to, 202 had it already, 4xx with a sentence.

    Before it sends, a device asks with HEAD whether this is the right door: 204, with no Location.
    """
    person, survey = admitted(request, code)
    if request.method != "POST":
        return HttpResponse(status=204)
    if is_by_page(request):
        bring_key(request)
    sender = _sender(request, person, survey)
    form_id = ""
    try:
        with parcel_of(request) as parcel:
            instance = _read(parcel.xml)
            form_id = instance.form_id
            with copies.lent(person, instance.instance_id, parcel.copied) as lent:
                files = [*parcel.files, *lent]
                receipt = submissions.receive(instance, survey, sender, files=files)
    except SurveyError:  # which is put into words outside
        _speak_as(_newest(survey, form_id) or _newest(survey, ""), request)
        raise
    if is_by_page(request):
        copies.let_go(person, receipt)
    _speak_as(receipt.version or _newest(survey, form_id), request)
    return _answer(receipt)


def _sender(request: HttpRequest, person: User, survey: Survey) -> Sender:
    """Who sends, and what the address and headers of the request say about the sending."""
    site = request.GET.get("site", "").replace("\x00", "")
    return Sender(
        person,
        request.GET.get("deviceID", "").replace("\x00", "")[:200],
        site=survey.sites.filter(code=site).first() if site else None,
        clock_off_s=_clock_off_s(request),
        zone=_zone(request),
    )


def _zone(request: HttpRequest) -> str:
    """The device's time zone by its name, as our page says it; blank where it says none."""
    zone = request.headers.get("X-Device-Zone", "")
    return zone if ZONE.fullmatch(zone) else ""


def _clock_off_s(request: HttpRequest) -> int | None:
    """By how many seconds the device's clock is ahead of ours, less what the request took to get
    here. Collect's `Date` does not tell morning from evening; our page says it in a header.
    """
    try:
        moment = parse_datetime(request.headers.get("X-Device-Time", ""))
    except ValueError:
        return None
    if moment is None or timezone.is_naive(moment):
        return None
    return round((moment - timezone.now()).total_seconds())


def _read(xml: bytes) -> Instance:
    try:
        return read_instance(xml)
    except InstanceError as error:
        logger.warning("What a device sent is no interview: %s", error.__cause__ or error)
        raise Unreadable(
            gettext_noop(
                "%(fault)s Send it again; if that does not help, keep it and show it to your "
                "supervisor."
            ),
            fault=error,
        ) from error


def _newest(survey: Survey, form_id: str) -> QuestionnaireVersion | None:
    """Of the form, or of all of the survey's while nobody knows which form it is."""
    versions = QuestionnaireVersion.objects.light().filter(questionnaire__survey=survey)
    if form_id:
        versions = versions.filter(questionnaire__form_id=form_id)
    return versions.order_by("-pk").first()


def _speak_as(version: QuestionnaireVersion | None, request: HttpRequest) -> None:
    """Answer in the form's language, where the device asks for none."""
    if version is not None and "Accept-Language" not in request.headers:
        translation.activate(interface_language(form_of(version).default_language))


def _answer(receipt: Receipt) -> HttpResponse:
    is_new = receipt.created or receipt.added
    said = gettext("Received.") if is_new else gettext("Already received.")
    if receipt.missing:
        more = _still_missing(receipt.missing)
        # Translators: two sentences, one after the other.
        said = gettext("%(said)s %(more)s") % {"said": said, "more": more}
    return message(said, status=201 if is_new else 202, beside=receipt_element(receipt))


def _still_missing(count: int) -> str:
    return ngettext(
        "%(count)s file of it has not arrived yet.",
        "%(count)s files of it have not arrived yet.",
        count,
    ) % {"count": count}
