"""The ranker of the live generation of neighbours, read for the service."""

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import IndexMissing
from es.mappings import neighbours as fields
from es.names import IndexNames
from shop.recommenders.served_hybrid import ServedHybrid


class RankerReader:
    """Reads of one shop. Asynchronous; every call has a deadline."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames) -> None:
        self._client = client
        self._alias = names.alias(fields.KIND)

    async def ranker(self, *, deadline_s: float) -> ServedHybrid | None:
        """The hybrid, ready to be asked; None where there was too little to learn it from.

        Raises IndexMissing where the job has never run, EngineTimeout, EngineUnavailable.
        """
        with translated():
            answer = await self._client.options(request_timeout=deadline_s).indices.get_mapping(index=self._alias)
        if not answer.body:
            raise IndexMissing("There are no neighbours yet: run `python -m jobs run neighbours`.")
        stored = next(iter(answer.body.values()))["mappings"]["_meta"].get(fields.RANKER)
        return None if stored is None else ServedHybrid.restored(stored)
