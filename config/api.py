"""The API of the project: what each package offers to programs, under one address."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from scoring.api import estimates
from surveys.api import erased, exports, files, interviews, questionnaires, surveys
from surveys.api.access import Bearer
from surveys.api.docs import Reference
from surveys.api.problems import answer_with_problems, tell_problems


def for_people(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The reference is read by who is signed in; nothing else here is done by a session."""
    return require_safe(login_required(view))


class Described(NinjaAPI):
    """An API whose description says what it refuses, too."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**asked)
        tell_problems(document)
        return document


api = Described(
    title="Five Standards",
    version="1",
    urls_namespace="api",
    auth=Bearer(),
    docs=Reference(),
    docs_decorator=for_people,
)
answer_with_problems(api)
for module in (surveys, questionnaires, interviews, erased, files, estimates, exports):
    api.add_router("", module.router)
