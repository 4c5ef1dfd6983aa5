"""The job `feedback`: what became of every list of recommendations. es/mappings/feedback.py defines the figures,
shop/feedback/figures.py their formulas."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

import ibis

from es.client import translated
from es.errors import IndexMissing
from es.lease import Lease
from es.mappings import events as fields
from es.mappings import feedback as output
from jobs.event_weights import CART, ORDER, VIEW
from jobs.export import export_events, export_segments
from jobs.job import Workplace
from jobs.output import Document, publish
from jobs.tables import Table, database, events_table, rows, segments_table
from shop.feedback.distinct import DIGITS, KEPT
from shop.feedback.figures import ATTRIBUTED, EXPECTED, FOR_EVERYBODY, SUMS
from shop.feedback.store import midnight

SEPARATOR = "/"
DIMENSIONS = ("all", "algorithm", "placement", "placement_algorithm", "segment")
_ONE = ("list", "product")


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of feedback. Figures: `groups` written, `lists` and `purchases` that they count."""
    since = midnight(place.now - timedelta(days=place.settings.feedback_days))
    files = export_events(place, lease, place.settings.feedback_days + 1)
    segments = export_segments(place)
    counted = {"lists": 0, "purchases": 0}
    with database(place.settings, place.folder) as connection:
        events = events_table(connection, files).filter(lambda t: t[fields.TIMESTAMP] >= since.replace(tzinfo=None))
        events = events.filter(events[fields.TIMESTAMP] <= place.now.replace(tzinfo=None))
        # Read by each of the next two more than once, and dear: a row for each product of each list.
        lists = connection.kept("lists", shown(events))
        clicked = connection.kept("clicked", clicks(events, lists))
        taken = connection.kept("taken", attributed(events, lists, clicked))
        followed = connection.kept("followed", outcomes(events, lists, clicked, taken))
        by_segment = segments_table(connection, segments)
        found = (rows(connection, groups_of(one, followed, taken, by_segment)) for one in DIMENSIONS)
        definition = output.definition(since.date().isoformat(), place.now.isoformat())
        documents = _documents(chain.from_iterable(found), counted, _catalogue(place))
        written = publish(place, lease, output.KIND, definition, documents)
    return {"groups": written, **counted}


def shown(events: Table) -> Table:
    """One row a list and product: when, where, by which algorithm and to whom it was first shown."""
    lists = events.filter(
        (events[fields.TYPE] == "impression")
        & events[fields.RECOMMENDATION_ID].notnull()
        & events[fields.PRODUCT_ID].notnull()
    )
    return lists.group_by(list=fields.RECOMMENDATION_ID, product=fields.PRODUCT_ID).aggregate(
        day=lists[fields.TIMESTAMP].min().strftime("%Y-%m-%d"),
        placement=lists[fields.PLACEMENT].fill_null("unknown").min(),
        algorithm=lists[fields.ALGORITHM].fill_null("unknown").min(),
        customer=lists[fields.CUSTOMER_ID].min(),
        session=lists[fields.SESSION_ID].min(),
        position=lists[fields.POSITION].fill_null(1).min(),
    )


def clicks(events: Table, lists: Table) -> Table:
    """(list, product, at, customer, session): clicks on products of `lists`, those that were shown."""
    found = events.filter(events[fields.TYPE] == "recommendation_click").select(
        list=fields.RECOMMENDATION_ID, product=fields.PRODUCT_ID, clicked_at=fields.TIMESTAMP,
        by_customer=fields.CUSTOMER_ID, by_session=fields.SESSION_ID,
    )  # fmt: skip
    return found.semi_join(lists, list(_ONE))


def attributed(events: Table, lists: Table, clicked: Table) -> Table:
    """(list, product, bought, order_id, revenue_milli): carts and orders, each with the list that it follows, of the
    `lists` shown and what was `clicked` in them."""
    taken = _taken(events)
    of_lists = lists.select(named_list="list", named_product="product")
    named = taken.inner_join(
        of_lists, (taken.named == of_lists.named_list) & (taken.product == of_lists.named_product)
    ).select("taking", first="named_list")
    by_customer = _by_click(taken, clicked, taken.customer == clicked.by_customer).rename(second="found")
    by_session = _by_click(taken, clicked, taken.session == clicked.by_session).rename(third="found")
    joined = taken.left_join(named, "taking").drop("taking_right")
    joined = joined.left_join(by_customer, "taking").drop("taking_right")
    joined = joined.left_join(by_session, "taking").drop("taking_right")
    found = joined.mutate(list=ibis.coalesce(joined["first"], joined.second, joined.third))
    return found.filter(found["list"].notnull()).select("list", "product", "bought", "order_id", "revenue_milli")


