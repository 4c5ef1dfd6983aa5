"""`python -m shop.demo`: what the demo catalogue holds; `--out FILE` writes it as JSON lines,
`--pictures` makes its pictures."""

import argparse
import json
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from es.settings import EngineSettings
from shop.demo.catalogue import read_catalogue
from shop.demo.errors import DemoError
from shop.demo.pictures import prepare_pictures


def summary(rows: list[dict[str, Any]]) -> str:
    """A table: category, families, products, brands, lowest and highest price, out of stock."""
    by_category: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_category[row["category"]].append(row)
    by_category["all"] = rows
    lines = [
        f"{'category':<16} {'families':>8} {'products':>8} {'brands':>6} {'from':>8} {'to':>9} {'out of stock':>12}"
    ]
    for category, group in by_category.items():
        prices = [Decimal(row["price"]) for row in group]
        families, brands = ({row[key] for row in group} for key in ("parent_id", "brand"))
        gone = sum(not row["in_stock"] for row in group)
        lines.append(
            f"{category:<16} {len(families):>8} {len(group):>8} {len(brands):>6} "
            f"{min(prices):>8} {max(prices):>9} {gone:>12}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when done, 1 when the catalogue is wrong or a file cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m shop.demo", description=__doc__)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the products as JSON lines")
    parser.add_argument("--pictures", action="store_true", help="prepare the pictures in the cache folder")
    options = parser.parse_args(arguments)
    try:
        rows = list(read_catalogue())
        print(summary(rows))
        if options.out:
            options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        if options.pictures:
            folder = EngineSettings().cache_dir / "demo" / "pictures"
            print(f"{prepare_pictures(rows, folder, _say)}, in {folder}")
    except (DemoError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
