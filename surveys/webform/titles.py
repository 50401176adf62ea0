"""What sections, groups and the instances of repeats are called."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys.webform.places import PlacedGroup
from surveys.webform.prompts import Speech

# `A. Work`, `3、工作`, `（二）工作`, `甲、工作`
_CODE = re.compile(
    r"[（(]?([A-Z]|\d{1,2}|[一二三四五六七八九十]{1,3}|[甲乙丙丁戊己庚辛壬癸])[.．、:：）)]\s*(\S.*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Title:
    """A section's name in one language; `mark` is the letter or number it goes by."""

    mark: str
    text: str


def title_of(speech: Speech, section: PlacedGroup, number: int) -> Title:
    label = speech.text(section.group.labels, section.element)
    if not label:
        first = number == 1
        return Title(str(number), _("Before we start") if first else _("Part %d") % number)
    match = _CODE.fullmatch(label)
    return Title(match[1], match[2]) if match else Title(str(number), label)


def name_of(speech: Speech, instance: PlacedGroup) -> str:
    """An instance of a repeat, such as `Member 2`."""
    label = speech.text(instance.group.labels, instance.element)
    return f"{label or _('Entry')} {instance.number}"
