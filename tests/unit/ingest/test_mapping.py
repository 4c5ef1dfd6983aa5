"""Every key of a mapping file, and rows through it."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import MappingError
from ingest.feeds.row import BrokenRow, FeedRow
from ingest.mapping.file import FIELDS, AttributeRule, Condition, Expansion, MappingFile, Rule, read_mapping
from ingest.mapping.mapper import Mapper, identity
from ingest.normalize import GoodRow, Reject, Skipped, normalize
from ingest.summary import Summary
from shop.products.document import Product
from shop.products.stored import stored_form

ROOT = Path(__file__).parents[3]
BASE = {"product_id": "id", "name": "name", "price": "price"}
ROW = {"id": "1", "name": "Mug", "price": "5.00"}


def mapper(text: str, currency: str = "USD") -> Mapper:
    data = yaml.safe_load(text)
    data["fields"] = {**BASE, **data.get("fields", {})}
    return Mapper(MappingFile.model_validate(data), currency)


def product(text: str, row: dict[str, Any], currency: str = "USD") -> Product:
    found = list(normalize(FeedRow(1, {**ROW, **row}), mapper(text, currency)))
    assert len(found) == 1
    assert isinstance(found[0], GoodRow), found[0]
    return found[0].product


def reason(text: str, row: dict[str, Any]) -> str:
    found = next(normalize(FeedRow(7, {**ROW, **row}), mapper(text)))
    assert isinstance(found, Reject)
    assert found.place == 7
    return found.reason


@pytest.mark.parametrize(
    ("rule", "row", "brand"),
    [
        ("brand: maker", {"maker": "Acme"}, "Acme"),
        ("brand: [maker, supplier]", {"maker": " ", "supplier": "Acme"}, "Acme"),
        ("brand: {from: maker.name}", {"maker": {"name": "Acme"}}, "Acme"),
        ("brand: {from: makers.1.name}", {"makers": [{}, {"name": "Acme"}]}, "Acme"),
        ("brand: {from: 'makers[-1]'}", {"makers": ["x", "Acme"]}, "Acme"),
        ("brand: {from: makers.*.name}", {"makers": [{"x": 1}, {"name": "Acme"}]}, "Acme"),
        ("brand: {from: maker.name}", {"maker.name": "Acme"}, "Acme"),
        ("brand: {template: '{a} {b.c}'}", {"a": "Ac", "b": {"c": 3.0}}, "Ac 3"),
        ("brand: {template: '{a} {b}'}", {"a": "Acme"}, "Acme"),
        ("brand: {value: Acme}", {}, "Acme"),
        ("brand: {from: maker, default: Acme}", {"maker": None}, "Acme"),
        ("brand: {from: maker, json: true}", {"maker": '"Acme"'}, "Acme"),
        ("brand: {from: maker, html: true}", {"maker": "<b>Ac&amp;me</b>"}, "Ac&me"),
        ("brand: {from: maker, split: [';', '|']}", {"maker": " Acme ; Other"}, "Acme"),
        ("brand: {from: maker, map: {ACM: Acme}}", {"maker": "acm "}, "Acme"),
        ("brand: {from: maker, map: {ACM: Acme}}", {"maker": "Other"}, "Other"),
        ("brand: {from: maker, map: {'a*': Acme, '*': None of these}}", {"maker": "ABC"}, "Acme"),
        ("brand: {from: maker, map: {ACM: Acme}, else: Unknown}", {"maker": "Other"}, "Unknown"),
        ("brand: {from: maker, map: {ACM: Acme}, else: null}", {"maker": "Other"}, ""),
        ("brand: {from: maker, format: 'The {value} Co'}", {"maker": "Acme"}, "The Acme Co"),
        ("brand: {from: maker, max_length: 4}", {"maker": "Acme Ltd"}, "Acme"),
        ("brand: maker", {"maker": float("nan")}, ""),
        ("brand: maker", {"maker": 7}, "7"),
    ],
)
def test_where_a_value_comes_from_and_what_is_done_with_it(rule: str, row: dict[str, Any], brand: str) -> None:
    assert product(f"fields: {{{rule}}}", row).brand == brand


def test_prices_and_currencies() -> None:
    cents = "fields: {price: {from: cents, scale: 0.01}}"
    assert product(cents, {"cents": 4995}).price == Decimal("49.95")
    assert product("fields: {}", {"price": "1.299,00 €"}).model_dump(include={"price", "currency"}) == {
        "price": Decimal("1299.00"),
        "currency": "EUR",
    }
    assert product("fields: {currency: cur}", {"price": "5 €", "cur": "CHF"}).currency == "CHF"
    assert product("fields: {currency: cur}", {"cur": "£"}).currency == "GBP"
    assert product("fields: {}", {}, currency="SEK").currency == "SEK"
    assert product("fields: {price: {from: price, decimal: ','}}", {"price": "1.299"}).price == 1299
    assert "can be read in two ways" in reason("fields: {}", {"price": "1.299"})


def test_typed_fields() -> None:
    found = product(
        """
        fields:
          rating: {from: stars, scale: 0.05}
          review_count: reviews
          stock_quantity: stock
          created_at: {from: made, date: "%d.%m.%Y"}
          updated_at: changed
          target_gender: {from: sex, map: {F: female, M: male}}
          target_age: age
          category: {from: paths, split: ";", map: shops}
          categories: {from: paths, split: ";"}
          images: {collect: [main, others], format: "https://img.example/{value}"}
          features: {from: points, json: true}
        tables:
          shops: {"Garden/*": home_garden, "Sale*": null, "*": gifts}
        """,
        {
            "stars": "90", "reviews": "1,204", "stock": "0", "made": "31.03.2026", "changed": 1774960200,
            "sex": "f", "age": "Young Adults", "paths": "Sale/Summer;Garden/Pots", "main": "a.jpg",
            "others": ["b.jpg", None], "points": '["Light", "Warm"]',
        },
    )  # fmt: skip

    assert (found.rating, found.review_count, found.in_stock) == (4.5, 1204, False)
    assert found.created_at == datetime(2026, 3, 31, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 3, 31, 12, 30, tzinfo=UTC)
    assert (found.target_gender, found.target_age, found.category) == ("female", "young_adults", "home_garden")
    assert found.categories == ["Sale/Summer", "Garden/Pots"]
    assert found.images == ["https://img.example/a.jpg", "https://img.example/b.jpg"]
    assert found.features == ["Light", "Warm"]


def test_specifications_from_columns_prefixes_objects_and_lists() -> None:
    found = product(
        """
        json: [extra]
        specifications:
          - {name: Colour, from: cols, split: ","}
          - {prefix: t_, except: [t_secret]}
          - {prefix: n_, as: number}
          - {prefix: b_, as: boolean, rename: {colour: color_print}}
          - {object: extra, split: "|", html: true, as: auto, except: [gender]}
          - {list: facts, key: k, value_key: v, as: text}
          - season
          - {name: usage, split: "/"}
        """,
        {
            "cols": "Black, White", "t_Material": "Wool", "t_secret": "x", "t_size": "M", "n_weight": "1.5",
            "n_size": 38, "b_colour": "yes", "b_": True, "t_empty": " ",
            "extra": '{"climate": "Cool|Windy", "eco": "Yes", "len": "12.5", "code": "007", "mix": "1,5",'
            ' "tex": "Heat&reg;", "gender": "Men", "deep": {"in": 1}}',
            "facts": [{"k": "Year", "v": 2026}], "season": "Fall", "usage": "Home/Garden",
        },
    )  # fmt: skip

    assert found.specifications == {
        "color": ["Black", "White"],
        "material": "Wool",
        "size": ["M", 38.0],
        "weight": 1.5,
        "color_print": True,
        "climate": ["Cool", "Windy"],
        "eco": True,
        "len": 12.5,
        "code": "007",
        "mix": "1,5",
        "tex": "Heat®",
        "deep_in": 1.0,
        "year": "2026",
        "season": "Fall",
        "usage": ["Home", "Garden"],
    }


def test_rows_left_out_deleted_and_expanded() -> None:
    shaped = mapper(
        """
        skip:
          - {column: status, is: [disabled, no]}
          - {column: kind, matches: "gift*", empty: false}
          - {column: must, empty: true}
          - {column: place, is_not: shop}
        deleted: gone
        expand: [{column: colors, split: ";", into: color}]
        fields: {product_id: {template: "{id}-{color}"}, parent_id: id}
        specifications: [{name: color, from: color}]
        """
    )
    row = {**ROW, "must": 1, "place": "Shop"}

    def kinds(extra: dict[str, Any]) -> list[type]:
        return [type(found) for found in normalize(FeedRow(1, {**row, **extra}), shaped)]

    assert kinds({}) == [GoodRow]
    assert kinds({"status": "Disabled"}) == kinds({"status": False}) == kinds({"status": "no"}) == [Skipped]
    assert kinds({"kind": "GiftCard"}) == kinds({"must": ""}) == kinds({"place": "web"}) == [Skipped]
    assert kinds({"gone": "yes"}) == [Skipped]
    assert kinds({"gone": "perhaps"}) == [Reject]
    variants = list(normalize(FeedRow(1, {**row, "colors": "Red; Blue"}), shaped))
    assert [(v.product.product_id, v.product.parent_id) for v in variants if isinstance(v, GoodRow)] == [
        ("1-Red", "1"),
        ("1-Blue", "1"),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"id": None}, "product_id is missing"),
        ({"id": "a b"}, 'product_id "a b" holds spaces or control characters'),
        ({"name": ""}, "name is missing"),
        ({"price": "abc"}, 'price "abc" is not a number'),
        ({"price": "-3"}, "price -3 is negative"),
        ({"price": "1e15"}, "too large"),
        ({"rating": 6}, "rating 6.0 is too large (the limit is 5.0)"),
        ({"stock": "many"}, 'stock_quantity "many" is not a number'),
        ({"stock": 1.5}, 'stock_quantity "1.5" is not a whole number'),
        ({"category": "Shoes"}, 'category "shoes" is not one of electronics, clothing'),
        ({"cur": "EURO1"}, 'currency "EURO1" is not a currency'),
        ({"name": "x" * 1001}, "name is too long (1001 characters, at most 1000)"),
        ({"name": {"en": "Mug"}}, "name is an object, not a text"),
        ({"id": "𝄞" * 200}, "it is longer than 512 bytes"),
        ({"id": "1\ud800"}, "product_id holds characters that are no text"),
        ({"extra": "{no"}, "column extra"),
        ({"extra": [1]}, "column extra is not an object"),
        ({"id": "", "price": "x"}, 'price "x" is not a number'),
    ],
)
def test_rejects_say_what_a_shop_engineer_understands(row: dict[str, Any], expected: str) -> None:
    text = """
    fields: {rating: rating, stock_quantity: stock, category: category, currency: cur}
    json: [extra]
    specifications: [{object: extra}]
    """
    assert expected in reason(text, row)
    assert "Input should" not in reason(text, row)


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800") | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "deleted", "extra"]), WILD))
def test_no_row_raises_and_every_product_can_be_stored(row: dict[str, Any]) -> None:
    for split_texts in (True, False):
        for found in normalize(FeedRow(1, {**row}), Mapper(identity(split_texts=split_texts))):
            if isinstance(found, GoodRow):
                orjson.dumps(stored_form(found.product))
            elif isinstance(found, Reject):
                assert found.reason


def test_a_broken_row_is_a_reject_as_it_stands() -> None:
    found = next(normalize(BrokenRow(3, "the file ends in the middle of this line", "{", cut=True), mapper("{}")))

    assert found == Reject(3, "the file ends in the middle of this line", raw="{", cut=True)


def test_without_a_mapping_our_names_are_taken_as_they_are() -> None:
    row = {
        **{"product_id": 7, "name": "Mug", "price": 5, "tags": "a;b", "specifications": '{"size": "12", "ok": "yes"}'},
        "unknown": "x",
        "images": ["u"],
    }
    lists = next(normalize(FeedRow(1, row), Mapper(identity(split_texts=True))))
    plain = next(normalize(FeedRow(1, row), Mapper(identity(split_texts=False))))

    assert isinstance(lists, GoodRow)
    assert isinstance(plain, GoodRow)
    assert (lists.product.product_id, lists.product.tags) == ("7", ["a", "b"])
    assert lists.product.specifications == {"size": 12.0, "ok": True}
    assert plain.product.tags == ["a;b"]
    assert plain.product.specifications == {"size": "12", "ok": "yes"}


def test_a_change_speaks_of_its_own_fields_alone() -> None:
    shaped = mapper(
        """
        fields:
          currency: {value: EUR}
          brand: {from: maker, default: Acme}
          description: text
        specifications: [{prefix: t_}]
        """
    )

    assert shaped.apply({"id": "1", "price": "6"}, partial=True).fields == {"product_id": "1", "price": Decimal(6)}
    assert shaped.apply({"id": "1", "price": "6 $"}, partial=True).fields["currency"] == "USD"
    assert shaped.apply({"id": "1", "text": None, "t_a": None, "t_b": "x"}, partial=True).fields == {
        "product_id": "1",
        "description": None,
        "specifications": {"a": None, "b": "x"},
    }
    assert shaped.apply({"id": "1", "text": ""}, partial=True).fields == {"product_id": "1"}


def test_columns_that_never_come_are_named() -> None:
    shaped = mapper("fields: {brand: marke, description: {from: d, default: none}}")
    list(normalize(FeedRow(1, ROW), shaped))

    assert shaped.unseen() == ["brand"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fields: {colour: x}", "fields.colour: there is no such field"),
        ("fields: {specifications: x}", "specifications have a key of their own"),
        ("fields: {name: {form: x}}", "fields.name.form: there is no such key"),
        ("fields: {name: {from: x, value: y}}", "only one of from, value"),
        ("fields: {name: {html: true}}", "one of from, collect, template, value or default"),
        ("fields: {name: {from: x, else: y}}", "else belongs to a map"),
        ("fields: {name: {from: x, map: nowhere}}", "fields.name.map: there is no table nowhere"),
        ("fields: {name: {from: x, scale: lots}}", "fields.name.scale"),
        ("fields: {name: {from: x, format: y}}", "format must hold {value}"),
        ("fields: {name: x}\nspecifications: [{prefix: a, object: b}]", "exactly one of name, prefix, object"),
        ("fields: {name: x}\nspecifications: [{numbered: 'a {n}'}]", "numbered and values go together"),
        ("fields: {name: x}\nspecifications: [{numbered: 'a {n}', values: b}]", "both must hold {n}"),
        ("fields: {name: x}\nskip: [{column: a}]", "skip.0: one of is, is_not"),
        ("fields: {name: x}\nformat: xls", "format"),
        ("- a", "must hold keys"),
        ("a: [", "not valid YAML in line"),
        ("{}", "fields: Field required"),
    ],
)
def test_a_wrong_mapping_file_names_the_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text)

    with pytest.raises(MappingError) as error:
        read_mapping(path)
    assert message in str(error.value)
    assert "map.yaml" in str(error.value)


@pytest.mark.parametrize("path", sorted((ROOT / "ingest/examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path) -> None:
    assert {"product_id", "name", "price", "category"} <= set(read_mapping(path).fields)


def test_every_key_stands_in_the_reference() -> None:
    manual = (ROOT / "docs/reference/mapping-file.md").read_text()
    for part in (MappingFile, Rule, AttributeRule, Condition, Expansion):
        for name, info in part.model_fields.items():
            if (part, name) != (AttributeRule, "rule"):
                assert f"`{info.alias or name}`" in manual, f"{part.__name__}.{name}"
    for field in FIELDS:
        assert f"`{field}`" in manual, field


def test_categories_may_be_told_as_most_shops_export_them() -> None:
    mapping = 'fields: {categories: {from: cats, split: ","}}'
    row = {"cats": "Plants > Herbs, Gifts>For Gardeners, Ski/boarding, Rugs / Area Rugs"}
    assert product(mapping, row).categories == ["Plants/Herbs", "Gifts/For Gardeners", "Ski/boarding", "Rugs/Area Rugs"]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("{pairs: said}", "Width: 30 cm|Colour:red|Colour: blue", {"width": "30 cm", "color": ["red", "blue"]}),
        ("{pairs: said, as: auto}", "width:30;lid:yes; note ;:x;empty:", {"width": 30.0, "lid": True}),
        ("{pairs: said, between: '=', split: ','}", "a=1, b=x:y", {"a": "1", "b": "x:y"}),
        ("{pairs: said, except: width}", "width:30\ndepth:20", {"depth": "20"}),
        ("{pairs: said}", "", {}),
    ],
)
def test_specifications_may_stand_in_one_text(rule: str, text: str, expected: dict[str, Any]) -> None:
    assert product(f"specifications: [{rule}]", {"said": text}).specifications == expected


def test_specifications_may_stand_in_numbered_columns() -> None:
    rule = '{numbered: "Option{n} Name", values: "Option{n} Value", split: ","}'
    row = {"Option1 Name": "Colour", "Option1 Value": "Red, Blue", "Option2 Name": "", "Option2 Value": "M"}
    found = product(f"specifications: [{rule}]", {**row, "Option3 Name": "Size", "Option3 Value": "XL"})
    assert found.specifications == {"color": ["Red", "Blue"], "size": "XL"}


def test_the_example_of_woocommerce_reads_its_export() -> None:
    mapping = read_mapping(ROOT / "ingest" / "examples" / "woocommerce.yaml")
    row = {
        "ID": "44", "Type": "simple", "SKU": "woo-beanie", "Name": "Beanie", "Published": "1",
        "Visibility in catalog": "visible", "Short description": "", "Description": "<p>Warm &amp; soft</p>",
        "In stock?": "1", "Stock": "", "Sale price": "18", "Regular price": "20",
        "Categories": "Clothing &gt; Accessories, Gifts", "Tags": "", "Parent": "",
        "Images": "https://shop.example/a.jpg, https://shop.example/b.jpg",
        "Attribute 1 name": "Color", "Attribute 1 value(s)": "Red, Blue", "Attribute 2 name": "", "Brands": "Wool Co",
    }  # fmt: skip
    (found,) = normalize(FeedRow(1, row), Mapper(mapping))
    assert isinstance(found, GoodRow), found
    one = found.product
    assert (one.product_id, one.price, one.description) == ("44", Decimal("18"), "Warm & soft")
    assert one.categories == ["Clothing/Accessories", "Gifts"]
    assert one.specifications == {"color": ["Red", "Blue"], "regular_price": 20.0}
    assert (one.identifiers, one.brand, len(one.images)) == (["woo-beanie"], "Wool Co", 2)
    for changed in ({"Published": "0"}, {"Type": "variable"}, {"Visibility in catalog": "hidden"}):
        assert isinstance(next(iter(normalize(FeedRow(1, {**row, **changed}), Mapper(mapping)))), Skipped)


def test_the_summary_says_why_rows_were_rejected() -> None:
    summary = Summary()
    for reason in ('price "POA" is not a number', 'price "ask us" is not a number', "name is missing"):
        summary.reject(reason)
    assert [line for line in summary.lines() if " rejected: " in line] == [
        "  2 rejected: price \u2026 is not a number",
        "  1 rejected: name is missing",
    ]
