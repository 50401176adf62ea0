"""The exports of the collecting side, offered to pages, commands and workers."""

from django.utils.translation import gettext_lazy as _

from surveys.exports import catalogue, corrections, interviews
from surveys.exports.catalogue import Export

catalogue.add(
    Export(
        what="submissions",
        format="csv",
        title=_("Interviews, CSV"),
        count=interviews.count,
        describe=interviews.describe,
        write=interviews.write_csv,
        extension=interviews.extension,
    )
)
catalogue.add(
    Export(
        what="corrections",
        format="csv",
        title=_("Corrections, CSV"),
        count=corrections.count,
        describe=corrections.describe,
        write=corrections.write_csv,
    )
)
