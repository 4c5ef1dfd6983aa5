"""Each request's own deadline."""

import pytest

from app.access.scopes import need_of
from app.deadlines import Deadlines, deadlines_of
from app.recommend.settings import RecommendSettings
from app.settings import ServiceSettings


def test_what_is_not_said_is_as_the_settings_have_it() -> None:
    fields = ServiceSettings.model_fields
    usual = Deadlines()
    assert usual.search_s == fields["search_deadline_s"].default
    assert usual.events_s == fields["events_deadline_s"].default
    assert usual.changes_s == fields["changes_deadline_s"].default
    assert usual.lists_s == RecommendSettings.model_fields["deadline_s"].default


@pytest.mark.parametrize(
    ("method", "path", "deadline_s"),
    [
        ("GET", "/api/search", 3.0),
        ("POST", "/api/search", 3.0),
        ("GET", "/api/products/p1", 3.0),
        ("GET", "/api/products/p1/similar", 3.0),
        ("POST", "/api/products/batch", 3.0),
        ("GET", "/api/suggest", 3.0),
        ("GET", "/api/recommendations", 4.0),
        ("POST", "/api/recommendations", 4.0),
        ("POST", "/api/events", 5.0),
        ("POST", "/api/feedback", 5.0),
        ("PUT", "/api/products/p1", 6.0),
        ("PATCH", "/api/products/a/b", 6.0),
        ("DELETE", "/api/products/p1", 6.0),
    ],
)
def test_each_request_has_the_deadline_of_what_answers_it(method: str, path: str, deadline_s: float) -> None:
    service = ServiceSettings(search_deadline_s=3, events_deadline_s=5, changes_deadline_s=6)
    deadlines = deadlines_of(service, RecommendSettings(deadline_s=4))
    assert deadlines.of(path, need_of(method, path)) == deadline_s
