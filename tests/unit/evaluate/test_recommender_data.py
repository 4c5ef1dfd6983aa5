"""Files of events into tasks: what is learned from, what is asked, what is predicted."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluate.errors import DataMissing, DataWrong
from evaluate.recommenders.data import read_task
from evaluate.recommenders.task import Task, by_session
from shop.recommenders.histories import Histories


def rows(histories: Histories) -> list[list[int]]:
    return [histories.of_shopper(n).tolist() for n in range(len(histories))]


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_train_and_test_files(tmp_path: Path) -> None:
    task = read_task(written(tmp_path, train__txt="u1 a b\nu2 b c\n", test__txt="u2 d\nu1 c a\nu3 a\n"))
    a, b, c, d = range(4)
    assert rows(task.train) == [[a, b], [b, c]]
    assert rows(task.asked) == [[b, c], [a, b], []], "in the order of the test file; who is new has no history"
    assert rows(task.targets) == [[d], [c, a], [a]]
    assert task.train.catalogue == 4


def test_leave_one_out_takes_nothing_from_the_events_held_out(tmp_path: Path) -> None:
    task = read_task(written(tmp_path, sequences__txt="1 10 11 12\n2 13\n\n3 10 14\n"))
    assert rows(task.train) == [[0, 1], [], [0]]
    assert rows(task.asked) == [[0, 1], [0]]
    assert rows(task.targets) == [[2], [4]]
    assert task.train.counts().tolist() == [2, 1, 0, 0, 0]


def test_titles_and_attributes_where_there_are_some(tmp_path: Path) -> None:
    items = "item_id,asin,title\n7,B,Red lamp\n9,C,\n"
    folder = written(tmp_path, sequences__txt="1 9 8\n", items__csv=items, item2attributes__json='{"9": [1, 2]}')
    task = read_task(folder)
    assert task.train.catalogue == 3, "a product that nobody took is in the catalogue"
    assert list(task.contents.titles) == ["", "", "Red lamp"]
    assert list(task.contents.attributes) == [{"1", "2"}, frozenset(), frozenset()]


def views(folder: Path, sessions: list[list[int]]) -> Path:
    lines = [f"{n}\t{item}\t1" for n, items in enumerate(sessions, 1) for item in items]
    return written(folder, view_ecommerce__dat="\n".join(["visitorid\titemid\tevent", *lines]))


def test_sessions_that_are_asked_about_are_not_learned_from(tmp_path: Path) -> None:
    sessions = [[n * 3 + 1, n * 3 + 2, n * 3 + 3] for n in range(200)]
    task = read_task(views(tmp_path, sessions))
    learned, asked = {i for row in rows(task.train) for i in row}, {i for row in rows(task.asked) for i in row}
    assert not learned & asked
    assert 20 < len(task.asked) < 60
    assert len(task.train) + len(task.asked) == 200
    assert "by chance" in task.protocol, "they are sorted by number, which is no order of time"


def test_sorted_sessions_do_not_lose_their_last_number_always(tmp_path: Path) -> None:
    task = read_task(views(tmp_path, [[n * 3 + 1, n * 3 + 2, n * 3 + 3] for n in range(200)]))
    assert {int(target) % 3 for target in task.targets.items} == {0, 1, 2}


def test_sessions_in_order_keep_it() -> None:
    task, _ = by_session({str(n): ["c", "a", "b"] for n in range(40)}, ordered=True)
    assert set(map(tuple, rows(task.targets))) == {(2,)}
    assert set(map(tuple, rows(task.asked))) == {(0, 1)}


EVENTS = [
    {"type": "view_product", "timestamp": "2026-03-01T10:00:00Z", "customer_id": "ann", "product_id": "lamp"},
    {"type": "search", "timestamp": "2026-03-01T10:01:00Z", "customer_id": "ann", "query": "desk"},
    {"type": "view_product", "timestamp": "2026-03-03T09:00:00Z", "customer_id": "ann", "product_id": "desk"},
    {"type": "view_product", "timestamp": "2026-03-01T09:00:00Z", "customer_id": "ann", "product_id": "rug"},
    {"type": "order_placed", "timestamp": "2026-03-04T00:00:00Z", "session_id": "s1",
     "items": [{"product_id": "lamp"}, {"product_id": "chair"}]},
]  # fmt: skip


def check_split(task: Task) -> None:
    rug, lamp, desk, chair = range(4)
    assert rows(task.train) == [[rug, lamp]]
    assert rows(task.asked) == [[rug, lamp], []]
    assert rows(task.targets) == [[desk], [lamp, chair]]


def test_a_file_of_events_is_parted_by_time(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, EVENTS)), encoding="utf-8")
    check_split(read_task(path, datetime(2026, 3, 2)))
    check_split(read_task(path, datetime(2026, 3, 2, tzinfo=UTC)))


def test_events_in_csv_and_parquet(tmp_path: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    path = tmp_path / "events.csv"
    path.write_text("visitorid,itemid,timestamp\n1,5,1433221332117\n1,6,1433307732117\n", encoding="utf-8")
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(path), tmp_path / "events.parquet")
    for name in ("events.csv", "events.parquet"):
        task = read_task(tmp_path / name, datetime(2015, 6, 3))
        assert (rows(task.train), rows(task.targets)) == ([[0]], [[1]])


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "holds neither train.txt and test.txt"),
        ({"sequences__txt": "1 5\n2 6\n"}, "Nothing is left to predict"),
        ({"train__txt": "", "test__txt": "1 5\n"}, "Nothing is left to learn from"),
        ({"sequences__txt": "1 5 6\n", "items__csv": "id,name\n1,x\n"}, "needs the columns item_id and title"),
        ({"sequences__txt": "1 5 6\n", "item2attributes__json": "{"}, "is no JSON"),
        ({"view_ecommerce__dat": "a\tb\n1\t2\n"}, "has no column 'visitorid'"),
    ],
)
def test_wrong_folders_are_told_in_a_sentence(tmp_path: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(DataWrong, match=told):
        read_task(written(tmp_path, **files))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("e.jsonl", "{}\nno\n", "line 2: no JSON"),
        ("e.jsonl", '{"customer_id": "a", "product_id": "b", "timestamp": "soon"}', "is no time"),
        ("e.jsonl", '{"type": "search"}', "No line of"),
        ("e.txt", "a", "events are read from"),
        ("e.parquet", "a", "cannot be read"),
    ],
)
def test_wrong_files_are_told_in_a_sentence(tmp_path: Path, name: str, text: str, told: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataWrong, match=told):
        read_task(path, datetime(2026, 1, 1))


def test_a_file_without_a_date_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text("", encoding="utf-8")
    with pytest.raises(DataWrong, match="--split"):
        read_task(path)
    with pytest.raises(DataMissing):
        read_task(tmp_path / "nowhere")
