"""A request for recommendations, checked. Pure."""

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from app.problems import BadRequest
from app.recommend.contract import Placement, RecommendationRequest
from app.recommend.placements import no_such
from shop.rules.matching import Context

MAX_LIMIT: Final = 50
MAX_CART: Final = 100
DEFAULT_LIMIT: Final = 8
_MAX_ID: Final = 512
_MAX_BUDGET: Final = Decimal(10) ** 12
NAMES: Final = (
    "placement", "customer_id", "session_id", "product_id", "category", "limit", "min_similarity", "budget", "cart",
    "device", "segment",
)  # fmt: skip


class Asked(NamedTuple):
    """What is asked, and what rules look at besides."""

    request: RecommendationRequest
    device: str
    segment: str


def read_request(raw: Mapping[str, Any], placements: Collection[str]) -> Asked:
    """The request from parameters or a body. Raises BadRequest naming everything that is wrong."""
    problems: list[tuple[str, str]] = []
    for name in raw:
        if name not in NAMES:
            problems.append((str(name)[:60], no_such("parameter", str(name), NAMES)))
    placement = _text(raw, "placement", problems) or Placement.HOME
    if placement not in placements:
        problems.append(("placement", no_such("placement", placement, placements)))
    request = RecommendationRequest(
        placement=placement,
        customer_id=_text(raw, "customer_id", problems),
        session_id=_text(raw, "session_id", problems),
        product_id=_text(raw, "product_id", problems),
        category=_text(raw, "category", problems),
        cart=_cart(raw.get("cart"), problems),
        limit=_limit(raw.get("limit"), problems),
        min_similarity=_fraction(raw.get("min_similarity"), problems),
        budget=_budget(raw.get("budget"), problems),
    )
    device, segment = _text(raw, "device", problems), _text(raw, "segment", problems)
    if problems:
        raise BadRequest(problems)
    return Asked(request, device, segment)


def context_of(asked: Asked) -> Context:
    """What merchandising rules look at."""
    request = asked.request
    categories = (request.category,) if request.category else ()
    constraints = {"category": categories} if categories else {}
    return Context("recommend", "", constraints, categories, asked.device, asked.segment)


def _text(raw: Mapping[str, Any], name: str, problems: list[tuple[str, str]]) -> str:
    value = raw.get(name)
    if value is None or value == "":
        return ""
    # Shops number their customers and products; 17 and "17" are one id.
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > _MAX_ID:
        problems.append((name, f"{name} must be a text of at most {_MAX_ID} characters"))
        return ""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        problems.append((name, f"{name} must not hold control characters"))
        return ""
    return text.strip()


def _cart(value: Any, problems: list[tuple[str, str]]) -> tuple[str, ...]:  # noqa: ANN401 - whatever was sent
    listed = [part for part in value.split(",") if part] if isinstance(value, str) else value
    if listed is None:
        return ()
    if not isinstance(listed, list | tuple) or len(listed) > MAX_CART:
        problems.append(("cart", f"cart must be a list of at most {MAX_CART} product ids"))
        return ()
    found = [_text({"cart": one}, "cart", problems) for one in listed]
    return tuple(dict.fromkeys(one for one in found if one))


def _limit(value: Any, problems: list[tuple[str, str]]) -> int:  # noqa: ANN401
    if value is None or value == "":
        return DEFAULT_LIMIT
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_LIMIT):
        problems.append(("limit", f"limit must be a whole number from 1 to {MAX_LIMIT}"))
        return DEFAULT_LIMIT
    return int(text)


def _fraction(value: Any, problems: list[tuple[str, str]]) -> float | None:  # noqa: ANN401
    if value is None or value == "":
        return None
    number = _decimal(value)
    if number is None or not 0 <= number <= 1:
        problems.append(("min_similarity", "min_similarity must be a number from 0 to 1"))
        return None
    return float(number)


def _budget(value: Any, problems: list[tuple[str, str]]) -> Decimal | None:  # noqa: ANN401
    if value is None or value == "":
        return None
    number = _decimal(value)
    if number is None or not 0 <= number < _MAX_BUDGET:
        problems.append(("budget", "budget must be a price, such as 49.90"))
        return None
    return number


def _decimal(value: Any) -> Decimal | None:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
