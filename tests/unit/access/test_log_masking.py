"""No secret and nothing personal is written to the logs."""

import pytest

from app.log_masking import mask, masked

KEY = "ssk_0123456789ab_" + "5f" * 32


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("5f5f", f"the key {KEY} was sent"),
        ("sig-nature", "Authorization: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjIn0.sig-nature"),
        ("c2VjcmV0OnNlY3JldA", "Basic c2VjcmV0OnNlY3JldA=="),
        ("c2VjcmV0OnNlY3JldA", "bearer c2VjcmV0OnNlY3JldA"),
        ("hunter2", "redis://shop:hunter2@redis.example:6379/0 does not answer"),
        ("anna", "write to anna.b@example.org"),
        ("4111", "card 4111 1111 1111 1111"),
        ("1234567", "call +49 170 1234567"),
    ],
)
def test_what_must_not_be_seen_is_masked(secret: str, text: str) -> None:
    assert secret not in mask(text)


def test_a_line_is_masked_to_its_depths() -> None:
    line = masked(
        None, "info", {"event": "x", "asked": {"words": [f"{KEY}", {"deep": KEY}]}, "exception": f"Error: {KEY}"}
    )
    assert "5f5f" not in str(line)
    assert "0123456789ab" in str(line), "which key it was can be told"


@pytest.mark.parametrize(
    "text",
    [
        "/api/search",
        "size 42",
        "shopscout-products-g20260501120000123456",
        "2026-05-01T12:00:00.123456Z",
        "took 1234.5 ms",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text
