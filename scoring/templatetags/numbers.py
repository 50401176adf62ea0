"""A number on a page, with the way to how it came about.

Tags and not templates: a page has hundreds of numbers, and including a template costs more than all else.
"""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from scoring.dashboard.figures import Figure

register = template.Library()


@register.simple_tag(takes_context=True)
def why(context: Context, figure: Figure) -> str:
    """The number as a link to its explanation; plain where the page explains nothing."""
    explained = _explained(context)
    if not (explained and figure.query):
        return figure.text
    title = figure.reason or _("How this number came about")
    link = '<a class="why" href="{}&amp;{}" title="{}">{}</a>'
    return format_html(link, explained, figure.query, title, figure.text)


@register.simple_tag(takes_context=True)
def number(context: Context, figure: Figure) -> str:
    """The number as `why` shows it, framed with its reason where it is hidden."""
    shown = why(context, figure)
    if figure.value is not None:
        return shown
    return format_html('<span class="withheld" title="{}">{}</span>', figure.reason, shown)


@register.simple_tag(takes_context=True)
def cells(context: Context, figure: Figure) -> SafeString:
    """Two cells of a table: the number and its interval."""
    shown = number(context, figure)
    if figure.value is None:
        return format_html('<td class="num">{}</td><td class="num"></td>', shown)
    remark = format_html(" <small>{}</small>", figure.remark) if figure.remark else ""
    interval = figure.interval or _("no interval")
    return format_html('<td class="num">{}{}</td><td class="num">{}</td>', shown, remark, interval)


def _explained(context: Context) -> str:
    """The address of explanations with the survey and scheme of the page, found once a page."""
    query = context.get("explained_query")
    if not query:
        return ""
    store = context.render_context
    if "explained" not in store:
        store["explained"] = f"{reverse('dashboard-explain')}?{query}"
    return str(store["explained"])
