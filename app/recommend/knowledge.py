"""What recommenders read: what shoppers did, what jobs learned from it, and the live catalogue."""

from typing import Any, Final

from app.recommend.generations import LiveGenerations
from app.recommend.learned_rows import LearnedRows
from app.recommend.listings import Listings
from app.recommend.places import Places
from app.recommend.reads import Reads
from app.recommend.shoppers import Shoppers
from app.recommend.warming import Warming
from es.names import IndexNames
from shop.events.recent import RecentEvents

ROWS_KEPT: Final = 10_000
_LOOK_S: Final = 1.0


class Knowledge:
    """Reads of one shop, by what they are about. All raise EngineError."""

    def __init__(
        self,
        reads: Reads,
        names: IndexNames,
        recent: RecentEvents | None = None,
        live: LiveGenerations | None = None,
        *,
        rows: int = ROWS_KEPT,
        warmed: int = 0,
    ) -> None:
        """`recent`: what was just sent and is not stored yet; None where events are stored before they are answered.
        `live`: which generations are live; None: nothing of what jobs learned is kept between requests. `rows`: so many
        rows of each kind are; `warmed`: of so many products they are read before anybody asks."""
        self._reads = reads
        self._products = names.products
        self._live = live
        self.shoppers = Shoppers(reads, names, recent)
        self.learned = LearnedRows(reads, names, live, rows)
        self.places = Places(reads, names, live)
        self.listings = Listings(reads, names)
        self._warming = Warming(self.learned, self.places, most=min(rows, warmed), every_s=_LOOK_S)

    async def start(self) -> None:
        """Begins to look which generations are live, and to read what many will ask for."""
        if self._live is not None:
            await self._live.start()
            self._warming.start()

    async def close(self) -> None:
        """Gives up the reads that are under way."""
        await self._warming.stop()
        if self._live is not None:
            await self._live.stop()
        await self._reads.close()

    async def products(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The hits of any search of the live catalogue; none where it asks for none."""
        if not body.get("size", 1):
            return []
        answer = await self._reads.search(self._products, body)
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits
