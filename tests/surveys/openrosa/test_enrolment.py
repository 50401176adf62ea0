"""What a phone scans: ODK Collect's settings, as Collect reads them."""

import base64
import json
import re
import zlib

from surveys.openrosa.enrolment import qr_code, settings_code

URL = "https://survey.example.org/key/7QK4M2XD91TR7QK4M2XD91TR7QK4M2XD/s/river"


def settings(project: str = "Housing 2026") -> dict[str, dict[str, str]]:
    """As Collect unpacks them: base64, then zlib with its header, then JSON."""
    packed = base64.b64decode(settings_code(URL, project=project, username="E01"), validate=True)
    assert packed[0] == 0x78
    unpacked: dict[str, dict[str, str]] = json.loads(zlib.decompress(packed))
    return unpacked


def test_the_code_sets_collect_up() -> None:
    assert settings() == {
        "general": {
            "server_url": URL,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "metadata_username": "E01",
        },
        "project": {"name": "Housing 2026"},
        "admin": {},
    }


def test_any_name_of_a_survey_fits() -> None:
    assert settings("住房 📝 “2026”")["project"]["name"] == "住房 📝 “2026”"


def test_the_picture_is_dark_on_white_and_grows_to_its_box() -> None:
    svg = qr_code(settings_code(URL, project="Housing 2026", username="E01"))
    match = re.match(r'<svg viewBox="0 0 (\d+) \1"', svg)
    assert match is not None
    assert int(match[1]) < 77  # modules and margin: at 46 mm on paper more than 0.6 mm each
    assert 'fill="#fff"' in svg
    assert 'stroke="#000"' in svg
