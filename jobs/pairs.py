"""The job `pairs`: which products go together, and which follow one another.

es/mappings/pairs.py defines the figures.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import ibis

from es.lease import Lease
from es.mappings import events as fields
from es.mappings import pairs as output
from jobs.event_weights import VIEWS
from jobs.export import export_events
from jobs.job import Workplace
from jobs.output import Document, publish
from jobs.tables import Table, database, events_table, rows, with_person

BOUGHT = "order_placed"
# A session or a buyer with more products says little of any two of them, and costs the square.
MOST_PRODUCTS = 50
LEAST_COUNT = {output.VIEWED_TOGETHER: 3, output.BOUGHT_TOGETHER: 2, output.BOUGHT_AFTER: 2}
KEPT = 50
AFTER = timedelta(days=90)
_FIGURES = ("count", "support", "confidence", "lift", "score")


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of pairs. Figures: `products` that have any, `pairs` in all."""
    files = export_events(place, lease, place.settings.events_days)
    counted = {"pairs": 0}
    with database(place.settings, place.folder) as connection:
        oldest = (place.now - timedelta(days=place.settings.events_days)).replace(tzinfo=None)
        events = events_table(connection, files).filter(lambda t: t[fields.TIMESTAMP] >= oldest)
        documents = _documents(rows(connection, all_pairs(events)), place.now.isoformat(), counted)
        products = publish(place, lease, output.KIND, output.definition(), documents)
    return {"products": products, **counted}


def all_pairs(events: Table) -> Table:
    """Rows of (product_id, relation, rank, other, count, support, confidence, lift, score), in that order."""
    relations = {
        output.VIEWED_TOGETHER: together(viewed(events), LEAST_COUNT[output.VIEWED_TOGETHER]),
        output.BOUGHT_TOGETHER: together(ordered(events), LEAST_COUNT[output.BOUGHT_TOGETHER]),
        output.BOUGHT_AFTER: after(bought(events), LEAST_COUNT[output.BOUGHT_AFTER]),
    }
    named = [best(pairs).mutate(relation=ibis.literal(name)) for name, pairs in relations.items()]
    return ibis.union(*named).order_by("product_id", "relation", "rank")


def viewed(events: Table) -> Table:
    """(basket, product_id): the products looked at in each session."""
    seen = events.filter(
        events[fields.TYPE].isin(VIEWS) & events[fields.PRODUCT_ID].notnull() & events[fields.SESSION_ID].notnull()
    )
    return seen.select(basket=seen[fields.SESSION_ID], product_id=seen[fields.PRODUCT_ID]).distinct()


def ordered(events: Table) -> Table:
    """(basket, product_id): the products of each order."""
    lines = events.filter((events[fields.TYPE] == BOUGHT) & events[fields.ORDER_ID].notnull())
    return lines.select(basket=lines[fields.ORDER_ID], product_id=lines[fields.PRODUCT_ID]).distinct()


def bought(events: Table) -> Table:
    """(basket, product_id, at): when each buyer first bought each product."""
    lines = with_person(events).filter(lambda t: (t[fields.TYPE] == BOUGHT) & t.person.notnull())
    return lines.group_by(basket="person", product_id=fields.PRODUCT_ID).aggregate(at=lines[fields.TIMESTAMP].min())


def together(baskets: Table, least: int) -> Table:
    """Pairs of products in the same baskets, both ways round, with their figures."""
    small = _small(baskets)
    other = small.view()
    both = small.join(other, (small.basket == other.basket) & (small.product_id != other.product_id))
    counts = both.select(product_id=small.product_id, other=other.product_id)
    return _with_figures(_counted(counts, least), baskets)


def after(purchases: Table, least: int) -> Table:
    """Pairs of a product and one that the same buyers bought later, within AFTER."""
    small = _small(purchases)
    later = small.view()
    both = small.join(
        later,
        (small.basket == later.basket)
        & (later["at"] > small["at"])
        & (later["at"] <= small["at"] + ibis.interval(days=AFTER.days)),
    )
    counts = both.select(product_id=small.product_id, other=later.product_id)
    return _with_figures(_counted(counts, least), purchases)


def best(pairs: Table) -> Table:
    """The KEPT best of each product, with their rank from 0; ties in the order of their ids."""
    window = ibis.window(group_by=pairs.product_id, order_by=[pairs.score.desc(), pairs.other.asc()])
    return pairs.mutate(rank=ibis.row_number().over(window)).filter(lambda t: t["rank"] < KEPT)


def _small(baskets: Table) -> Table:
    sizes = baskets.group_by("basket").aggregate(size=lambda t: t.count())
    return baskets.semi_join(sizes.filter((sizes["size"] > 1) & (sizes["size"] <= MOST_PRODUCTS)), "basket")


def _counted(pairs: Table, least: int) -> Table:
    counts = pairs.group_by("product_id", "other").aggregate(count=lambda t: t.count())
    return counts.filter(counts["count"] >= least)


def _with_figures(pairs: Table, baskets: Table) -> Table:
    """Adds support, confidence, lift and score, by the numbers of baskets of each product and of all."""
    # A basket has a product once, so rows are baskets: counting different ones would hold every id once more.
    sizes = baskets.group_by("product_id").aggregate(baskets=lambda t: t.count())
    this = sizes.select(this_id=sizes.product_id, this_baskets=sizes.baskets)
    that = sizes.select(that_id=sizes.product_id, that_baskets=sizes.baskets)
    total = baskets.select("basket").distinct().aggregate(total=lambda t: t.count())
    joined = pairs.join(this, pairs.product_id == this.this_id)
    joined = joined.join(that, joined.other == that.that_id).cross_join(total)
    count = joined["count"].cast("float64")
    figures = joined.mutate(
        support=count / joined.total,
        confidence=count / joined.this_baskets,
        lift=count * joined.total / (joined.this_baskets * joined.that_baskets),
        score=count / (joined.this_baskets * joined.that_baskets).cast("float64").sqrt(),
    )
    return figures.select("product_id", "other", *_FIGURES)


def _documents(found: Iterator[dict[str, Any]], computed_at: str, counted: dict[str, int]) -> Iterator[Document]:
    for product_id, of_product in groupby(found, key=itemgetter("product_id")):
        document: dict[str, Any] = {output.PRODUCT_ID: product_id, output.COMPUTED_AT: computed_at}
        for row in of_product:
            figures = {name: row[name] for name in _FIGURES}
            document.setdefault(row["relation"], []).append({"product_id": row["other"], **figures})
            counted["pairs"] += 1
        yield product_id, document
