"""The door that devices knock on: a submission comes in, a sentence goes back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys import submissions
from surveys.errors import gettext_noop
from surveys.models import Survey
from surveys.openrosa.authentication import NotSignedIn, sender_of
from surveys.openrosa.response import message, openrosa
from surveys.submissions import Sender
from surveys.xforms.instance import InstanceError, read_instance


@csrf_exempt
@openrosa
@require_http_methods(["HEAD", "POST"])
def submission(request: HttpRequest, code: str) -> HttpResponse:
    """Receive one interview: 201 stored, 202 had it already, 4xx with a sentence."""
    try:
        person = sender_of(request)
    except NotSignedIn as error:
        response = message(gettext(error.message), status=error.status, nature="error")
        response["WWW-Authenticate"] = 'Basic realm="Five Standards", charset="UTF-8"'
        return response
    survey = get_object_or_404(Survey.objects.visible_to(person), code=code)
    if request.method == "HEAD":
        return HttpResponse(status=204)
    instance = read_instance(_xml_part(request))
    device = request.GET.get("deviceID", "")[:200]
    receipt = submissions.receive(instance, survey, Sender(person, device))
    if receipt.created:
        return message(gettext("Received."), status=201)
    return message(gettext("Already received."), status=202)


def _xml_part(request: HttpRequest) -> bytes:
    part = request.FILES.get("xml_submission_file")
    if part is None:
        raise InstanceError(gettext_noop("The request has no part `xml_submission_file`."))
    xml: bytes = part.read()
    return xml