def _taken(events: Table) -> Table:
    """Carts and lines of orders; `taking` is an id of each."""
    found = events.filter(
        events[fields.TYPE].isin(["add_to_cart", "order_placed"]) & events[fields.PRODUCT_ID].notnull()
    )
    price = found[fields.ITEM_PRICE].fill_null(0) * found[fields.QUANTITY].fill_null(1)
    lines = found.select(
        taking=found.event_id.concat(" ", found[fields.PRODUCT_ID]), product=fields.PRODUCT_ID,
        bought=found[fields.TYPE] == "order_placed", named=fields.RECOMMENDATION_ID, customer=fields.CUSTOMER_ID,
        session=fields.SESSION_ID, order_id=fields.ORDER_ID, at=fields.TIMESTAMP, price=price,
    )  # fmt: skip
    keys = ["taking", "product", "bought", "named", "customer", "session", "order_id", "at"]
    return lines.group_by(keys).aggregate(revenue_milli=lines.price.sum().cast("int64"))


def _by_click(taken: Table, clicked: Table, same: Any) -> Table:  # noqa: ANN401 - a condition of Ibis
    """(taking, found): the list of the latest click of the same shopper on the product, within ATTRIBUTED."""
    pairs = taken.inner_join(
        clicked,
        [
            same,
            taken.product == clicked.product,
            clicked.clicked_at <= taken["at"],
            clicked.clicked_at >= taken["at"] - ibis.interval(days=ATTRIBUTED.days),
        ],
    )
    return pairs.group_by("taking").aggregate(found=pairs["list"].argmax(pairs.clicked_at))


def outcomes(events: Table, lists: Table, clicked: Table, taken: Table) -> Table:
    """One row a list and product shown, with what became of it, its reward and what its place was expected to get."""
    touched = clicked.select("list", "product").distinct().mutate(clicks=ibis.literal(1))
    followed = taken.group_by(_ONE).aggregate(
        carts=(~taken.bought).cast("int64").max(),
        orders_placed=taken.bought.cast("int64").max(),
        revenue_milli=taken.revenue_milli.sum(where=taken.bought).fill_null(0).cast("int64"),
    )
    told = events.filter(events[fields.TYPE] == "recommendation_feedback")
    told = told.group_by(list=fields.RECOMMENDATION_ID, product=fields.PRODUCT_ID).aggregate(
        likes=(told[fields.VERDICT] == "like").cast("int64").sum(),
        dislikes=told[fields.VERDICT].isin(["dislike", "dismiss"]).cast("int64").sum(),
        said_bought=(told[fields.VERDICT] == "purchase").cast("int64").max(),
    )
    joined = lists
    for other in (touched, followed, told, _usual(lists)):
        on = ["day", "product"] if "usual" in other.columns else list(_ONE)
        joined = joined.left_join(other, on).drop(*(f"{name}_right" for name in on))
    counts = ("clicks", "carts", "orders_placed", "revenue_milli", "likes", "dislikes", "said_bought", "usual")
    joined = joined.mutate(**{name: joined[name].fill_null(0) for name in counts})
    joined = joined.mutate(purchases=ibis.greatest(joined.orders_placed, joined.said_bought))
    joined = joined.mutate(
        unexpected=joined.clicks * (1 - joined.usual),
        reward=(
            joined.clicks * VIEW + joined.carts * CART + joined.purchases * ORDER
            + ibis.least(joined.likes, 1) - ibis.least(joined.dislikes, 1)
        ).cast("float64"),
    )  # fmt: skip
    joined = joined.mutate(seen=1 / (ibis.greatest(joined.position, 1) + 1).log2())
    placement = ibis.window(group_by=joined.placement)
    expected = joined.seen * joined.reward.sum().over(placement) / joined.seen.sum().over(placement)
    return joined.mutate(expected=expected).drop("orders_placed", "said_bought", "usual", "seen")


