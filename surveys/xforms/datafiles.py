"""Lists and lookup tables that come with a form as files.

All are read as ODK reads them: `instance('towns')/root/item[pop > 3]`.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from surveys.errors import gettext_noop
from surveys.xforms.csvfile import table_from_csv
from surveys.xforms.datatable import DataTable
from surveys.xforms.geojson import table_from_geojson
from surveys.xforms.xlsform import FormError
from surveys.xforms.xmlfile import table_from_xml

MAX_BYTES = 8_000_000
READERS: Mapping[str, Callable[[str, bytes], DataTable]] = {
    ".csv": table_from_csv,
    ".geojson": table_from_geojson,
    ".xml": table_from_xml,
}


def table_from_file(name: str, content: bytes) -> DataTable:
    """The rows of a data file. Raises FormError in the words of its fault."""
    read = READERS.get(PurePath(name).suffix.lower())
    if read is None:
        raise FormError(
            gettext_noop("%(name)s is no list that forms can read. Use .csv, .xml or .geojson."),
            name=name,
        )
    if len(content) > MAX_BYTES:
        raise FormError(
            gettext_noop("%(name)s has more than 8 MB. That is too much for a list."), name=name
        )
    return read(name, content)
