"""Random regular expressions, each with a text that it may match."""

from collections.abc import Mapping
from random import Random

PARTS: Mapping[str, str] = {
    "a": "a", "b": "b", "日": "日", "😀": "😀", "-": "-", " ": " ", "x1": "x1",
    r"\.": ".", r"\x41": "A", r"\u65e5": "日", r"\t": "\t", r"\-": "-", r"\\": "\\", r"\]": "]",
    ".": "é", r"\d": "7", r"\D": "d", r"\w": "_", r"\W": "é", r"\s": " ", r"\S": "\u00a0",
    "[ab]": "b", "[^a]": "B", "[^ab]": "c", "[a-z0-9_]": "q", "[b-y]": "y", "[A-Z]{2}": "AZ",
    "[^ -~]": "é", r"[\d.-]": "-", r"[^\d]": "a", "[]a]": "]", "[^]]": "a", r"[\w-]": "-",
    "[😀-😂]": "😁", "[^😀]": "a", r"[a\-z]": "-", "[a-]": "-", r"[\p{N}-]": "٣", "[+*?]": "*",
    r"\p{L}": "ß", r"\p{Lu}": "É", r"\P{Lu}": "e", r"\P{L}": "1", r"\p{Zs}": "\u00a0",
    "(a|b)": "b", "(?:x|yes)": "yes", "(a|aa)": "aa", "(ab?)": "ab", "(|a)": "a", "a|b": "a",
    **dict.fromkeys(("(?=a)", "(?!b)", "(?=.*b)", "(?!.*b)", "^", "$", r"\b", r"\B", "()"), ""),
}  # fmt: skip
BROKEN = (
    "[a-",
    "(",
    ")",
    r"\1",
    "(?<n>a)",
    "[z-a]",
    r"\q",
    r"\p{Lx}",
    "a**",
    "(?<=a)",
    r"[\d-z]",
    "]",
    "}",
)
TIMES: Mapping[str, tuple[int, int]] = {
    "*": (0, 3), "+": (1, 3), "?": (0, 1), "*?": (0, 3), "{2}": (2, 2), "{1,}": (1, 4),
    "{0,3}": (0, 4), "{2,3}?": (1, 4), "+?": (1, 2),
}  # fmt: skip
TYPOS = ("a", "B", "\n", "😀", "1", "")


def make_pattern(random: Random) -> tuple[str, str]:
    """A pattern and a text, of which one in two or so matches."""
    pieces = [_piece(random) for _ in range(random.randint(1, 5))]
    pattern, text = ("".join(parts) for parts in zip(*pieces, strict=True))
    if random.random() < 0.3:
        pattern, text = _repeated(random, f"({pattern})", text)
    if random.random() < 0.15:
        pattern, text = f"(?i){pattern}", text.swapcase()
    if random.random() < 0.25:
        place = random.randint(0, len(text))
        text = text[:place] + random.choice(TYPOS) + text[place + random.randint(0, 1) :]
    return pattern, text


def _piece(random: Random) -> tuple[str, str]:
    if random.random() < 0.03:
        return random.choice(BROKEN), "a"
    part = random.choice(list(PARTS))
    return _repeated(random, part, PARTS[part]) if random.random() < 0.4 else (part, PARTS[part])


def _repeated(random: Random, part: str, text: str) -> tuple[str, str]:
    times = random.choice(list(TIMES))
    return part + times, text * random.randint(*TIMES[times])
