"""When a rule is in effect: from, until, and hours of the week, in a time zone with a name. Pure.

Times without an offset are local to `time_zone`. Where the clock changes, they are decided so:

- a local time that the clock skips (02:30 as summer begins) is read with the offset before the change, as iCalendar
  does (RFC 5545, 3.3.5): it is 03:30 of the new time;
- a local time that happens twice (02:30 as summer ends) is the first of the two where a window begins, and the
  second where it ends, so that the window holds all of the time that it names;
- hours of the week are read off the wall clock: 02:00 to 03:00 does not happen on the night that skips it, and lasts
  two hours on the night that has it twice.

A window holds its beginning and not its end.
"""

from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
# Beyond these, local times cannot be turned into UTC and back.
FIRST_YEAR, LAST_YEAR = 2000, 2199


def _moment(value: object) -> object:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(
                "write a time as 2026-11-27T08:00, with Z or +01:00 behind it if it is not local"
            ) from None
    return value


def _hour(value: object) -> object:
    if isinstance(value, str):
        try:
            hour = time.fromisoformat(value)
        except ValueError:
            raise ValueError("write an hour as 18:00") from None
        if hour.tzinfo is not None:
            raise ValueError("hours are local to time_zone; leave the offset out")
        return hour
    return value


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=datetime)]
Hour = Annotated[time, BeforeValidator(_hour, json_schema_input_type=str)]


def zone(name: str) -> ZoneInfo:
    """The time zone of this name. Raises ValueError with a sentence."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'there is no time zone "{name[:60]}"; write one as Europe/Berlin or UTC') from None


class Schedule(BaseModel):
    """The times at which a rule is in effect; all parts that are given must hold."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    starts: Moment | None = Field(None, description="First moment, local to `time_zone` unless it has an offset.")
    ends: Moment | None = Field(None, description="First moment after, likewise.")
    time_zone: str = Field("UTC", max_length=60, description="Name of the time zone, such as Europe/Berlin.")
    weekdays: list[Weekday] = Field([], max_length=7, description="Only on these days; none: on every day.")
    daily_from: Hour | None = Field(
        None, description="Local hour at which it begins each day: 18:00.", examples=["18:00"]
    )
    daily_until: Hour | None = Field(
        None, description="Local hour at which it ends; before `daily_from`: on the day after.", examples=["22:00"]
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value

    @field_validator("starts", "ends")
    @classmethod
    def _in_range(cls, value: datetime | None) -> datetime | None:
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValueError(f"the year must be from {FIRST_YEAR} to {LAST_YEAR}")
        return value

    @model_validator(mode="after")
    def _some_time(self) -> "Schedule":
        if self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("the window ends before it begins; swap starts and ends")
        if (self.daily_from is None) != (self.daily_until is None):
            raise ValueError("daily_from and daily_until go together")
        if self.daily_from is not None and self.daily_from == self.daily_until:
            raise ValueError("daily_from and daily_until are the same; leave both out for the whole day")
        return self

    @cached_property
    def starts_at(self) -> datetime | None:
        """First moment, UTC."""
        return _in_utc(self.starts, self.time_zone, fold=0)

    @cached_property
    def ends_at(self) -> datetime | None:
        """First moment after, UTC."""
        return _in_utc(self.ends, self.time_zone, fold=1)

    def holds(self, at: datetime) -> bool:
        """Whether the moment, which has an offset, is inside."""
        if self.starts_at is not None and at < self.starts_at:
            return False
        if self.ends_at is not None and at >= self.ends_at:
            return False
        return not (self.weekdays or self.daily_from is not None) or self._in_week(at)

    def _in_week(self, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(self.time_zone))
        day, now = local.date(), local.time()
        if self.daily_from is not None and self.daily_until is not None:
            if self.daily_from < self.daily_until:
                if not self.daily_from <= now < self.daily_until:
                    return False
            elif now < self.daily_until:
                day -= timedelta(days=1)  # the night belongs to the day that it began on
            elif now < self.daily_from:
                return False
        return not self.weekdays or WEEKDAYS[day.weekday()] in self.weekdays


def _in_utc(moment: datetime | None, time_zone: str, *, fold: int) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        local = moment.replace(tzinfo=ZoneInfo(time_zone))
        skipped = local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != moment
        # With fold 1, a time that is skipped would be read with the offset after the change.
        moment = local.replace(fold=0 if skipped else fold)
    return moment.astimezone(UTC)
