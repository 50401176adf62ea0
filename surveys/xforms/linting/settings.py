"""The sheet `settings`: an id, a version, and nothing that would be ignored."""

import re
from collections.abc import Iterator

from surveys.errors import gettext_noop
from surveys.xforms.encryption import NOT_A_KEY, is_public_key
from surveys.xforms.instance import MAX_ID
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.source import Source

_USUAL_ID = re.compile(r"[A-Za-z0-9_.-]+")
_ROOT = re.compile(r"[^\W\d][\w.-]*")


def check_settings(source: Source) -> Iterator[Finding]:
    row = source.setting_row
    if row is None or source.settings is None:
        yield Cell(source.settings.name if source.settings else "").error(
            "no-settings",
            gettext_noop(
                "Add a sheet `settings` with the columns form_title, form_id and version."
            ),
        )
        return
    for key in ("form_id", "version"):
        if not row[key]:
            yield _missing(row[key], key)
        elif len(row[key].text.strip()) > MAX_ID:
            yield row[key].error(
                "long-setting", gettext_noop("More than %(most)s characters."), most=MAX_ID
            )
    yield from _check_id(row["form_id"])
    if row["public_key"] and not is_public_key(row["public_key"].text):
        yield row["public_key"].error("bad-key", NOT_A_KEY)
    if row["name"] and not _ROOT.fullmatch(row["name"].text.strip()):
        yield row["name"].error(
            "bad-name", gettext_noop("`%(name)s` cannot be a name."), name=row["name"].text
        )
    for other in source.settings.rows[1:]:
        yield next(cell for _, cell in other.filled()).warning(
            "ignored-row", gettext_noop("Only the first row of the settings counts.")
        )


def _missing(cell: Cell, key: str) -> Finding:
    if key == "version":
        return cell.error(
            "no-version",
            gettext_noop("Give the form a version: a column `version` in the sheet `settings`."),
        )
    return cell.error(
        "no-form-id",
        gettext_noop("Give the form an id: a column `form_id` in the sheet `settings`."),
    )


def _check_id(cell: Cell) -> Iterator[Finding]:
    if cell and not _USUAL_ID.fullmatch(cell.text.strip()):
        yield cell.warning(
            "unusual-id",
            gettext_noop("Use letters, digits, `_`, `-` and `.` only: files are named by the id."),
        )
