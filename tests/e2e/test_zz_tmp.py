import pytest
from surveys.models import Job, Role
from tests.conftest import OpenPage
from tests.factories import *
@pytest.mark.django_db(transaction=True)
def test_shot(open_page: OpenPage) -> None:
    survey = make_survey("ours"); site = make_site(survey); v = make_version(survey); make_interview(site, v)
    c = make_member(survey, Role.COORDINATOR, "boss")
    for state in ("queued", "running", "done", "failed"):
        Job.objects.create(kind="submissions_csv", survey=survey, requested_by=c, state=state, done=5, total=10,
            error="There are no labels in %(language)s. Choose one of: %(languages)s." if state=="failed" else "", error_params={"language":"fr","languages":"en"} if state=="failed" else {})
    for w in (390, 1280):
        page = open_page(width=w)
        page.goto("/admin/login/"); page.fill("[name=username]", "boss"); page.fill("[name=password]", PASSWORD); page.press("[name=password]", "Enter"); page.wait_for_load_state()
        page.goto("/admin/surveys/job/exports/"); page.screenshot(path=f"/tmp/shot{w}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= w
        page.goto("/admin/surveys/interview/"); page.screenshot(path=f"/tmp/shoti{w}.png")