def _usual(lists: Table) -> Table:
    """(day, product, usual = 1): what the lists for everybody showed most on each day."""
    times = (
        lists.filter(lists.algorithm.isin(sorted(FOR_EVERYBODY)))
        .group_by("day", "product")
        .aggregate(times=lambda t: t.count())
    )
    window = ibis.window(group_by=times.day, order_by=[times.times.desc(), times["product"].asc()])
    ranked = times.mutate(rank=ibis.row_number().over(window))
    return ranked.filter(ranked["rank"] < EXPECTED).select("day", "product", usual=ibis.literal(1))


def groups(followed: Table, taken: Table, segments: Table) -> Table:
    """One row a day, dimension and value: SUMS, reward, expected and the hashes of the products shown."""
    return ibis.union(*(groups_of(dimension, followed, taken, segments) for dimension in DIMENSIONS))


def groups_of(dimension: str, followed: Table, taken: Table, segments: Table) -> Table:
    """The groups of one dimension. One after the other they need a fifth of the memory that all at once take."""
    every = with_value(dimension, followed, segments)
    keys = ["day", "dimension", "value"]
    added = ("clicks", "carts", "purchases", "revenue_milli", "unexpected", "likes", "dislikes")
    sums = every.group_by(keys).aggregate(
        lists=every["list"].nunique(),
        visits=every.session.nunique(),
        impressions=every.count(),
        **{name: every[name].sum().cast("int64") for name in added},
        reward=every.reward.sum(),
        expected=every.expected.sum(),
    )
    bought = taken.filter(taken.bought & taken.order_id.notnull()).select("list", "product", "order_id")
    ordered = with_value(dimension, followed.inner_join(bought, list(_ONE)), segments)
    orders = ordered.group_by(keys).aggregate(orders=ordered.order_id.nunique())
    joined = sums
    for other in (orders, _hashes(every)):
        joined = joined.left_join(other, keys).drop(*(f"{name}_right" for name in keys))
    return joined.mutate(orders=joined.orders.fill_null(0))


def _hashes(every: Table) -> Table:
    """(day, dimension, value, products): the KEPT smallest hashes of the products of each group."""
    keys = ["day", "dimension", "value"]
    shown_ones = every.select(*keys, "product").distinct()
    hashed = shown_ones.select(*keys, hash=shown_ones["product"].hexdigest("md5").substr(0, DIGITS)).distinct()
    window = ibis.window(group_by=[hashed[name] for name in keys], order_by=hashed.hash)
    ranked = hashed.mutate(rank=ibis.row_number().over(window))
    least = ranked.filter(ranked["rank"] < KEPT)
    return least.group_by(keys).aggregate(products=least.hash.collect())


def with_value(dimension: str, followed: Table, segments: Table) -> Table:
    """Each row with `dimension` and `value`; for segments, once for each segment of the customer."""
    if dimension == "segment":
        known = segments.select(known_customer="customer", segment="segment")
        table = followed.left_join(known, followed.customer == known.known_customer)
        value = table.segment.fill_null("unknown")
    else:
        table = followed
        value = {
            "all": ibis.literal("all"),
            "algorithm": followed.algorithm,
            "placement": followed.placement,
            "placement_algorithm": followed.placement.concat(SEPARATOR, followed.algorithm),
        }[dimension]
    return table.mutate(dimension=ibis.literal(dimension), value=value).select(*followed.columns, "dimension", "value")


def _catalogue(place: Workplace) -> int:
    """Products of the live catalogue; 0 where there is none."""
    try:
        with translated():
            return int(place.client.count(index=place.names.products)["count"])
    except IndexMissing:
        return 0


def _documents(found: Iterator[dict[str, Any]], counted: dict[str, int], catalogue: int) -> Iterator[Document]:
    for row in found:
        key = "\n".join((row["day"], row["dimension"], row["value"]))
        if row["dimension"] == "all":
            counted["lists"] += row["lists"]
            counted["purchases"] += row["purchases"]
        document = {name: row[name] for name in (output.DAY, output.DIMENSION, output.VALUE, *SUMS)}
        document |= {output.REWARD: row["reward"], output.EXPECTED: row["expected"]}
        document |= {output.PRODUCTS: sorted(row["products"]), output.CATALOGUE: catalogue}
        # Values may be longer than an id.
        yield hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(), document
