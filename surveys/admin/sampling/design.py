"""A sample as a coordinator asks for it: how many, how drawn, with which seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Q, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import frames
from surveys.admin.sampling.words import ALLOCATIONS, METHODS, ORDERS
from surveys.frames import Design
from surveys.models import Survey
from surveys.sampling.plan import Allocation, Method, Order, Plan

HIGHEST_SEED = 10**15
MOST_AT_A_SITE = 100_000


@dataclass(frozen=True)
class Stratum:
    """What there is to draw from; `sizeless` units have no size."""

    name: str
    units: int
    size: float | None
    sizeless: int


def strata_of(survey: Survey) -> list[Stratum]:
    """The strata of the frame, by name."""
    rows = survey.frame_units.order_by().values_list("stratum")
    counted = rows.annotate(
        n=Count("pk"), total=Sum("size"), sizeless=Count("pk", filter=Q(size=None))
    )
    return sorted((Stratum(*row) for row in counted), key=lambda stratum: stratum.name)


class DesignForm(forms.Form):
    """All that a draw depends on beside the frame."""

    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=[*METHODS.items()])
    units = forms.IntegerField(
        label=gettext_lazy("Sites to draw, in all"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("Not needed where you give the number of each stratum."),
    )
    allocation = forms.ChoiceField(
        label=gettext_lazy("Shared out among the strata"), choices=[*ALLOCATIONS.items()]
    )
    fewest = forms.IntegerField(
        label=gettext_lazy("Fewest in a stratum"),
        min_value=1,
        initial=2,
        help_text=gettext_lazy("A standard error needs 2."),
    )
    replacements = forms.IntegerField(
        label=gettext_lazy("Replacements in each stratum"),
        min_value=0,
        initial=0,
        help_text=gettext_lazy("Drawn now, used in their order where a site cannot be done."),
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Order of the list"),
        choices=[*ORDERS.items()],
        help_text=gettext_lazy("For systematic draws, PPS too."),
    )
    target = forms.IntegerField(
        label=gettext_lazy("Interviews at each site"),
        min_value=0,
        max_value=MOST_AT_A_SITE,
        initial=10,
    )
    takes_people = forms.BooleanField(
        label=gettext_lazy(
            "The people at a site are drawn with equal chances among those whom its size counts, so "
            "that weights are people and not sites"
        ),
        required=False,
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"),
        min_value=0,
        max_value=HIGHEST_SEED,
        required=False,
        help_text=gettext_lazy(
            "Blank: one is made. It is kept with the sample, so that anybody can draw it again."
        ),
    )
    made_seed = forms.IntegerField(required=False, widget=forms.HiddenInput)
    takes_over = forms.BooleanField(
        label=gettext_lazy(
            "Sites that are there already get the weights and targets of this sample"
        ),
        required=False,
    )

    def __init__(self, strata: Sequence[Stratum], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.strata = strata
        for number, _stratum in enumerate(strata):
            self.fields[f"fixed_{number}"] = forms.IntegerField(min_value=1, required=False)
            self.fields[f"spread_{number}"] = forms.FloatField(min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("allocation") != Allocation.FIXED and not given.get("units"):
            self.add_error("units", _("Say how many sites to draw."))
        return given

    def design(self) -> Design:
        """What was asked for, of a form that is valid."""
        given = self.cleaned_data
        allocation = Allocation(given["allocation"])
        plan = Plan(
            Method(given["method"]),
            units=0 if allocation is Allocation.FIXED else given["units"],
            allocation=allocation,
            fixed=self._by_stratum("fixed") if allocation is Allocation.FIXED else {},
            spread=self._by_stratum("spread") if allocation is Allocation.NEYMAN else {},
            fewest=given["fewest"],
            replacements=given["replacements"],
            order=Order(given["order"]),
        )
        return Design(plan, given["target"], given["takes_people"])

    def _by_stratum(self, column: str) -> dict[str, Any]:
        """The numbers of a column that are filled in."""
        given = {
            stratum.name: self.cleaned_data[f"{column}_{number}"]
            for number, stratum in enumerate(self.strata)
        }
        return {name: value for name, value in given.items() if value is not None}

    @property
    def is_seed_given(self) -> bool:
        given = self.cleaned_data
        return bool(given["seed"] != given["made_seed"])

    @property
    def rows(self) -> list[tuple[Stratum, Any, Any]]:
        """The strata with their two fields."""
        return [
            (stratum, self[f"fixed_{number}"], self[f"spread_{number}"])
            for number, stratum in enumerate(self.strata)
        ]


def with_seed(data: QueryDict) -> QueryDict:
    """What was posted, with a seed made where none was given."""
    if data.get("seed", "").strip():
        return data
    made = str(frames.new_seed())
    filled = data.copy()
    filled["seed"] = filled["made_seed"] = made
    return filled


def method_in_words(plan: Mapping[str, Any]) -> str:
    """A kept plan's method, in short."""
    return str(METHODS[Method(plan["method"])])
