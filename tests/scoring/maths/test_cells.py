"""Sites' sums: of valid cases only, the same bits in any order, merged into PSUs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths.cells import ALL, EVERYBODY, Cells, Domain, Sums, Weighed, site_cells
from tests.scoring.maths import golden


def cells_of_some(order: list[int]) -> Cells:
    members = np.array(next(iter(golden.sites().values()))[:20])[order]
    weighed = [
        Weighed({name: y[members] for name, y in part.columns.items()}, part.weights[members])
        for part in golden.people().weighed(golden.person_weights() / 7)
    ]
    levels = {by: [level[i] for i in members] for by, level in golden.domains().items()}
    return site_cells(weighed, levels)


def test_a_cell_holds_its_valid_cases_only() -> None:
    y = Weighed({"y": np.array([0.5, np.nan, 1.0])}, np.array([2.0, 3.0, 4.0]))
    cells = site_cells([y], {"sex": ["m", "m", None]})
    assert cells.domains == (EVERYBODY, Domain("sex", "m"))
    assert Sums(*cells.sums[:, 0, 0]) == Sums(2, 6.0, 5.0, 20.0, 4.5)
    assert Sums(*cells.sums[:, 1, 0]) == Sums(1, 2.0, 1.0, 4.0, 0.5)


def test_each_variable_has_the_weights_it_came_with() -> None:
    y = np.array([1.0, 0.0])
    cells = site_cells([Weighed({"a": y}, y + 1), Weighed({"b": y}, y + 3)], {})
    assert cells.variables == ("a", "b")
    assert cells.sums[1, 0].tolist() == [3.0, 7.0]


@settings(max_examples=30)
@given(st.permutations(range(20)))
def test_sums_do_not_depend_on_the_order_of_people(order: list[int]) -> None:
    cells, shuffled = cells_of_some(list(range(20))), cells_of_some(order)
    assert cells.domains == shuffled.domains
    assert cells.sums.tobytes() == shuffled.sums.tobytes()


def test_together_is_the_sum_of_its_parts() -> None:
    first, second = cells_of_some(list(range(8))), cells_of_some(list(range(8, 20)))
    both, whole = Cells.together([first, second]), cells_of_some(list(range(20)))
    assert both.domains == whole.domains
    assert both.sums == pytest.approx(whole.sums, rel=1e-14)


def test_every_domain_divides_the_survey() -> None:
    whole = cells_of_some(list(range(20)))
    by_sex = [place for place, domain in enumerate(whole.domains) if domain.by == "a3"]
    everybody = whole.domains.index(Domain(ALL, ALL))
    assert whole.sums[:, by_sex].sum(axis=1) == pytest.approx(whole.sums[:, everybody], rel=1e-14)
