"""The exports of the judging side, offered to pages, commands and workers."""

from collections.abc import Callable
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scoring.exports import rows, scripts
from scoring.exports.derived import scores_for
from scoring.exports.provenance import scheme_told
from scoring.exports.sensitive import judged_answers
from surveys.exports import catalogue, derived, enclosures, provenance, standout
from surveys.exports.catalogue import Export, Order, Tick


def _indicators(
    format_: str, title: str | Promise, write: Callable[[Order, Path, Tick], None]
) -> Export:
    return Export(
        what="estimates",
        format=format_,
        title=title,
        subject=_("Indicators"),
        count=rows.count,
        describe=rows.describe,
        write=write,
    )


catalogue.add(_indicators("csv", _("Indicators, CSV"), rows.write_csv))
catalogue.add(_indicators("xlsx", _("Indicators, Excel"), rows.write_xlsx))
catalogue.add(
    Export(
        what="scripts",
        format="zip",
        title=_("Scripts for R, Stata and Python, ZIP"),
        subject=_("Scripts"),
        count=scripts.count,
        describe=scripts.describe,
        write=scripts.write_zip,
    )
)
derived.add(scores_for)
enclosures.add(scripts.scripts_for)
provenance.add(scheme_told)
standout.SENSITIVE.append(judged_answers)
