"""The further instances of an XForm: choice lists, and the files it looks things up in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from surveys.xforms.definition import Choice
from surveys.xforms.faults import Faults
from surveys.xforms.itext import NONE, Translations
from surveys.xforms.namespaces import XF

OWN = frozenset({"name", "label", "itextId"})  # the rest are columns by which lists are filtered
LAST_SAVED = "jr://instance/last-saved"
FILE_SOURCES = ("jr://file-csv/", "jr://file/")


@dataclass(frozen=True)
class Secondary:
    """Choice lists and names of files, both by instance id."""

    lists: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def read_secondary(model: etree._Element, translations: Translations, faults: Faults) -> Secondary:
    """All instances but the first, which is the interview itself."""
    found = Secondary()
    for instance in model.findall(f"{XF}instance")[1:]:
        name, source = instance.get("id", ""), instance.get("src", "")
        if not source:
            items = instance.iter(f"{XF}item")
            found.lists[name] = tuple(_choice(item, translations) for item in items)
        elif source.startswith(FILE_SOURCES):
            found.files[name] = source.split("/", 3)[-1]
        elif source == LAST_SAVED:
            faults.refuse("", "function", "last-saved")
        else:
            faults.refuse("", "instance", source)
    return found


def _choice(item: etree._Element, translations: Translations) -> Choice:
    cells: Mapping[str, str] = {
        etree.QName(cell).localname: cell.text or "" for cell in item if isinstance(cell.tag, str)
    }
    text_id = cells.get("itextId", "")
    words = translations.by_id.get(text_id, NONE)
    label = cells.get("label", "")
    return Choice(
        name=cells.get("name", ""),
        labels={translations.default_language: label} if label else words.texts,
        media=words.media,
        columns={name: text for name, text in cells.items() if name not in OWN},
        text_id=text_id,
    )
