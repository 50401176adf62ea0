"""How phones show the site once it is installed: its name, its icons, its colours."""

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

PAPER, PRIMARY = "#ffffff", "#0b5a6b"  # as in static/css/app.css
ICONS = (  # made from static/img/logo.svg
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)


@require_safe
def manifest(_request: HttpRequest) -> JsonResponse:
    """The web app manifest, in the language of who asks."""
    document = {
        "id": "/",
        "name": _("Five Standards"),
        "short_name": _("Five Standards"),
        "lang": get_language(),
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PRIMARY,
        "icons": [
            {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    response = JsonResponse(document, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response
