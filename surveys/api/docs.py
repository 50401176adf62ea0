"""The reference of the API as a page of ours: no scripts, no foreign hosts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


@dataclass(frozen=True)
class Parameter:
    name: str
    is_required: bool
    text: str


@dataclass(frozen=True)
class Operation:
    """One address and what it takes; `answer` has the fields of what comes back."""

    method: str
    path: str
    text: str
    parameters: tuple[Parameter, ...]
    body: tuple[Parameter, ...]
    answer: tuple[Parameter, ...]


class Reference(DocsBase):
    """The OpenAPI document for people."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        document = api.get_openapi_schema(path_params=kwargs)
        sections: dict[str, list[Operation]] = {}
        for tag, operation in _operations(document):
            sections.setdefault(tag, []).append(operation)
        return render(request, "surveys/api.html", {"sections": sections.items()})


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield told["tags"][0], _operation(document, method.upper(), path, told)


def _operation(
    document: Mapping[str, Any], method: str, path: str, told: Mapping[str, Any]
) -> Operation:
    asked = tuple(
        Parameter(one["name"], one.get("required", False), one["schema"].get("description", ""))
        for one in told.get("parameters", ())
    )
    answer: Mapping[str, Any] = next(iter(told["responses"].values()), {})
    text = told.get("description") or told.get("summary", "")
    body = _fields(document, told.get("requestBody", {}))
    return Operation(method, path, text, asked, body, _fields(document, answer))


def _fields(document: Mapping[str, Any], part: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The fields of the object, or of the objects in the list, that a request or an answer holds."""
    schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    schema = schema.get("items", schema)
    name = schema.get("$ref", "").rpartition("/")[2]
    whole = document["components"]["schemas"].get(name, {})
    required = whole.get("required", ())
    return tuple(
        Parameter(field, field in required, about.get("description", ""))
        for field, about in whole.get("properties", {}).items()
    )
