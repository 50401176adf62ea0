"""The survey of a run: its form in as many versions as are published, its enumerator and their site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys import questionnaires
from surveys.models import Site, Survey, User
from tests.factories import make_enumerator, make_site, make_survey, workbook

FORM = """
| survey   |                    |         |         |                  |
|          | type               | name    | label   | relevant         |
|          | start              | start   |         |                  |
|          | end                | end     |         |                  |
|          | audit              | audit   |         |                  |
|          | begin_group        | person  | Person  |                  |
|          | text               | name    | Name    |                  |
|          | integer            | age     | Age     |                  |
|          | select_one yn      | works   | Works?  |                  |
|          | begin_group        | work    | Work    | ${works} = 'yes' |
|          | text               | job     | Job     |                  |
|          | end_group          |         |         |                  |
|          | end_group          |         |         |                  |
|          | begin_group        | house   | House   |                  |
|          | begin_repeat       | room    | Room    |                  |
|          | text               | use     | Use     |                  |
|          | end_repeat         |         |         |                  |
|          | end_group          |         |         |                  |
|          | begin_group        | end_of  | End     |                  |
|          | image              | front   | Front   |                  |
|          | image              | back    | Back    |                  |
|          | text               | remarks | Remarks |                  |
|          | NEWER              |         |         |                  |
|          | end_group          |         |         |                  |
| choices  |                    |         |         |                  |
|          | list_name          | name    | label   |                  |
|          | yn                 | yes     | Yes     |                  |
|          | yn                 | no      | No      |                  |
| settings |                    |         |         |                  |
|          | form_title         | form_id | version |                  |
|          | Visit              | visit   | NUMBER  |                  |
"""
NEWER = "|          | NEWER              |         |         |                  |\n"
ADDED = "|          | text               | more_{0} | More {0} |                  |\n"
SECTIONS: Sequence[Sequence[str]] = (
    ("person/name", "person/age", "person/works", "person/work/job"),
    ("house/room",),
    ("end_of/front", "end_of/back", "end_of/remarks"),
)
PICTURES = ("end_of/front", "end_of/back")
ROOM = "house/room"
NEEDS: Mapping[str, tuple[str, str]] = {"person/work/job": ("person/works", "yes")}  # to be asked


def form(number: int) -> str:
    """Its version of that number: each has one question more than the one before."""
    added = "".join(ADDED.format(one) for one in range(2, number + 1))
    return FORM.replace(NEWER, added).replace("NUMBER", str(number))


@dataclass
class Fieldwork:
    survey: Survey
    site: Site
    person: User
    versions: int = 0

    def publish(self) -> None:
        """The next version of the form."""
        self.versions += 1
        questionnaires.publish(workbook(form(self.versions)), self.survey)


def begin(number: int) -> Fieldwork:
    """A survey of a run's own, with somebody of its own on the phone that all share."""
    site = make_site(make_survey(f"run-{number}"), "S1", target=99)
    fieldwork = Fieldwork(site.survey, site, make_enumerator(site, f"E{number}"))
    fieldwork.publish()
    return fieldwork
