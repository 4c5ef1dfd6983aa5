"""Every format of feeds, whole and broken."""

import gzip
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import FeedError
from ingest.feeds.delimited import NOT_THE_ENCODING
from ingest.feeds.feed import Feed, FeedOptions, Format
from ingest.feeds.row import BrokenRow, FeedRow
from ingest.feeds.source import Source

PRODUCTS = [{"id": "1", "name": "Mug"}, {"id": "2", "name": "Tasse « déjà »"}, {"id": "3", "name": "杯"}]


def read(path: Path | str, stdin: bytes | None = None, **options: Any) -> list[FeedRow | BrokenRow]:  # noqa: ANN401 - FeedOptions
    source = Source(str(path), io.BytesIO(stdin) if stdin is not None else None)
    return list(Feed(source, replace(FeedOptions(), **options)).rows())


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def values(rows: list[FeedRow | BrokenRow]) -> list[dict[str, Any]]:
    return [row.values for row in rows if isinstance(row, FeedRow)]


def broken(rows: list[FeedRow | BrokenRow]) -> list[BrokenRow]:
    return [row for row in rows if isinstance(row, BrokenRow)]


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


CONTENTS = {
    "jsonl": b"".join(orjson.dumps(row) + b"\n" for row in PRODUCTS),
    "json": orjson.dumps(PRODUCTS),
    "csv": "id,name\n1,Mug\n2,Tasse « déjà »\n3,杯\n".encode(),
    "parquet": as_parquet(PRODUCTS),
    "yaml": "- id: '1'\n  name: Mug\n- id: '2'\n  name: Tasse « déjà »\n- {id: '3', name: 杯}\n".encode(),
}


@pytest.mark.parametrize("suffix", CONTENTS)
@pytest.mark.parametrize("compressed", [False, True])
def test_every_format_plain_and_compressed(tmp_path: Path, suffix: str, compressed: bool) -> None:
    content = gzip.compress(CONTENTS[suffix]) if compressed else CONTENTS[suffix]
    path = written(tmp_path, f"feed.{suffix}" + (".gz" if compressed else ""), content)

    assert values(read(path)) == PRODUCTS


@pytest.mark.parametrize("suffix", CONTENTS)
def test_standard_input_needs_a_format(suffix: str) -> None:
    assert values(read("-", stdin=CONTENTS[suffix], format=Format(suffix))) == PRODUCTS
    with pytest.raises(FeedError, match="--format"):
        read("-", stdin=CONTENTS[suffix])


@pytest.mark.parametrize("suffix", CONTENTS)
def test_an_empty_file_is_one_sentence(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(FeedError, match=r"is empty"):
        read(written(tmp_path, f"feed.{suffix}", b""))


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="No such file"):
        Source(str(tmp_path / "absent.csv"))
    with pytest.raises(FeedError, match="is a folder"):
        Source(str(tmp_path))
    with pytest.raises(FeedError, match="not told by its name"):
        read(written(tmp_path, "feed.dat", b"x"))
    with pytest.raises(FeedError, match="not Parquet"):
        read(written(tmp_path, "feed.parquet", b"PAR1 no"))


