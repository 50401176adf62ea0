"""The exports of the judging side, offered to pages, commands and workers."""

from collections.abc import Callable
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scoring.exports import rows
from surveys.exports import catalogue
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
