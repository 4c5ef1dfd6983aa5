"""The sample of a catalogue, from which a search learns its words, is the same after a reload."""

import math
import random
from collections import Counter

import pytest

from es.client import connect_async
from es.names import IndexNames
from es.wire import Wire
from shop.products import vocabulary
from shop.products.document import Product
from shop.products.reader import ProductReader
from shop.products.vocabulary import read_vocabulary
from tests.factory import product
from tests.shops import shop_of

pytestmark = pytest.mark.needs_es
SAMPLED = 25
COUNT = 2_000


async def sampled(es_url: str, products: list[Product]) -> list[str]:
    with shop_of(es_url, products, None) as engine:
        wire = Wire(engine)
        async with connect_async(engine) as client:
            reader = ProductReader(client, wire, IndexNames(engine.index_prefix))
            read = await read_vocabulary(reader, await reader.facts(), deadline_s=10)
        await wire.close()
    return [one.name for one in read.sample]


async def test_the_same_products_are_drawn_in_whatever_order_they_are_loaded(
    es_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "SAMPLE", SAMPLED)
    monkeypatch.setattr(vocabulary, "_PRODUCTS_A_REQUEST", 10)
    products = [product(f"sku-{n:03}", name=f"Mug {n:03}") for n in range(200)]
    mixed = random.Random(7).sample(products, len(products))
    drawn = await sampled(es_url, products)
    assert await sampled(es_url, mixed) == drawn
    assert len(drawn) == len(set(drawn)) == 30, "whole pages"
    numbers = [int(name[-3:]) for name in drawn]
    assert {number // 50 for number in numbers} == {0, 1, 2, 3}, "from all over the catalogue"
    assert numbers != sorted(numbers)


@pytest.mark.parametrize("pattern", ["sku-{:06}", "{}"])
async def test_no_stride_of_ids_has_more_than_its_share_of_the_sample(
    es_url: str, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    # A shop numbers colours and sizes of one thing one after the other: drawn by a stride it would lack some of them.
    monkeypatch.setattr(vocabulary, "SAMPLE", 400)
    monkeypatch.setattr(vocabulary, "_PRODUCTS_A_REQUEST", 400)
    drawn = await sampled(es_url, [product(pattern.format(n), name=f"Mug {n:04}") for n in range(COUNT)])
    numbers = [int(name[-4:]) for name in drawn]
    assert len(set(numbers)) == 400
    uneven = {stride: excess for stride in range(2, 101) if (excess := unevenness(numbers, stride)) > 5}
    assert uneven == {}


def unevenness(numbers: list[int], stride: int) -> float:
    """By how many of its standard deviations chi-square of the numbers' remainders is above what chance makes it."""
    expected = Counter(n % stride for n in range(COUNT))
    found = Counter(n % stride for n in numbers)
    share = len(numbers) / COUNT
    chi_square = sum((found[rest] - share * count) ** 2 / (share * count) for rest, count in expected.items())
    return (chi_square - (stride - 1)) / math.sqrt(2 * (stride - 1))
