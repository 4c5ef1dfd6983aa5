"""Search analytics: the figures of the query log for a period."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from app.problems import BadRequest
from shop.queries.analytics import Period
from shop.queries.log import QueryLog
from shop.queries.reader import QueryLogReader

USUAL_DAYS: Final = 7
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOST_DAYS: Final = 400
DEADLINE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class AnalyticsService:
    """Analytics of one shop's searches."""

    reader: QueryLogReader
    log: QueryLog

    async def search(self, start: str, end: str, size: int) -> dict[str, Any]:
        """Figures from `start` to `end` (days or moments; empty: the last seven days), lists of `size` queries.

        Raises BadRequest, EngineUnavailable; EngineTimeout where the period is too long to be read in time.
        """
        period = period_of(start, end, datetime.now(UTC))
        report = await self.reader.report(period, size=size, deadline_s=DEADLINE_S)
        again = await self.reader.reformulations(period, size=size, deadline_s=DEADLINE_S)
        return {
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            **report,
            "reformulations": again,
            "log": asdict(self.log.status()),
        }


def period_of(start: str, end: str, now: datetime, *, usual_days: int = USUAL_DAYS) -> Period:
    """The period between two days (UTC) or moments; a day as the end is included. Without a start it has `usual_days`.
    Raises BadRequest."""
    errors: list[tuple[str, str]] = []
    until = _moment("to", end, errors, last=True) if end else now
    since = _moment("from", start, errors) if start else until and until - timedelta(days=usual_days)
    if since is not None and until is not None:
        if since >= until:
            errors.append(("from", "from must be before to."))
        elif until - since > timedelta(days=MOST_DAYS):
            errors.append(("from", f"A period may have at most {MOST_DAYS} days."))
    if errors or since is None or until is None:
        raise BadRequest(errors)
    return Period(since, until)


def _moment(name: str, text: str, errors: list[tuple[str, str]], *, last: bool = False) -> datetime | None:
    try:
        if len(text) == len("2026-01-31"):
            day = datetime.combine(date.fromisoformat(text), time.min, UTC)
            found = day + timedelta(days=int(last))
        else:
            found = datetime.fromisoformat(text)
            found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        errors.append((name, f"{name} must be a day such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z."))
        return None
    if found < EARLIEST:
        errors.append((name, f"{name} must be after {EARLIEST:%Y-%m-%d}."))
        return None
    return found
