"""How the bytes of a table of text become letters: as UTF-8 or UTF-16, or as spreadsheets in China save them."""

import codecs
from unicodedata import category

MARKS = (  # at the beginning of a file
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
CHINESE = "gb18030"  # what Excel in China writes as “CSV”, and GBK and GB2312 within it
MOSTLY = 0.9  # of the letters beyond ASCII are Chinese, in a text that is


def text_of(content: bytes) -> str | None:
    """The text of a whole file, without a mark at its beginning; None where it is none."""
    marked = [codec for mark, codec, _said in MARKS if content.startswith(mark)]
    chinese = [CHINESE] if is_chinese(content) else []
    texts = (_read(content, codec) for codec in marked or ["utf-8", *chinese])
    return next((text for text in texts if text is not None), None)


def is_chinese(sample: bytes) -> bool:
    """Whether bytes make sense as GB18030: many others can be read so, and make none."""
    text = sample.decode(CHINESE, errors="ignore")
    foreign = [letter for letter in text if letter > "\x7f"]
    return sum(map(_may_be_chinese, foreign)) >= MOSTLY * len(foreign)


def _read(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None


def _may_be_chinese(letter: str) -> bool:
    is_common = "\u4e00" <= letter <= "\u9fff" or "\u3000" <= letter <= "\u303f"
    return is_common or "\uff00" <= letter <= "\uffef" or category(letter).startswith("P")
