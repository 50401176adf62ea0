"""The exports of the judging side, offered to pages, commands and workers."""

from django.utils.translation import gettext_lazy as _

from scoring.exports import rows
from surveys.exports import catalogue
from surveys.exports.catalogue import Export

catalogue.add(
    Export(
        what="estimates",
        format="csv",
        title=_("Indicators, CSV"),
        subject=_("Indicators"),
        count=rows.count,
        describe=rows.describe,
        write=rows.write_csv,
    )
)
catalogue.add(
    Export(
        what="estimates",
        format="xlsx",
        title=_("Indicators, Excel"),
        subject=_("Indicators"),
        count=rows.count,
        describe=rows.describe,
        write=rows.write_xlsx,
    )
)
