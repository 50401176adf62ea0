"""The page that everybody may read, from the numbers that were kept for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from scoring.dashboard.names import dimensions_of
from scoring.dashboard.page import Look, Page, build_page
from scoring.dashboard.questions import questions_of
from scoring.dashboard.tables import FileNames
from scoring.models import Estimate, EstimateSet, PublicPage, Scheme
from scoring.schemes import spec_of
from surveys.models import Wave
from surveys.models.named import in_language


@dataclass(frozen=True)
class PublicShown:
    """The words and the numbers of a public page, in the reader's language."""

    title: str
    note: str
    is_listed: bool
    page: Page
    files: FileNames


def shown(page: PublicPage, *, k: str = "") -> PublicShown:
    """The page as it is read by everybody. It must have its numbers."""
    if page.scheme is None or page.wave is None or page.as_of is None:
        raise ValueError(page)
    built = page_of(page.scheme, page.wave, page.numbers, page.as_of, k=k)
    return PublicShown(
        title=in_language(page.title, page.title_zh) or str(page.survey),
        note=in_language(page.note, page.note_zh),
        is_listed=page.is_listed,
        page=built,
        files=FileNames.of(page.survey.code, page.scheme.name, built),
    )


def page_of(
    scheme: Scheme, wave: Wave, release: Mapping[str, Any], as_of: datetime, *, k: str = ""
) -> Page:
    """The dashboard's page of a release (`scoring.public_pages.Release`): without what only staff need."""
    spec, questions = spec_of(scheme), questions_of(scheme.survey)
    made = EstimateSet(
        scheme=scheme,
        wave=wave,
        computed_at=as_of,
        **{
            name: release[name]
            for name in ("interviews", "psus", "form_versions", "weight_version")
        },
    )
    page = build_page(
        made,
        [Estimate(set=made, **row) for row in release["rows"]],
        is_probability_sample=release["is_probability_sample"],
        spec=spec,
        dimensions=dimensions_of(spec, questions),
        questions=questions,
        target=0,
        today=timezone.localdate(),
        look=Look(k=k),
    )
    return replace(page, composition=None)
