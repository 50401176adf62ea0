"""The design beside the answers: the wave, and how many people an interview stands for."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from surveys.exports.catalogue import Order
from surveys.exports.derived import Derived, Met, in_languages
from surveys.models import Weight
from surveys.variables.variable import Kind, Variable

WAVE, WEIGHT = "wave", "weight"


def design_for(order: Order) -> Iterator[Derived]:
    """Strata and primary sampling units are facts of every file already."""
    wave = in_languages(order, lambda: _("Wave"))
    weight = in_languages(order, lambda: _("Weight: people that the interview stands for"))
    variables = (
        Variable("", WAVE, Kind.INTEGER, wave),
        Variable("", WEIGHT, Kind.DECIMAL, weight),
    )
    yield Derived(variables, _read)


def _read(page: Sequence[Met]) -> list[list[str]]:
    known = _weights(page)
    weights = [known.get((met.wave, met.case), met.design_weight) for met in page]
    columns = ([met.wave_number for met in page], weights)
    return [["" if value is None else str(value) for value in column] for column in columns]


def _weights(page: Sequence[Met]) -> dict[tuple[int | None, int | None], float]:
    """The current weights of cases by wave; who has none counts for the site's design weight."""
    cases = [met.case for met in page if met.case is not None]
    rows = Weight.objects.filter(version__is_current=True, case__in=cases)
    return {
        (wave, case): value
        for wave, case, value in rows.values_list("version__wave", "case", "value")
    }
