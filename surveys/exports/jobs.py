"""The exports of the collecting side, offered to pages, commands and workers."""

from django.utils.translation import gettext_lazy as _

from surveys.exports import catalogue, corrections, geojson, interviews, parquet, spss, stata
from surveys.exports.catalogue import Export

catalogue.add(
    interviews.export("csv", _("Interviews, CSV"), interviews.write_csv, interviews.extension)
)
catalogue.add(stata.FORMAT.export(_("Interviews, Stata")))
catalogue.add(spss.FORMAT.export(_("Interviews, SPSS")))
catalogue.add(parquet.FORMAT.export(_("Interviews, Parquet")))
catalogue.add(interviews.export("geojson", _("Interviews on a map, GeoJSON"), geojson.write))
catalogue.add(
    Export(
        what="corrections",
        format="csv",
        title=_("Corrections, CSV"),
        subject=_("Corrections"),
        count=corrections.count,
        describe=corrections.describe,
        write=corrections.write_csv,
    )
)
