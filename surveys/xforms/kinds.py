"""The kinds of question, and which parts of an XForm become which."""

from collections.abc import Mapping

INPUTS: Mapping[str, str] = {  # type of the bind -> kind of an <input>
    "string": "text",
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "datetime",
    "geopoint": "geopoint",
    "geotrace": "geotrace",
    "geoshape": "geoshape",
    "barcode": "barcode",
}
UPLOADS: Mapping[str, str] = {  # media type of an <upload> -> kind
    "image/*": "image",
    "audio/*": "audio",
    "video/*": "video",
    "application/*": "file",
}
CONTROLS: Mapping[str, str] = {  # other controls -> kind
    "select": "select_multiple",
    "select1": "select_one",
    "trigger": "acknowledge",
    "rank": "rank",
    "range": "range",
}
KINDS = ("note", *INPUTS.values(), *UPLOADS.values(), *CONTROLS.values())
