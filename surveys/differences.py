"""What another version of a form means for the interviews that are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat

from surveys import secrecy
from surveys.keys.sealed import readable
from surveys.models import Interview, Questionnaire, QuestionnaireVersion
from surveys.questionnaires import form_of
from surveys.xforms.definition import FormDef
from surveys.xforms.difference import RISK, Change, compare
from surveys.xforms.instance import relative

MOST_COUNTED = 10  # each count looks at all interviews: 0.4 s at 100,000
CHUNK = 500  # interviews read at a time
CHOICES = {"choice-removed": "choice", "choice-renamed": "before"}  # code -> who names the choice


@dataclass(frozen=True)
class Consequence:
    """A change, and how many interviews have answers that it puts at risk, where that is known."""

    change: Change
    interviews: int | None = None


def consequences(old: QuestionnaireVersion, new: FormDef) -> tuple[Consequence, ...]:
    """Everything that differs between a published version and a form, in the form's order."""
    return tuple(_consequences(old.questionnaire, form_of(old), new))


def _consequences(
    questionnaire: Questionnaire, old: FormDef, new: FormDef
) -> Iterator[Consequence]:
    left = MOST_COUNTED
    for change in compare(old, new):
        path = _old_path(change)
        if change.severity == RISK and path in old.by_path and left:
            left -= 1
            yield Consequence(change, _count(questionnaire, _key(old, path), change))
        else:
            yield Consequence(change)


def _old_path(change: Change) -> str:
    """Where answers so far have what changes."""
    if change.code == "regrouped":
        return change.before
    if change.code == "renamed":
        return f"{change.path.rpartition('/')[0]}/{change.params['before']}"
    return change.path


def _key(form: FormDef, path: str) -> str:
    """The key of answers; within repeats that of the first instance stands for all."""
    place = ""
    walked = ""
    for step in path.split("/")[1:]:
        walked += f"/{step}"
        place += f"/{step}[1]" if walked in form.repeats else f"/{step}"
    return relative(place)


def _count(questionnaire: Questionnaire, key: str, change: Change) -> int:
    """The interviews that answered, or chose what is no longer there."""
    named = change.params.get(CHOICES.get(change.code, ""))
    choice = None if named is None else str(named)
    interviews = Interview.objects.filter(questionnaire=questionnaire)
    if any(secrecy.named_in([key], questionnaire)):
        return _count_read(interviews, key, choice)
    answered = interviews.annotate(found=KeyTextTransform(key, F("answers")))
    if choice is None:
        return answered.filter(found__isnull=False).count()
    padded = Concat(Value(" "), F("found"), Value(" "), output_field=TextField())
    return answered.annotate(padded=padded).filter(padded__contains=f" {choice} ").count()


def _count_read(interviews: QuerySet[Interview], key: str, choice: str | None) -> int:
    """The same of what is sealed, which the database cannot look into."""
    found = interviews.values_list("answers", flat=True).iterator(chunk_size=CHUNK)
    count = 0
    while some := list(islice(found, CHUNK)):
        answered = (answers for answers in readable(some) if key in answers)
        count += sum(choice is None or choice in answers[key].split() for answers in answered)
    return count


def previous_to(version: QuestionnaireVersion) -> QuestionnaireVersion | None:
    """The version that was published before this one."""
    earlier = QuestionnaireVersion.objects.light().filter(
        questionnaire=version.questionnaire_id, pk__lt=version.pk
    )
    return earlier.select_related("questionnaire").order_by("-pk").first()
