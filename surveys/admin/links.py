"""Links in lists of the admin."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STYLE = "text-primary-600 dark:text-primary-400 underline"  # classes of the admin skin


def link(address: str, text: object) -> SafeString:
    return format_html('<a class="{}" href="{}">{}</a>', STYLE, address, text)


def links(several: Iterable[tuple[str, str | Promise]]) -> SafeString:
    """Side by side, each an address and its text."""
    return format_html_join(" · ", "{}", ((link(*one),) for one in several))
