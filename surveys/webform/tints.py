"""Colours that a form's author may choose, as the few that are readable on every screen."""

import colorsys
import re

_NAMES = {
    "red": "red crimson darkred firebrick maroon tomato salmon coral indianred orangered",
    "amber": "orange darkorange gold goldenrod yellow brown chocolate sienna tan",
    "green": "green darkgreen forestgreen lime limegreen olive seagreen teal springgreen",
    "blue": "blue navy darkblue royalblue dodgerblue steelblue cyan aqua skyblue indigo turquoise",
    "purple": "purple magenta fuchsia violet darkviolet orchid plum pink hotpink deeppink",
    "grey": "grey gray darkgrey darkgray dimgrey dimgray silver lightgrey lightgray slategray",
}
_TINTS = {name: tint for tint, names in _NAMES.items() for name in names.split()}
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_HUES = ((20, "red"), (70, "amber"), (175, "green"), (250, "blue"), (330, "purple"), (360, "red"))
_LEAST_SATURATION = 0.15
_DARKEST, _LIGHTEST = 0.1, 0.95  # what is nearly black or white is the text's own colour


def tint_of(colour: str) -> str:
    """`red`, `amber`, ... for a CSS colour; blank where it is none, black or white."""
    text = colour.strip().lower()
    if text in _TINTS:
        return _TINTS[text]
    rgb = _channels(text)
    return _by_hue(*rgb) if rgb else ""


def _channels(text: str) -> tuple[int, int, int] | None:
    if match := _HEX.fullmatch(text):
        digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := _RGB.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    return None


def _by_hue(red: int, green: int, blue: int) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if not _DARKEST < lightness < _LIGHTEST:
        return ""
    if saturation < _LEAST_SATURATION:
        return "grey"
    return next(tint for end, tint in _HUES if hue * 360 <= end)
