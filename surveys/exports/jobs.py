"""The exports of the collecting side, offered to pages, commands and workers."""

from django.utils.translation import gettext_lazy as _

from surveys import jobs, retention
from surveys.exports import (
    catalogue,
    corrections,
    deposits,
    derived,
    design,
    geojson,
    interviews,
    package,
    parquet,
    spss,
    standout,
    stata,
    texts,
    xlsx,
)
from surveys.exports.catalogue import Export

derived.add(design.design_for)

catalogue.add(interviews.export("csv", _("Interviews, CSV"), texts.write, interviews.extension))
catalogue.add(stata.FORMAT.export(_("Interviews, Stata")))
catalogue.add(spss.FORMAT.export(_("Interviews, SPSS")))
catalogue.add(parquet.FORMAT.export(_("Interviews, Parquet")))
catalogue.add(interviews.export("xlsx", _("Interviews, Excel"), xlsx.write, xlsx.extension))
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
        is_of_interviews=True,
    )
)
retention.KEEPERS.append(deposits.keep)
jobs.runner(standout.KIND, standout.TITLE)(standout.run)
catalogue.add(
    Export(
        what="package",
        format="zip",
        title=_("The package: everything for analysts, ZIP"),
        subject=_("The package"),
        count=interviews.count,
        describe=package.describe,
        write=package.write,
        is_statistical=True,
        is_of_interviews=True,
    )
)
