"""Whether the service may begin to listen as it is set up."""

from datetime import UTC, datetime

import structlog

from app.access.settings import AccessMode, AccessSettings
from app.settings import ServiceSettings, is_loopback
from es.client import connect_async
from es.errors import EngineError
from es.names import IndexNames
from es.settings import EngineSettings
from shop.keys.store import KeyStore

log = structlog.get_logger(__name__)


async def access_problem(access: AccessSettings, settings: ServiceSettings, engine: EngineSettings, url: str) -> str:
    """Why it must not; empty where it may. Where keys cannot be read yet it may: every request is refused until they
    can."""
    if access.access is AccessMode.OPEN:
        if not is_loopback(settings.host):
            log.warning("open to everybody who reaches the port: SHOPSCOUT_ACCESS=open", host=settings.host)
        return ""
    client = connect_async(engine, url)
    try:
        snapshot = await KeyStore(client, IndexNames(engine.index_prefix)).snapshot()
    except EngineError as error:
        log.warning("keys not read yet; requests are refused until they are", reason=str(error))
        return ""
    finally:
        await client.close()
    local = access.access is AccessMode.AUTO and is_loopback(settings.host)
    if local and not snapshot.state:
        log.warning("open to everybody on this machine: no key was made yet (`python -m app keys create`)")
        return ""
    now = datetime.now(UTC)
    if local or any(key.state(now) == "active" for key in snapshot.keys.values()):
        return ""
    return (
        f"The API would listen on {settings.host} and no key would open it; make one with `python -m app keys create "
        "--name NAME --scopes admin,search`, or listen on this machine alone with SHOPSCOUT_HOST=127.0.0.1."
    )
