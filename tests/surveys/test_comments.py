"""What is said about an interview: by whom, of which question, and what is refused."""

import pytest

from surveys import comments
from surveys.comments import NoComment
from surveys.models import Comment, Interview, QuestionnaireVersion, Role, Site
from tests.factories import make_interview, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def interview(site: Site, version: QuestionnaireVersion) -> Interview:
    return make_interview(site, version)


def test_a_comment_is_about_an_answer_of_the_version_that_is_there(
    site: Site, interview: Interview
) -> None:
    coordinator = make_member(site.survey, Role.COORDINATOR)
    said = comments.say(interview.pk, " Ask\x00 again. ", by=coordinator, path="g/age")
    assert Comment.objects.get() == said
    assert (said.path, said.text, said.by, said.submission) == (
        *("g/age", "Ask again.", coordinator),
        interview.current,
    )
    assert list(Comment.objects.unanswered()) == [said]


@pytest.mark.parametrize(
    ("text", "path", "why"),
    [
        (" ", "", "Write the comment"),
        ("x" * 1001, "", "1000 characters"),
        ("Why?", "g/wage", "no such question"),
        ("Why?", "g", "no such question"),
    ],
)
def test_nonsense_is_refused(
    site: Site, interview: Interview, text: str, path: str, why: str
) -> None:
    coordinator = make_member(site.survey, Role.COORDINATOR)
    with pytest.raises(NoComment, match=why):
        comments.say(interview.pk, text, by=coordinator, path=path)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ENUMERATOR, Role.SUPERVISOR])
def test_only_who_decides_comments(site: Site, interview: Interview, role: Role) -> None:
    with pytest.raises(NoComment, match="not yours"):
        comments.say(interview.pk, "Why?", by=make_member(site.survey, role, team="south"))
