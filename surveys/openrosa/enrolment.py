"""What ODK Collect and KoboCollect scan to be set up: their settings in a QR code."""

import base64
import json
import zlib

import segno


def settings_code(server_url: str, *, project: str, username: str) -> str:
    """Settings as Collect imports them: JSON, compressed by zlib, in base64.

    Whatever they do not name is set to its default. Forms follow the server's list, and what is
    finished is sent as soon as there is a network.
    """
    settings = {
        "general": {
            "server_url": server_url,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "metadata_username": username,
        },
        "project": {"name": project},
        "admin": {},
    }
    written = json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(written.encode(), 9)).decode()


def qr_code(text: str) -> str:
    """The text as an SVG element that grows to its box; dark on white, whatever the page is."""
    code = segno.make(text, error="l", micro=False)
    return code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff")
