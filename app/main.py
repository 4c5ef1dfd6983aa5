"""The HTTP service put together. Nothing happens at import: `create_app` makes an app, its lifespan opens it."""

import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app import logs, openapi, problems
from app.access.guard import Guard
from app.access.service import Gate
from app.analytics.routes import router as analytics_routes
from app.body_limit import BodyLimit
from app.chat.routes import router as chat_routes
from app.deadlines import deadlines_of
from app.door import DOOR, Door
from app.events.models import schemas as event_schemas
from app.events.routes import events
from app.events.routes import router as event_routes
from app.from_zero import from_zero
from app.health.routes import router as health_routes
from app.llm.routes import router as language_model_routes
from app.meter import meter
from app.metrics.routes import router as metric_routes
from app.opening import Configuration, open_services
from app.products.change_routes import router as change_routes
from app.products.routes import quick_product
from app.products.routes import router as product_routes
from app.prometheus.routes import router as prometheus_routes
from app.quick_route import QuickRoute
from app.recommend.routes import recommend
from app.recommend.routes import router as recommend_routes
from app.rules.routes import router as rule_routes
from app.search.picture_routes import router as picture_routes
from app.search.routes import router as search_routes
from app.search.routes import search
from app.search.similar.routes import router as similar_routes
from app.search.understanding.routes import router as understand_routes
from app.suggest.routes import quick_suggest
from app.suggest.routes import router as suggest_routes
from es.settings import EngineSettings

WEB = Path(__file__).parent.parent / "web"

QUICK = (
    QuickRoute("/api/events", events, "POST"),
    QuickRoute("/api/search", search),
    QuickRoute("/api/products/{product_id}", quick_product),
    QuickRoute("/api/recommendations", recommend),
    QuickRoute("/api/suggest", quick_suggest),
)

# The page runs nothing but its own files; a shop's pictures may come from anywhere.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: http: data: blob:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'; object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Asked for again each time, so that a new version is seen at once; 304 where nothing changed.
    "Cache-Control": "no-cache",
}

DESCRIPTION = """
Search for online shops on Elasticsearch: words and meaning together, facets that count exactly, filters on any
attribute.

Errors are `application/problem+json` (RFC 9457): `type` is stable, `detail` says what to do, `errors` names each
wrong parameter. 503 answers carry `Retry-After`.
"""


def create_app(asked: Configuration | None = None) -> FastAPI:
    """An app over one shop; without a configuration everything is read from the environment."""
    asked = asked or Configuration()
    gate = Gate(asked.access, asked.service.host)
    deadlines = deadlines_of(asked.service, asked.recommend)
    door = Door(asked.access.max_concurrent_requests, lambda: gate.origins, deadlines=deadlines)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with open_services(asked, gate) as services:
            app.state.services = services
            plans = services.recommend.placements.values()
            from_zero(meter(), routers, {name for plan in plans for name in plan.recommenders})
            yield {DOOR: door}
            door.tell()

    app = FastAPI(title="shopscout", version=version("shopscout"), description=DESCRIPTION, lifespan=lifespan)
    app.add_middleware(BodyLimit, max_bytes=int(asked.service.max_body_mb * 1e6))
    app.add_middleware(Guard, gate=gate, settings=asked.access, door=door)
    app.add_middleware(logs.RequestLog)
    problems.install(app)
    searching = (search_routes, understand_routes, suggest_routes, picture_routes, similar_routes, analytics_routes)
    shopping = (product_routes, change_routes, event_routes, rule_routes, recommend_routes, chat_routes, metric_routes)
    operating = (language_model_routes, health_routes, prometheus_routes)
    routers = (*searching, *shopping, *operating)
    for router in routers:
        app.include_router(router)
    app.router.routes[:0] = QUICK
    _serve_pages(app, asked.engine, asked.access.page_key)
    openapi.describe(app, event_schemas())
    return app


def _serve_pages(app: FastAPI, engine: EngineSettings, key: str) -> None:
    """The search page with its key, and the pictures of the demo catalogue where there are any."""

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page() -> Response:
        if not key:
            return FileResponse(WEB / "index.html", headers=PAGE_HEADERS)
        told = f'<meta name="shopscout-key" content="{html.escape(key)}">'
        text = (WEB / "index.html").read_text(encoding="utf-8").replace("<head>", f"<head>\n  {told}", 1)
        return HTMLResponse(text, headers=PAGE_HEADERS)

    app.mount("/static", PageFiles(directory=WEB / "static", check_dir=False), name="static")
    pictures = engine.cache_dir / "demo" / "pictures"
    app.mount("/pictures", PageFiles(directory=pictures, check_dir=False), name="pictures")


class PageFiles(StaticFiles):
    """Files of a folder that may not be there yet: without the demo there are no pictures of it."""

    async def check_config(self) -> None:
        try:
            await super().check_config()
        except RuntimeError:
            raise HTTPException(404) from None
