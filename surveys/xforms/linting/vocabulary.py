"""The words of the XLSForm language: columns, types, appearances and parameters."""

from collections.abc import Mapping
from typing import Any

from pyxform import constants
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

COLUMNS: Mapping[str, frozenset[str]] = {
    "survey": frozenset(
        {
            *("type", "name", "label", "hint", "guidance_hint", "default", "appearance"),
            *("required", "required_message", "relevant", "constraint", "constraint_message"),
            *("calculation", "read_only", "parameters", "choice_filter", "repeat_count"),
            *("trigger", "image", "big-image", "audio", "video", "autoplay", "save_to", "rows"),
            *("disabled", "intent", "no_app_error_string", "query", "compact_tag"),
            *("sms_field", "sms_option", "sms_separator", "sms_allow_media", "sms_date_format"),
            *("sms_datetime_format", "sms_response"),
            "identifier",  # ours: no part of the form that devices get
        }
    ),
    "choices": frozenset({"list_name", "name", "label", "image", "big-image", "audio", "video"}),
    "settings": frozenset(
        {
            *("form_title", "form_id", "version", "default_language", "instance_name", "style"),
            *("public_key", "submission_url", "auto_send", "auto_delete", "name", "namespaces"),
            *("allow_choice_duplicates", "clean_text_values", "omit_instanceID", "instance_id"),
            *("client_editable", "instance_xmlns", "entity_version", "add_none_option", "flat"),
            *("sms_keyword", "sms_separator", "sms_allow_media", "sms_date_format"),
            *("sms_datetime_format", "sms_response", "prefix", "delimiter"),
        }
    ),
    "entities": frozenset({"list_name", "label", "entity_id", "create_if", "update_if"}),
}
TRANSLATED: Mapping[str, frozenset[str]] = {  # columns that may say a language
    "survey": frozenset(
        {
            *("label", "hint", "guidance_hint", "constraint_message", "required_message"),
            *("image", "big-image", "audio", "video", "no_app_error_string"),
        }
    ),
    "choices": frozenset({"label", "image", "big-image", "audio", "video"}),
    "settings": frozenset(),
    "entities": frozenset(),
}
MEDIA = frozenset({"image", "big-image", "audio", "video"})

COMMON_TYPES = (  # as the documentation writes them, offered to those who mistype
    *("text", "integer", "decimal", "range", "select_one", "select_multiple", "rank", "note"),
    *("select_one_from_file", "select_multiple_from_file", "date", "time", "datetime"),
    *("geopoint", "geotrace", "geoshape", "image", "audio", "video", "file", "barcode"),
    *("acknowledge", "calculate", "hidden", "begin_group", "end_group", "begin_repeat"),
    *("end_repeat", "start", "end", "today", "deviceid", "username", "phonenumber", "email"),
    *("audit", "start-geopoint", "background-audio", "background-geopoint", "csv-external"),
    "xml-external",
)
OTHER_WORDS: Mapping[str, str] = {  # what other programs call a type
    "number": "integer",
    "numeric": "decimal",
    "float": "decimal",
    "string": "text",
    "paragraph": "text",
    "dropdown": "select_one",
    "radio": "select_one",
    "boolean": "select_one",
    "single_choice": "select_one",
    "yes_no": "select_one",
    "checkbox": "select_multiple",
    "checkboxes": "select_multiple",
    "multiple_choice": "select_multiple",
    "select_many": "select_multiple",
    "picture": "image",
    "signature": "image",
    "calculation": "calculate",
    "select": "select_one",
    "begin": "begin_group",
    "label": "note",
}

_SELECT = frozenset(
    {
        *("minimal", "quick", "autocomplete", "search", "compact", "quickcompact", "horizontal"),
        *("horizontal-compact", "columns", "columns-pack", "columns-flex", "no-buttons", "likert"),
        *("list", "list-nolabel", "label", "image-map", "map", "picker", "no-search"),
    }
)
_DATE = frozenset(
    {
        *("no-calendar", "month-year", "year", "ethiopian", "coptic", "islamic", "persian"),
        *("bikram-sambat", "myanmar", "buddhist"),
    }
)
_MAP = frozenset({"maps", "placement-map", "hide-input", "streets", "satellite"})
_NUMBER = frozenset({"thousands-sep", "bearing", "distress", "counter", "masked"})
_PHOTO = frozenset(
    {"signature", "draw", "annotate", "new", "new-front", "new-rear", "selfie", "no-gallery"}
)
APPEARANCES: Mapping[str, frozenset[str]] = {
    "text": frozenset({"multiline", "numbers", "thousands-sep", "url", "masked", "hidden"}),
    "integer": _NUMBER,
    "decimal": _NUMBER,
    "range": frozenset({"vertical", "no-ticks", "picker", "rating", "distress", "analog-scale"}),
    "select_one": _SELECT,
    "select_multiple": _SELECT,
    "select_one_external": _SELECT,
    "rank": _SELECT,
    "date": _DATE,
    "datetime": _DATE,
    "time": frozenset(),
    "geopoint": _MAP,
    "geotrace": _MAP,
    "geoshape": _MAP,
    "image": _PHOTO,
    "audio": frozenset({"new", "annotate"}),
    "video": frozenset({"new", "new-front", "new-rear", "selfie"}),
    "file": frozenset({"new"}),
    "barcode": frozenset({"front", "new"}),
    "note": frozenset({"url", "multiline"}),
    "acknowledge": frozenset(),
    "group": frozenset(
        {"field-list", "table-list", "summary", "no-collapse", "compact", "horizontal", "pages"}
    ),
    "repeat": frozenset({"field-list", "table-list", "compact", "no-collapse"}),
}
ALL_APPEARANCES = frozenset().union(*APPEARANCES.values())


def _values(parameters: Any) -> frozenset[str]:
    return frozenset(str(parameter.value) for parameter in parameters)


PARAMETERS: Mapping[str, frozenset[str]] = {
    "audio": _values(constants.ParametersAudio),
    "background-audio": _values(constants.ParametersAudio),
    "audit": _values(constants.ParametersAudit),
    "geopoint": _values(constants.ParametersGeoPoint),
    "geotrace": _values(constants.ParametersGeo),
    "geoshape": _values(constants.ParametersGeo),
    "image": _values(constants.ParametersImage),
    "range": _values(constants.ParametersRange),
    "select_one": _values(constants.ParametersSelect),
    "select_multiple": _values(constants.ParametersSelect),
    "rank": _values(constants.ParametersSelect),
    "from_file": _values(constants.ParametersSelectFromFile),
    "text": _values(constants.ParametersText),
}
PYXFORM_TYPES = frozenset(QUESTION_TYPE_DICT)
