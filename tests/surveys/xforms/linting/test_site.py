"""A form that asks for no site: what becomes of its interviews."""

import pytest

from surveys.xforms.linting.findings import Cell
from surveys.xforms.linting.site import check_site
from tests.factories import SMALL_FORM, form_from
from tests.surveys.panel import VISIT

NO_SITE = SMALL_FORM.replace("psu_id", "block ")
FROM_A_LIST = VISIT.replace("| psu_id |", "| block |")


@pytest.mark.parametrize(
    ("form", "severities"),
    [(SMALL_FORM, []), (VISIT, []), (FROM_A_LIST, ["note"]), (NO_SITE, ["warning"])],
    ids=["asked", "asked, with a list", "from a list", "neither"],
)
def test_where_nothing_says_the_site_a_remark_says_what_follows(
    form: str, severities: list[str]
) -> None:
    found = list(check_site(form_from(form), Cell("settings", 2)))
    assert [finding.severity for finding in found] == severities
    assert all("`psu_id`, `site`, `site_code`" in str(finding) for finding in found)
