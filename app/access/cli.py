"""`python -m app keys`: keys of the API made, listed, revoked, rotated. A key is shown once, when it is made."""

import argparse
import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from es.client import connect_async
from es.errors import EngineError
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings, setting_problems
from shop.keys.errors import KeyRefused
from shop.keys.key import ApiKey, KeyKind, Scope, new_key
from shop.keys.store import KeyStore

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def main(argv: Sequence[str], engine: EngineSettings | None = None) -> int:
    """Exit codes: 0 done, 1 Elasticsearch cannot be had, 2 what is asked for makes no sense."""
    args = parser().parse_args(argv)
    try:
        engine = engine or EngineSettings()
        return asyncio.run(_with_store(engine, lambda store: args.do(store, args)))
    except ValidationError as error:
        print(setting_problems(error), file=sys.stderr)
        return 2
    except KeyRefused as error:
        print(error, file=sys.stderr)
        return 2
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1


def duration(text: str) -> timedelta:
    """90m, 36h or 30d; 0: none."""
    found = re.fullmatch(r"(\d{1,5})([mhd])", text)
    if text == "0":
        return timedelta(0)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no time; write 90m, 36h or 30d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


async def _with_store(engine: EngineSettings, do: Callable[[KeyStore], Awaitable[int]]) -> int:
    client = connect_async(engine, ensure_server(engine))
    try:
        return await do(KeyStore(client, IndexNames(engine.index_prefix), deadline_s=engine.es_timeout_s))
    finally:
        await client.close()


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m app keys", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    create = commands.add_parser("create", help="make a key")
    create.add_argument("--name", required=True, help="what uses it, such as shop-backend")
    create.add_argument("--scopes", required=True, help=f"separated by commas: {', '.join(Scope)}")
    create.add_argument("--public", action="store_true", help="for browsers; needs --origin")
    create.add_argument("--origin", action="append", default=[], help="origin of the shop's pages; may be repeated")
    create.add_argument("--expires", type=duration, metavar="TIME", help="90m, 36h or 30d; by default never")
    create.add_argument("--per-minute", type=int, default=0, help="requests a minute, in place of the service's limit")
    create.set_defaults(do=_create)
    commands.add_parser("list", help="keys, without their secrets").set_defaults(do=_list)
    revoke = commands.add_parser("revoke", help="end a key within seconds")
    revoke.add_argument("key_id")
    revoke.set_defaults(do=_revoke)
    rotate = commands.add_parser("rotate", help="make a key like another one, which goes on for a while")
    rotate.add_argument("key_id")
    rotate.add_argument("--overlap", type=duration, default=timedelta(hours=24), metavar="TIME", help="by default 24h")
    rotate.set_defaults(do=_rotate)
    commands.add_parser("prune", help="forget keys revoked or expired for 30 days").set_defaults(do=_prune)
    return top


async def _create(store: KeyStore, args: argparse.Namespace) -> int:
    key, written = new_key(
        args.name,
        KeyKind.PUBLIC if args.public else KeyKind.SERVER,
        [name.strip() for name in args.scopes.split(",") if name.strip()],
        origins=args.origin,
        per_minute=args.per_minute,
        lasts=args.expires,
    )
    await store.add(key)
    _show(key, written)
    return 0


async def _list(store: KeyStore, _: argparse.Namespace) -> int:
    keys = (await store.snapshot()).keys
    if not keys:
        print("There is no key yet; make one with `python -m app keys create`.")
        return 0
    now = datetime.now(UTC)
    rows = [("ID", "STATE", "KIND", "SCOPES", "CREATED", "EXPIRES", "LAST USED", "NAME")]
    rows += [
        (
            key.key_id,
            key.state(now),
            key.kind.value,
            ",".join(sorted(key.scopes)),
            _day(key.created),
            _day(key.expires),
            _day(key.last_used),
            key.name + "".join(f" {origin}" for origin in sorted(key.origins)),
        )
        for key in keys.values()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]))
    return 0


async def _revoke(store: KeyStore, args: argparse.Namespace) -> int:
    key = await store.revoke(args.key_id)
    print(f"Key {key.key_id} ({key.name}) is revoked; every process refuses it within seconds.")
    return 0


async def _rotate(store: KeyStore, args: argparse.Namespace) -> int:
    key, written = await store.rotate(args.key_id, args.overlap)
    _show(key, written)
    hours = args.overlap / timedelta(hours=1)
    print(f"Key {args.key_id} is good for {hours:g} hours more.", file=sys.stderr)
    return 0


async def _prune(store: KeyStore, _: argparse.Namespace) -> int:
    print(f"{await store.prune()} keys forgotten.")
    return 0


def _show(key: ApiKey, written: str) -> None:
    """The key alone on stdout, so that a script can take it."""
    print(f"Key {key.key_id} for {key.name}. It is shown this once; keep it where secrets are kept.", file=sys.stderr)
    print(written)


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else "-"
