"""Which server is meant: the one that the settings name, or the embedded one, started if it must be."""

import ssl
import urllib.error

from es.answers import ask
from es.errors import EngineRejected, EngineUnavailable
from es.settings import EngineSettings

OLDEST_MAJOR = 9


def ensure_server(settings: EngineSettings) -> str:
    """URL of the server to use: SHOPSCOUT_ES_URL as it stands, or else the embedded server's.

    The configured server is not asked whether it answers. The embedded one is fetched and started first if
    need be; EngineSetupError if that cannot be done.
    """
    if settings.es_url:
        return settings.es_url
    # Late, for what it imports (file locks) is not there on every system that can use a server elsewhere.
    from es.embedded import EmbeddedServer

    return EmbeddedServer(settings).start()


def check_configured(settings: EngineSettings, *, timeout_s: float = 10.0) -> str:
    """Version of the server at SHOPSCOUT_ES_URL, asked with the user, key and CA of the settings.

    EngineUnavailable if nothing answers there, EngineRejected if it refuses us, each saying what to mend.
    """
    headers = {"Authorization": settings.authorization} if settings.authorization else {}
    url = settings.es_url
    try:
        answer = ask(url, timeout_s=timeout_s, headers=headers, ca_cert=settings.es_ca_cert)
        version = str(answer["version"]["number"])
        major = int(version.partition(".")[0])
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            raise EngineRejected(
                f"{url} refuses these credentials ({error.code}); check SHOPSCOUT_ES_USER and "
                "SHOPSCOUT_ES_PASSWORD, or SHOPSCOUT_ES_API_KEY.",
                status=error.code,
            ) from error
        raise EngineUnavailable(f"{url} answers {error.code} {error.reason}.") from error
    except urllib.error.URLError as error:
        hint = "; check SHOPSCOUT_ES_CA_CERT" if isinstance(error.reason, ssl.SSLError) else ""
        raise EngineUnavailable(f"nothing answers at {url} ({error.reason}){hint}.") from error
    except OSError as error:
        raise EngineUnavailable(f"nothing answers at {url} ({error}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(f"what answers at {url} is not Elasticsearch.") from error
    if major < OLDEST_MAJOR:
        raise EngineRejected(f"{url} is Elasticsearch {version}; version {OLDEST_MAJOR} or newer is needed.")
    return version