@pytest.mark.parametrize("suffix", ["jsonl", "json", "csv", "yaml"])
def test_a_cut_gzip_keeps_what_came_through(tmp_path: Path, suffix: str) -> None:
    rows = [{"id": str(n), "name": f"mug {n * 7919 % 10007}"} for n in range(20_000)]
    whole = {
        "jsonl": b"".join(orjson.dumps(row) + b"\n" for row in rows),
        "json": orjson.dumps(rows),
        "csv": b"id,name\n" + b"".join(f"{r['id']},{r['name']}\n".encode() for r in rows),
        "yaml": b"".join(f"- {{id: '{r['id']}', name: '{r['name']}'}}\n".encode() for r in rows[:5000]),
    }[suffix]
    compressed = gzip.compress(whole)

    found = read(written(tmp_path, f"feed.{suffix}.gz", compressed[: len(compressed) // 2]))

    assert len(values(found)) > 500
    assert values(found) == rows[: len(values(found))]
    assert broken(found)[-1].cut


def test_jsonl_names_the_line_of_what_is_broken(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf{"id": 1}\n\n[1, 2]\n{"id": \n\xff\xfe\n"text"\n{"id": NaN}\n{"id": 8}'
    found = read(written(tmp_path, "feed.jsonl", content))

    assert [row.values for row in found if isinstance(row, FeedRow)] == [{"id": 1}, {"id": 8}]
    assert [(row.place, row.cut) for row in broken(found)] == [
        (3, False),
        (4, False),
        (5, False),
        (6, False),
        (7, False),
    ]
    reasons = [row.reason for row in broken(found)]
    assert reasons[0] == "the line is a list, not an object with fields"
    assert "not valid JSON" in reasons[1]
    assert "not valid UTF-8 (byte 1)" in reasons[2]


def test_jsonl_that_ends_mid_line(tmp_path: Path) -> None:
    found = read(written(tmp_path, "feed.jsonl", b'{"id": 1}\n{"id": 2, "name": "M'))

    assert values(found) == [{"id": 1}]
    assert broken(found) == [BrokenRow(2, "the file ends in the middle of this line", '{"id": 2, "name": "M', cut=True)]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b'{"shop": {"items": [{"id": 1}, {"id": 2}]}}', {"records": "shop.items"}),
        (b'{"id": 1}\n{"id": 2}\n', {}),
        (b'\n [ {"id": 1},\n {"id": 2} ]', {}),
    ],
)
def test_json_array_below_a_key_or_lines(tmp_path: Path, content: bytes, options: dict[str, Any]) -> None:
    assert values(read(written(tmp_path, "feed.json", content), **options)) == [{"id": 1}, {"id": 2}]


def test_json_keeps_prices_exact_and_says_where_it_breaks(tmp_path: Path) -> None:
    found = read(written(tmp_path, "feed.json", b'[{"price": 19.99}, 7, {"price": 1'))

    assert values(found) == [{"price": Decimal("19.99")}]
    assert [(row.place, row.cut) for row in broken(found)] == [(2, False), (3, True)]


def test_json_without_a_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no list of products"):
        read(written(tmp_path, "feed.json", b'{"items": [{"id": 1}]}'))


def test_yaml_below_a_key_by_documents_and_broken(tmp_path: Path) -> None:
    below = read(
        written(tmp_path, "a.yaml", b"meta: {v: 1}\nshop:\n  items:\n    - id: 1\n    - 5\n"), records="shop.items"
    )
    documents = read(written(tmp_path, "b.yaml", b"id: 1\n---\nid: 2\n"))
    bad = read(written(tmp_path, "c.yaml", b"- id: 1\n- id: [2\n- id: 3\n"))

    assert values(below) == [{"id": 1}]
    assert below[1] == BrokenRow(5, "the record is a number, not an object with fields", "5")
    assert values(documents) == [{"id": 1}, {"id": 2}]
    assert values(bad) == [{"id": 1}]
    assert broken(bad)[0].cut
    with pytest.raises(FeedError, match="no key items"):
        read(written(tmp_path, "d.yaml", b"other: []\n"), records="items")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiters_bom_and_quotes(tmp_path: Path, delimiter: str) -> None:
    lines = [["id", "name", "note"], ["1", f'"a{delimiter}b"', '"two\nlines ""quoted"""'], ["2", "", "x"]]
    content = b"\xef\xbb\xbf" + "\r\n".join(delimiter.join(line) for line in lines).encode()

    assert values(read(written(tmp_path, "feed.csv", content))) == [
        {"id": "1", "name": f"a{delimiter}b", "note": 'two\nlines "quoted"'},
        {"id": "2", "name": "", "note": "x"},
    ]


def test_csv_rows_that_do_not_fit_the_header(tmp_path: Path) -> None:
    content = b'id;name\n1;Mug\n2\n3;a;b\n\n;\n4;"open\n5;Cup\n6;\xff\n7;27" screen\n8'
    found = read(written(tmp_path, "feed.csv", content))

    assert values(found) == [{"id": "1", "name": "Mug"}, {"id": "5", "name": "Cup"}, {"id": "7", "name": '27" screen'}]
    assert [(row.place, row.reason) for row in broken(found)] == [
        (3, "the line has 1 values, the header 2 columns"),
        (4, "the line has 3 values, the header 2 columns"),
        (7, "a quote opened in this line is not closed, or not where its value ends"),
        (9, NOT_THE_ENCODING),
        (11, "the file ends in the middle of this line"),
    ]
    assert broken(found)[-1].cut


def test_csv_in_another_encoding_and_with_a_bad_header(tmp_path: Path) -> None:
    path = written(tmp_path, "feed.csv", "id;name\n1;Größe\n".encode("cp1252"))
    assert values(read(path, encoding="cp1252")) == [{"id": "1", "name": "Größe"}]
    utf16 = written(tmp_path, "wide.csv", "id;name\n1;Größe\n".encode("utf-16"))
    assert values(read(utf16, encoding="utf-16")) == [{"id": "1", "name": "Größe"}]
    with pytest.raises(FeedError, match="no encoding called"):
        read(path, encoding="klingon")
    with pytest.raises(FeedError, match="names a column twice: id"):
        read(written(tmp_path, "twice.csv", b"id,id\n1,2\n"))


def test_damaged_parquet_data_is_told(tmp_path: Path) -> None:
    content = bytearray(as_parquet([{"id": str(n), "name": "mug" * 50 + str(n)} for n in range(5000)]))
    content[1000:6000] = b"\x00" * 5000
    found = read(written(tmp_path, "feed.parquet", bytes(content)))

    assert broken(found)[-1].cut
    assert "damaged" in broken(found)[-1].reason


@given(st.lists(st.dictionaries(st.text(min_size=1), st.text() | st.integers(-(2**53), 2**53) | st.none())))
def test_jsonl_gives_back_what_was_written(rows: list[dict[str, Any]]) -> None:
    content = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    if content:
        assert values(read("-", stdin=content, format=Format.JSONL)) == rows


CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20))
def test_csv_gives_back_what_was_written(rows: list[tuple[str, str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    content = ("a,b\n" + "\n".join(quoted) + "\n").encode()
    kept = [{"a": a, "b": b} for a, b in rows if (a and not a.isspace()) or (b and not b.isspace())]

    assert values(read("-", stdin=content, format=Format.CSV)) == kept


@given(st.binary(min_size=1, max_size=300), st.sampled_from(list(Format)))
def test_no_bytes_raise_anything_but_a_feed_error(content: bytes, form: Format) -> None:
    try:
        found = read("-", stdin=content, format=form)
    except FeedError:
        return
    assert all(row.place >= 1 for row in found)
