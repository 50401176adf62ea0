"""Numbers in words: times, distances, speeds and shares."""

from django.utils.translation import gettext as _

HOUR_S, DAY_S = 3_600, 86_400


def duration(seconds: float) -> str:
    """Such as `2 min 5 s`; of what took less than a second, `< 1 s`."""
    if 0 < seconds < 1:
        return _("< 1 s")
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(seconds)s s") % {"seconds": rest}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}


def long_duration(seconds: float) -> str:
    """As days or hours where it is long."""
    if seconds >= 2 * DAY_S:
        return _("%(n)s days") % {"n": f"{seconds / DAY_S:,.0f}"}
    if seconds >= 2 * HOUR_S:
        return _("%(n)s h") % {"n": f"{seconds / HOUR_S:.1f}"}
    return duration(seconds)


def share(value: float) -> str:
    return f"{100 * value:.1f} %"


def times(value: float) -> str:
    return f"×{value:.2f}"


def plain(value: float) -> str:
    return f"{value:,.4g}"


def metres(value: float) -> str:
    if value < 1_000:
        return _("%(n)s m") % {"n": round(value)}
    return _("%(n)s km") % {"n": f"{value / 1_000:,.1f}"}


def speed(value: float) -> str:
    """Kilometres an hour."""
    return _("%(n)s km/h") % {"n": f"{value:,.0f}"}


def clock(value: float) -> str:
    """An hour of the day, such as 6.5."""
    minutes = round(value * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
