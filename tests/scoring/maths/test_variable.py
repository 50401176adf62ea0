"""Every published variable has a meaning, and its items are those it is made of."""

import pytest

from scoring import schemes
from scoring.maths.kinds import Kind
from scoring.maths.person import variable_names
from scoring.maths.scheme import parse_scheme
from scoring.maths.variable import meanings

SPEC = parse_scheme(schemes.five_standards())


def items_of(name: str) -> list[str]:
    return [SPEC.items[place].name for place in meanings(SPEC)[name].items]


def test_what_is_published_and_what_has_a_meaning_are_the_same() -> None:
    assert set(variable_names(SPEC)) | {"interviews"} == set(meanings(SPEC))


@pytest.mark.parametrize(
    ("name", "kind", "items"),
    [
        ("S3", Kind.STANDARD, 5),
        ("P", Kind.STANDARD, 7),
        ("index", Kind.INDEX, 35),
        ("M0_1_3", Kind.BREADTH, 35),
        ("core_relations", Kind.CORE, 8),
        ("gap_S1", Kind.GAP, 8),
        ("U_s1_3", Kind.UNCENSORED, 1),
        ("C_s1_3", Kind.CENSORED, 1),
        ("X_s1_3", Kind.PART_OF_ITEM, 1),
        ("XS_S1", Kind.PART_OF_STANDARD, 8),
        ("XC_relations", Kind.PART_OF_CORE, 1),
        ("interviews", Kind.COUNT, 0),
    ],
)
def test_a_variable_is_made_of_its_items(name: str, kind: Kind, items: int) -> None:
    assert meanings(SPEC)[name].kind is kind
    assert len(items_of(name)) == items


def test_items_beside_the_index_are_not_counted() -> None:
    assert not [name for name in items_of("c") if name.startswith("p")]
    assert [name for name in items_of("core_relations") if name.startswith("p")]
    assert items_of("XC_relations") == ["s5_6"]
