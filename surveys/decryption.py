"""Encrypted interviews are opened by who has the private key, and received like any others."""

from django.core.files.base import ContentFile
from django.db.models import Exists, OuterRef, QuerySet

from surveys import submissions
from surveys.errors import gettext_noop
from surveys.models import Attachment, Submission, Survey
from surveys.submissions import Receipt, Sender
from surveys.xforms.encryption import (
    CannotDecrypt,
    Envelope,
    PrivateKey,
    envelope_of,
    open_envelope,
)
from surveys.xforms.instance import Instance, InstanceError, read_instance


def waiting_in(survey: Survey) -> QuerySet[Submission]:
    """The encrypted interviews that were not opened yet, or not with all files, oldest first."""
    inside = Submission.objects.filter(
        questionnaire=OuterRef("questionnaire"),
        instance_id=OuterRef("instance_id"),
        is_encrypted=False,
    )
    missing = Attachment.objects.filter(submission=OuterRef("pk"), file="")
    whole = inside.filter(~Exists(missing))
    sealed = Submission.objects.filter(questionnaire__survey=survey, is_encrypted=True)
    return sealed.filter(~Exists(whole)).order_by("pk")


def decrypt(submission: Submission, key: PrivateKey) -> tuple[Receipt, bool]:
    """Receive what is inside as the next version of the interview; also whether it was signed.

    The key and the decrypted bytes stay in memory, but for the interview as it is then stored.
    Doing it again adds the files that have come since. Raises CannotDecrypt, SubmissionConflict.
    """
    envelope = envelope_of(read_instance(bytes(submission.xml)))
    opened = open_envelope(envelope, _files(submission), key)
    instance = _inside(opened.xml, envelope)
    sender = Sender(submission.sender, submission.device, decrypts=True)
    files = [ContentFile(content, name) for name, content in opened.files.items()]
    receipt = submissions.receive(
        instance,
        submission.questionnaire.survey,
        sender,
        files=files,
        received_at=submission.received_at,
    )
    return receipt, bool(opened.is_signed)


def _files(submission: Submission) -> dict[str, bytes]:
    here = submission.attachments.filter(file__gt="")
    return {attachment.name: _content(attachment) for attachment in here}


def _content(attachment: Attachment) -> bytes:
    with attachment.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _inside(xml: bytes, envelope: Envelope) -> Instance:
    try:
        instance = read_instance(xml)
    except InstanceError as error:
        raise CannotDecrypt(
            gettext_noop("What was encrypted is no interview: %(fault)s"), fault=error
        ) from error
    if (instance.form_id, instance.instance_id) != (envelope.form_id, envelope.instance_id):
        raise CannotDecrypt(gettext_noop("The interview inside is not the one on its envelope."))
    if instance.is_encrypted:
        raise CannotDecrypt(gettext_noop("The interview inside is encrypted once more."))
    return instance
