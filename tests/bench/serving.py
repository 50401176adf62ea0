"""The server that is measured: a throw-away site with the forms, and a draft of each."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO, StringIO

import django
from openpyxl import Workbook

django.setup()

from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402

from surveys import drafts, questionnaires  # noqa: E402
from surveys.models import Draft  # noqa: E402
from surveys.questionnaires import form_of  # noqa: E402
from surveys.webform.versions import live_url  # noqa: E402
from tests.bench.workbooks import Row, documents, sheets  # noqa: E402
from tests.factories import make_enumerator, make_site, make_survey  # noqa: E402

MEMBERS = 20


@contextmanager
def server() -> Iterator[str]:
    call_command("migrate", verbosity=0)
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, port=0)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


def begin(names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """A session of an enumerator, and the address of a draft of each form."""
    site = make_site(make_survey())
    enumerator = make_enumerator(site)
    pages = {}
    for name in names:
        files = {"towns.csv": towns_csv()} if name == "towns" else {}
        version = questionnaires.publish(workbook(name), site.survey, files=files)
        draft = drafts.start(enumerator, site, version.questionnaire)
        if name == "large":
            draft = with_members(draft)
        language = form_of(version).default_language
        pages[name] = f"{live_url(version.pk, language)}?draft={draft.pk}"
    client = Client()
    client.force_login(enumerator)
    return client.cookies["sessionid"].value, pages


def with_members(draft: Draft) -> Draft:
    for _ in range(MEMBERS - 1):
        draft = drafts.save(draft, {}, add="/data/member")
    return draft


def workbook(name: str) -> bytes:
    """The form as a coordinator would upload it."""
    survey, choices = sheets(name)
    book = Workbook()
    book.remove(book.worksheets[0])
    settings = [{"form_title": name, "form_id": name, "version": "1", "name": "data"}]
    for title, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        fill(book.create_sheet(title), rows)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def fill(sheet: object, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    sheet.append(columns)  # type: ignore[attr-defined]
    for row in rows:
        sheet.append([row.get(column) for column in columns])  # type: ignore[attr-defined]


def towns_csv() -> bytes:
    (table,) = (one["files"]["towns"] for one in documents() if one["name"] == "towns")
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(table["columns"])
    writer.writerows(table["rows"])
    return text.getvalue().encode()
