"""Where Excel and Power BI find interviews: the address of a feed, and the steps to open it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from surveys import api_tokens
from surveys.admin.access import asked, key_in, person_of
from surveys.exports.catalogue import languages_of
from surveys.layers import Layer
from surveys.models import Questionnaire


@dataclass(frozen=True)
class FeedChoice:
    """A feed as an address of the page names it, among those to choose from."""

    questionnaires: Sequence[Questionnaire]
    questionnaire: Questionnaire
    layer: Layer
    languages: Mapping[str, str]
    language: str

    @property
    def layers(self) -> Sequence[tuple[str, Any]]:
        return Layer.choices

    @property
    def has_several_surveys(self) -> bool:
        return len({one.survey_id for one in self.questionnaires}) > 1

    def address(self, request: HttpRequest) -> str:
        words = "-".join(filter(None, (self.layer.value, self.language)))
        names = {"questionnaire_id": self.questionnaire.pk, "words": words}
        return request.build_absolute_uri(reverse("odata:service", kwargs=names))


def chosen_feed(request: HttpRequest) -> FeedChoice | None:
    """Else corrected answers as stored of the first questionnaire that the person's tokens open; None
    where there is none.
    """
    surveys = api_tokens.surveys_for(person_of(request)).values("pk")
    known = Questionnaire.objects.filter(survey__in=surveys).select_related("survey", "current")
    known = known.defer("current__workbook", "current__xml").order_by("survey__code", "form_id")
    key = key_in(asked(request, "questionnaire"))
    questionnaire = known.first() if key is None else get_object_or_404(known, pk=key)
    if questionnaire is None:
        return None
    layer, language = asked(request, "layer"), asked(request, "language")
    languages = {code: name for code, name in languages_of(questionnaire).items() if code}
    return FeedChoice(
        list(known),
        questionnaire,
        Layer(layer) if layer in Layer else Layer.CORRECTED,
        languages,
        language if language in languages else "",
    )
