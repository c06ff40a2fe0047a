"""The moment that decides what is public: `--now`, else SOURCE_DATE_EPOCH, else the clock."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import click

from briefpress.source_date import source_date


def _moment(_: click.Context, __: click.Parameter, value: str | None) -> dt.datetime:
    try:
        if value is None:
            return source_date(os.environ) or dt.datetime.now(dt.UTC)
        moment = dt.datetime.fromisoformat(value)
    except ValueError as error:
        if value is None:
            raise click.UsageError(str(error)) from None
        raise click.BadParameter("write a date, or a date and time: 2024-03-15T09:00+01:00") from None
    if not 1970 <= moment.year < 9999:
        raise click.BadParameter("write a year between 1970 and 9998")
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def now_option(function: Any) -> Any:
    """Add `--now`; its default is SOURCE_DATE_EPOCH, else the clock."""
    return click.option(
        "--now", callback=_moment, metavar="DATE-TIME",
        help="What counts as now for drafts and embargoes; without a zone, UTC. Default: SOURCE_DATE_EPOCH, else the clock.",
    )(function)  # fmt: skip
