"""`python -m shop.demo`: what the demo catalogue holds; `--out FILE` writes it as JSON lines."""

import argparse
import json
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from shop.demo.catalogue import read_catalogue
from shop.demo.errors import CatalogueError


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
    options = parser.parse_args(arguments)
    try:
        rows = list(read_catalogue())
        if options.out:
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            options.out.write_text(text, "utf-8")
    except (CatalogueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(summary(rows))
