"""Audiences: for whom data is given away, and how coarse."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from surveys.admin.access import SurveyModelAdmin
from surveys.disclosure.terms import NUMBERS
from surveys.models import Audience, Role, Survey
from surveys.questionnaires import form_of
from surveys.xforms.instance import relative


class AudienceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Bands are written as they are read: a question and a width a line."""

    bands = forms.CharField(
        label=gettext_lazy("Bands of numbers"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "placeholder": "age 5"}),
        help_text=gettext_lazy(
            "A question and a width a line, such as “age 5”: who is 37 becomes 35, the lowest of "
            "35 to 39. Of two questions with one name, write the group too: “about/age 5”."
        ),
    )

    class Meta:
        model = Audience
        fields = ("survey", "name", "dates", "place", "decimals")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = (f"{key} {width:g}" for key, width in self.instance.widths.items())
        self.fields["bands"].initial = "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        survey = given.get("survey") or (self.instance.pk and self.instance.survey)
        if survey:
            bands = list(self._bands(given.get("bands") or "", survey))
            self.instance.widths = dict(bands)
            for key, times in Counter(key for key, _width in bands).items():
                if times > 1:
                    self.add_error("bands", _("“%(name)s” is there twice.") % {"name": key})
        return given

    def _bands(self, text: str, survey: Survey) -> Iterator[tuple[str, float]]:
        numbers = numbers_of(survey)
        for line in filter(str.strip, text.splitlines()):
            name, _space, said = line.strip().rpartition(" ")
            keys, width = _keys(name.strip(), numbers), _width(said)
            if len(keys) != 1:
                self.add_error("bands", _("“%(line)s”: no number is asked there.") % {"line": line})
            elif width is None or (numbers[keys[0]] == "integer" and not width.is_integer()):
                self.add_error(
                    "bands", _("“%(line)s”: write a width such as 5 at the end.") % {"line": line}
                )
            else:
                yield keys[0], width


def numbers_of(survey: Survey) -> dict[str, str]:
    """The kinds of the questions of a survey that ask for numbers, by key."""
    current = survey.questionnaires.filter(current__isnull=False).select_related("current")
    forms_ = [form_of(one.current) for one in current if one.current]
    return {
        relative(q.path): q.kind for form in forms_ for q in form.questions if q.kind in NUMBERS
    }


def _keys(name: str, numbers: Collection[str]) -> list[str]:
    """The question whose key it is, else those that are called so in their groups."""
    if name in numbers:
        return [name]
    return [key for key in numbers if key.rpartition("/")[2] == name]


def _width(text: str) -> float | None:
    try:
        width = float(text)
    except ValueError:
        return None
    return width if 0 < width < 1e12 else None


@admin.register(Audience)
class AudienceAdmin(SurveyModelAdmin):
    """For coordinators alone. Nobody sees a key: whoever has it knows whose pseudonym is whose."""

    form = AudienceForm
    readers = (Role.COORDINATOR,)
    list_display = ("called", "survey", "dates", "place", "coordinates", "bands")
    list_select_related = ("survey",)
    ordering = ("survey__code", "name")
    fields = ("survey", "name", "dates", "place", "decimals", "bands")
    change_form_template = "admin/surveys/audience/change_form.html"
    help_texts: ClassVar = {
        "name": gettext_lazy(
            "Who gets the data, such as “Ministry 2026”. People keep their pseudonyms in all files "
            "of one audience, and have others in those of the next."
        ),
        "dates": gettext_lazy("Of interviews and of answers that are dates."),
        "place": gettext_lazy(
            "Without the site, sampling units have pseudonyms too, so that variances can be computed."
        ),
        "decimals": gettext_lazy(
            "2 are about a kilometre, 3 a hundred metres. Blank: no coordinates."
        ),
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An audience stays with its survey; that of its analysts keeps its name."""
        if obj is None:
            return ()
        return ("survey", "name") if obj.is_default else ("survey",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Its pseudonyms go with it. Analysts would only get others."""
        is_default = isinstance(obj, Audience) and obj.is_default
        return not is_default and super().has_delete_permission(request, obj)

    @display(description=gettext_lazy("audience"), ordering="name")
    def called(self, audience: Audience) -> str:
        return str(audience)

    @display(description=gettext_lazy("coordinates"))
    def coordinates(self, audience: Audience) -> str:
        if audience.decimals is None:
            return _("left out")
        return _("%(decimals)s decimals") % {"decimals": audience.decimals}

    @display(description=gettext_lazy("Bands of numbers"))
    def bands(self, audience: Audience) -> str:
        return ", ".join(f"{key} {width:g}" for key, width in audience.widths.items()) or "–"
