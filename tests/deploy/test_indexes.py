"""Every index has its reason on the page for administrators."""

import re
from pathlib import Path

from django.apps import apps

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def test_each_index_is_there_for_a_query() -> None:
    ours = [m for app in ("surveys", "scoring") for m in apps.get_app_config(app).get_models()]
    declared = {index.name for model in ours for index in model._meta.indexes}
    table = re.search(
        r"^\| index \| for \|\n(.*?)\n\n", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert table is not None
    assert declared == set(re.findall(r"`([a-z_]+)`(?=[^|]*\|[^|]*\|$)", table[1], re.MULTILINE))
