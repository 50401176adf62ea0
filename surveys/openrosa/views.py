"""The door that devices knock on: a submission comes in, a sentence goes back."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys import submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.models import QuestionnaireVersion, Survey
from surveys.openrosa.authentication import sender_of, survey_for
from surveys.openrosa.parts import parcel_of
from surveys.openrosa.response import message, openrosa
from surveys.questionnaires import form_of
from surveys.submissions import Receipt, Sender
from surveys.webform.rendering import interface_language
from surveys.xforms.instance import Instance, InstanceError, read_instance


class Unreadable(SurveyError):
    """What was sent is no interview; the device keeps it."""


@csrf_exempt
@openrosa
@require_http_methods(["GET", "HEAD", "POST"])
def submission(request: HttpRequest, code: str) -> HttpResponse:
    """Receive one interview: 201 stored or added to, 202 had it already, 4xx with a sentence.

    Before it sends, a device asks with HEAD whether this is the right door: 204, with no Location.
    """
    person = sender_of(request)
    survey = survey_for(person, code)
    if request.method != "POST":
        return HttpResponse(status=204)
    _speak_as_form(request, survey)
    device = request.GET.get("deviceID", "").replace("\x00", "")[:200]
    with parcel_of(request) as parcel:
        instance = _read(parcel.xml)
        _speak_as_form(request, survey, instance.form_id)
        sender = Sender(person, device)
        return _answer(submissions.receive(instance, survey, sender, files=parcel.files))


def _read(xml: bytes) -> Instance:
    try:
        return read_instance(xml)
    except InstanceError as error:
        raise Unreadable(
            gettext_noop(
                "%(fault)s Send it again; if that does not help, keep it and show it to your "
                "supervisor."
            ),
            fault=error,
        ) from error


def _speak_as_form(request: HttpRequest, survey: Survey, form_id: str = "") -> None:
    """Answer in the form's language, where the device asks for none; while nobody knows which form
    it is, in that of the survey's newest.
    """
    if "Accept-Language" in request.headers:
        return
    versions = QuestionnaireVersion.objects.light().filter(questionnaire__survey=survey)
    if form_id:
        versions = versions.filter(questionnaire__form_id=form_id)
    newest = versions.order_by("-pk").first()
    if newest is not None:
        translation.activate(interface_language(form_of(newest).default_language))


def _answer(receipt: Receipt) -> HttpResponse:
    is_new = receipt.created or receipt.added
    said = gettext("Received.") if is_new else gettext("Already received.")
    if receipt.missing:
        said = f"{said} {_still_missing(receipt.missing)}"
    return message(said, status=201 if is_new else 202)


def _still_missing(count: int) -> str:
    return ngettext(
        "%(count)s file of it has not arrived yet.",
        "%(count)s files of it have not arrived yet.",
        count,
    ) % {"count": count}
