"""The door that devices knock on: a submission comes in, a sentence goes back."""

from django.core.files import File
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys import submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Survey, User
from surveys.openrosa.authentication import sender_of
from surveys.openrosa.response import message, openrosa
from surveys.submissions import Sender
from surveys.xforms.instance import MAX_BYTES, InstanceError, read_instance

XML_PART = "xml_submission_file"


class UnknownSurvey(SurveyError):
    status = 404


@csrf_exempt
@openrosa
@require_http_methods(["HEAD", "POST"])
def submission(request: HttpRequest, code: str) -> HttpResponse:
    """Receive one interview: 201 stored or added to, 202 had it already, 4xx with a sentence."""
    person = sender_of(request)
    survey = _survey(person, code)
    if request.method == "HEAD":
        return HttpResponse(status=204)
    instance = read_instance(_xml_part(request))
    device = request.GET.get("deviceID", "").replace("\x00", "")[:200]
    receipt = submissions.receive(instance, survey, Sender(person, device), files=_files(request))
    if receipt.created or receipt.added:
        return message(gettext("Received."), status=201)
    return message(gettext("Already received."), status=202)


def _survey(person: User, code: str) -> Survey:
    survey = Survey.objects.visible_to(person).filter(code=code).first()
    if survey is None:
        raise UnknownSurvey(
            gettext_noop("There is no survey %(code)s for you here. Ask your coordinator."),
            code=code,
        )
    return survey


def _xml_part(request: HttpRequest) -> bytes:
    part = request.FILES.get(XML_PART)
    if part is None:
        raise InstanceError(gettext_noop("The request has no part `xml_submission_file`."))
    xml: bytes = part.read(MAX_BYTES + 1)
    return xml


def _files(request: HttpRequest) -> list["File[bytes]"]:
    """Everything but the interview itself, under the names that the device gave."""
    return [
        file for name in request.FILES if name != XML_PART for file in request.FILES.getlist(name)
    ]
