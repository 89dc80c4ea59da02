"""Dates written as text: a column of one ISO 8601 form, whose values sort as the moments they name.

Only then can a filter compare the texts themselves, and mean the moments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?:([T ])\d\d:\d\d(:\d\d(?:\.(\d{1,9}))?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?",
    re.ASCII,
)
_DAY, _MINUTE, _SECOND = 86_400_000_000, 60_000_000, 1_000_000
_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Form:
    """How all dates of a column are written.

    Attributes:
        separator: Between date and time: "T" or " "; "" for dates alone.
        digits: After the point of the seconds; -1 where seconds are not written.
        zone: "", "Z" or an offset such as "+02:00", the same for all.
    """

    separator: str = ""
    digits: int = -1
    zone: str = ""

    @property
    def pattern(self) -> str:
        """Regular expression (RE2) of the form."""
        if not self.separator:
            return r"^\d{4}-\d\d-\d\d$"
        seconds = r":\d\d" if self.digits >= 0 else ""
        fraction = rf"\.\d{{{self.digits}}}" if self.digits > 0 else ""
        zone = self.zone.replace("+", r"\+")
        return rf"^\d{{4}}-\d\d-\d\d{self.separator}\d\d:\d\d{seconds}{fraction}{zone}$"

    @property
    def offset(self) -> int:
        """Microseconds that the written time is ahead of UTC."""
        if self.zone in ("", "Z"):
            return 0
        hours, minutes = self.zone[1:].split(":")
        ahead = (60 * int(hours) + int(minutes)) * _MINUTE
        return -ahead if self.zone[0] == "-" else ahead

    @property
    def step(self) -> int:
        """Microseconds between neighbors; at least 1."""
        if not self.separator:
            return _DAY
        if self.digits < 0:
            return _MINUTE
        return int(_SECOND // 10 ** min(self.digits, 6))

    def moments(self, texts: Any) -> Any:
        """Texts of this form (array or chunked array) as timestamps in UTC, without a zone.

        Raises:
            pa.ArrowInvalid: One of them is no date, such as February 30, or fits no timestamp.
        """
        texts = texts.cast(pa.large_string())
        plain = pc.utf8_slice_codeunits(texts, 0, -len(self.zone)) if self.zone else texts
        unit = "ns" if self.digits > 6 else "us"
        ahead = pa.scalar(timedelta(microseconds=self.offset), pa.duration(unit))
        return pc.subtract_checked(plain.cast(pa.timestamp(unit)), ahead)

    def write(self, moment: datetime, *, up: bool) -> str:
        """A moment in this form: itself, or where it has none the next (`up`) or last one.

        Args:
            moment: Naive, in UTC.
            up: Which way to go.
        """
        since = (moment.replace(tzinfo=UTC) - _START) // timedelta(microseconds=1) + self.offset
        steps = -(-since // self.step) if up else since // self.step
        try:
            local = _START + timedelta(microseconds=steps * self.step)
        except OverflowError:  # a day beyond the last one: nothing written lies there either
            local = (datetime.max if steps > 0 else datetime.min).replace(tzinfo=UTC)
        date = f"{local.year:04d}-{local.month:02d}-{local.day:02d}"
        if not self.separator:
            return date
        time = f"{local.hour:02d}:{local.minute:02d}"
        if self.digits >= 0:
            time += f":{local.second:02d}"
        if self.digits > 0:
            time += f".{local.microsecond:06d}000"[: self.digits + 1]
        return f"{date}{self.separator}{time}{self.zone}"


def form_of(text: str) -> Form | None:
    """The form of one text; None where it is no date."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    separator, seconds, fraction, zone = found.groups()
    digits = -1 if seconds is None else len(fraction or "")
    return Form(separator or "", digits, zone or "")


def common_form(batches: Iterable[pa.Array | pa.ChunkedArray]) -> Form | None:
    """The form in which every value is a date; None where there is none or no value at all."""
    form = None
    for batch in batches:
        values = batch.drop_null().cast(pa.large_string())
        if len(values) == 0:
            continue
        form = form or form_of(values[0].as_py())
        if form is None or not pc.all(pc.match_substring_regex(values, form.pattern)).as_py():
            return None
        try:
            form.moments(values)
        except pa.ArrowInvalid:
            return None
        if pc.min(values).as_py() < "0001":
            return None  # a year that calendars do not have
    return form
