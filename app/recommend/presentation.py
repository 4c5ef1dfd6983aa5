"""The answer's JSON. Pure."""

import time
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from app.recommend.choosing import Choice
from app.recommend.reasons import sentence


def items_of(choices: Sequence[Choice], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Cards with place, score, algorithm and reason. `names`: of the products that reasons speak of."""
    return [
        {
            **_read(choice.option.card),
            "position": place,
            "score": round(choice.option.score, 6),
            "algorithm": choice.option.algorithm,
            "propensity": round(choice.propensity, 6),
            "reason": sentence(choice.option.reason, names),
            "reason_data": dict(choice.option.reason),
        }
        for place, choice in enumerate(choices, start=1)
    ]


def _read(card: Mapping[str, Any] | str) -> Mapping[str, Any]:
    if not isinstance(card, str):
        return card
    found: dict[str, Any] = orjson.loads(a2b_base64(card))
    return found


def answer_of(
    recommendation_id: str,
    placement: str,
    items: Sequence[dict[str, Any]],
    degraded: Sequence[str],
    cached: bool,
    started: float,
) -> dict[str, Any]:
    """The whole answer; `started`: of time.perf_counter."""
    return {
        "recommendation_id": recommendation_id,
        "placement": placement,
        "items": list(items),
        "degraded": list(degraded),
        "cached": cached,
        "took_ms": round((time.perf_counter() - started) * 1000, 1),
    }
