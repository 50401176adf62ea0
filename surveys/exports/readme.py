"""What to read first in a package, in each of our languages: which files, how to check, what was erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from surveys.codebooks.codebook import Codebook
from surveys.exports.catalogue import Order

WORDS: Mapping[str, str] = {
    "csv": gettext_noop("for spreadsheets; a leading ' keeps a text from being run as a formula"),
    "xlsx": gettext_noop("for Excel, with all variables and choices on sheets of their own"),
    "geojson": gettext_noop("for maps"),
    "dta": gettext_noop("for Stata, R and Python, with labels; gaps are .d, .r, .n and .u"),
    "sav": gettext_noop("for SPSS, PSPP and R, with labels; gaps are user-missing numbers"),
    "parquet": gettext_noop(
        "for Python, R and DuckDB; the column _missing says why a cell is empty"
    ),
}


def written_readme(
    order: Order, book: Codebook, formats: Sequence[str], erased: Sequence[Mapping[str, Any]]
) -> dict[str, bytes]:
    """A text in each language by the name of its file; `erased` as the manifest has it."""
    told = {
        "book": book,
        "survey": order.survey,
        "erased": len(erased),
        "last_erased": erased[-1]["erased"] if erased else None,
        "given_to": order.given_to,
        "is_part": not order.selection.is_all,
    }
    codes = [code for code, *_title in settings.LANGUAGES]
    return {f"README-{code}.txt": _page(code, formats, told) for code in codes}


def _page(code: str, formats: Sequence[str], told: Mapping[str, Any]) -> bytes:
    with translation.override(code):
        worded = [{"name": name, "words": _(WORDS[name])} for name in formats]
        context = {**told, "formats": worded}
        return render_to_string("surveys/codebook/readme.txt", context).encode()
