"""What the server should know of an interview, and the question that says it."""

from surveys.xforms.declarations import CASES
from surveys.xforms.definition import FormDef

FIRST = "second_visit_of"  # the question that holds the id of the interview visited again

# By these names, and by a choice list named `city`, a form says what the server should know of it.
ROLES_BY_NAME = {
    "psu_id": "site",
    "site": "site",
    "site_code": "site",
    "enumerator_id": "enumerator",
    "enumerator": "enumerator",
    "city": "city",
    "consent": "consent",
    FIRST: "first",
}


def roles_of(form: FormDef) -> dict[str, str]:
    """Which path names the site, the enumerator, the city, the consent, the first interview of a
    second visit, and the case of the list `cases` that is visited again; none in a repeat.
    """
    roles: dict[str, str] = {}
    for path in (bind.path for bind in form.binds):
        role = ROLES_BY_NAME.get(path.rsplit("/", 1)[-1])
        if role and not form.repeat_around(path):
            roles.setdefault(role, path)
    for question in form.questions:
        if question.list_name == "city" and not form.repeat_around(question.path):
            roles.setdefault("city", question.path)
        source = question.itemset.instance if question.itemset else ""
        if form.files.get(source) == f"{CASES}.csv" and not form.repeat_around(question.path):
            roles.setdefault("case", question.path)
    return roles
