"""Where panels stand on the grid: from left to right, a new row where one is full. Pure."""

from collections.abc import Sequence

from kibana.errors import SourceWrong
from kibana.source import COLUMNS, Panel


def placed(panels: Sequence[Panel]) -> list[dict[str, int]]:
    """`x`, `y`, `w` and `h` of each panel. Raises SourceWrong where panels of one row differ in height."""
    found: list[dict[str, int]] = []
    x = y = height = 0
    for panel in panels:
        width, own = panel.size
        if x + width > COLUMNS:
            x, y = 0, y + height
        if x and own != height:
            raise SourceWrong(f"Panel {panel.id} is {own} high, and others of its row {height}.")
        height = own
        found.append({"x": x, "y": y, "w": width, "h": own})
        x += width
    return found
