"""The same answer corrected in interviews that were chosen from the list."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from surveys import secrecy
from surveys.admin.access import SurveyModelAdmin, person_of, surveys_for
from surveys.admin.corrections.batches import begin
from surveys.admin.corrections.correcting import Correcting
from surveys.admin.corrections.reason import ReasonForm
from surveys.correction_batches import Line
from surveys.errors import SurveyError
from surveys.keys.sealed import fetch_for, is_readable
from surveys.models import Interview, Role
from surveys.wording import in_words

SAMPLES = 50  # interviews among which one is looked for to which a question applies
MOST_ANSWERS = 100  # that are offered to choose from
CHUNK = 500  # interviews read at a time
ANY = ""


class ListCorrectionAdmin(SurveyModelAdmin):
    """The same answer corrected in the interviews that were chosen from the list."""

    def has_correct_many_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, (Role.COORDINATOR,), None)

    @admin.action(
        description=gettext_lazy("Correct an answer of the selected"), permissions=["correct_many"]
    )
    def correct_answers(
        self, request: HttpRequest, rows: QuerySet[Interview]
    ) -> HttpResponse | None:
        """Choose the question, then its answer before and after; the batch shows what follows."""
        own = rows.filter(
            questionnaire__survey__in=surveys_for(request, (Role.COORDINATOR,)),
            current__version__isnull=False,
            current__is_encrypted=False,
        )
        questionnaires = {*own.order_by().values_list("questionnaire", flat=True)}
        if len(questionnaires) != 1:
            said = _("Choose interviews of one questionnaire, which you coordinate and can read.")
            messages.error(request, said)
            return None
        try:
            return self._corrected_together(request, own)
        except SurveyError as error:
            messages.error(request, in_words(error))
            return None

    def _corrected_together(self, request: HttpRequest, rows: QuerySet[Interview]) -> HttpResponse:
        place = request.POST.get("question", "")
        sample = _sample(rows, place)
        shown = Correcting(sample, person_of(request), get_language() or "")
        if not place:
            return self._page(request, rows, {"sections": list(shown.choices(of_all=True))})
        if not shown.can_correct(place):
            raise PermissionDenied
        sent = request.POST if "after" in request.POST else None
        fields, reason = shown.fields([place], sent), ReasonForm(sent)
        if reason.is_valid():
            path = f"/{shown.values.root.name}/{place}"
            after = fields.answers(frozenset({path}))[path]
            lines = _lines(rows, place, request.POST, after, reason.cleaned_data["reason"])
            title = f"{shown.prompt(place).text[:150]} → {after[:40]}"
            return begin(request, sample.questionnaire.survey, title, lines)
        if sent is None:
            fields.initial = {}
        context = {
            "place": place,
            "question": shown.prompt(place),
            "language": shown.language,
            "asked": shown.rendered(fields, [place], {}),
            "reason": reason["reason"],
            "found": _found(rows, place, shown),
        }
        return self._page(request, rows, context)

    def _page(
        self, request: HttpRequest, rows: QuerySet[Interview], context: dict[str, Any]
    ) -> HttpResponse:
        shared = {
            "title": _("Correct an answer of several interviews"),
            "count": rows.count(),
            "action": request.POST["action"],
            "selected": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
        }
        return self.page(request, "admin/surveys/ledger/several.html", {**shared, **context})


def _sample(rows: QuerySet[Interview], place: str) -> Interview:
    """One of the interviews, to which the question applies if it is among the first ones."""
    light = rows.select_related("questionnaire__survey", "current__version").defer(
        "current__version__workbook", "current__version__xml", "current__version__definition"
    )
    found = list(light[:SAMPLES])
    return next((one for one in found if place not in one.skipped), found[0])


def _answers(rows: QuerySet[Interview], place: str) -> Iterator[tuple[str, str]]:
    """Ids and answers of the chosen interviews; of what is sealed, which is read, as of all else."""
    sample = rows.select_related("questionnaire").first()
    if sample and secrecy.names_somebody(place, sample.questionnaire):
        yield from _opened(rows, place)
        return
    found = rows.annotate(answer=KeyTextTransform(place, "answers")).order_by("pk")
    for name, text in found.values_list("root_uuid", "answer"):
        yield name, text or ""


def _opened(rows: QuerySet[Interview], place: str) -> Iterator[tuple[str, str]]:
    """The same of what is sealed, with a query for the keys of a chunk; of what can be read."""
    found = rows.order_by("pk").values_list("root_uuid", "answers").iterator(CHUNK)
    while some := list(islice(found, CHUNK)):
        fetch_for(answers for _name, answers in some)
        for name, answers in some:
            if is_readable(answers):
                yield name, answers.get(place, "")


def _found(rows: QuerySet[Interview], place: str, shown: Correcting) -> list[tuple[str, str, int]]:
    """The answers of the chosen interviews, in words, and how many have each."""
    counts = Counter(answer for _name, answer in _answers(rows, place) if answer)
    prompt = shown.prompt(place)
    return [(answer, prompt.answer(answer), n) for answer, n in counts.most_common(MOST_ANSWERS)]


def _lines(rows: QuerySet[Interview], place: str, post: Any, after: str, reason: str) -> list[Line]:
    """A line for each of the interviews whose answer is the one that was named, or any."""
    before = post.get("before", ANY)
    wanted = [(name, text) for name, text in _answers(rows, place) if before in (ANY, text)]
    return [
        Line(number, name, place, text, after, reason)
        for number, (name, text) in enumerate(wanted, start=1)
        if text != after
    ]
