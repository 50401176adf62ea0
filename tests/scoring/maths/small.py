"""Small schemes, for tests that say in full what they are about."""

from collections.abc import Mapping
from typing import Any

from scoring.maths.scheme import SchemeSpec, parse_scheme


def small_document(items: Mapping[str, int], **changes: Any) -> dict[str, Any]:
    """Standards with so many items of one yes (12) or no (0) question each."""
    share, rest = divmod(10_000, len(items))
    weights = {name: share + (rest if place == 0 else 0) for place, name in enumerate(items)}
    titles = {"title_en": "Title", "title_zh": "标题"}
    return {
        "name": "small/1.0.0",
        **titles,
        "note_en": "A proposal.",
        "note_zh": "建议。",
        "standards": [{"name": name, "rank": 1, **titles} for name in items],
        "weights": {"equal": weights},
        "default_weights": "equal",
        "core_contents": [{"name": "core", **titles}],
        "validity": {
            "min_answered_items": "1/2",
            "min_standards": len(items),
            "min_answered_weight": "3/4",
        },
        "met": "2/3",
        "k": ["1/3", "1/2"],
        "headline_k": "1/2",
        "missing_codes": ["dk", "rf"],
        "disaggregations": [{"name": "sex", "question": "sex", **titles}],
        "items": [
            {
                "name": f"{standard}_{number}",
                "question": f"{standard}_{number}",
                "standard": standard,
                "core_content": "core",
                "cutoff": 6,
                "scores": {"yes": 12, "no": 0},
            }
            for standard, many in items.items()
            for number in range(many)
        ],
    } | changes


def small_scheme(items: Mapping[str, int], **changes: Any) -> SchemeSpec:
    return parse_scheme(small_document(items, **changes))
