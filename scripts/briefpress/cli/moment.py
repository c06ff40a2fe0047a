"""The option `--now`: the moment that decides what is public."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import click


def _moment(_: click.Context, __: click.Parameter, value: str | None) -> dt.datetime:
    if value is None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch.isdigit() else dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("write a date, or a date and time: 2024-03-15T09:00+01:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def now_option(function: Any) -> Any:
    """Add `--now`; its default is SOURCE_DATE_EPOCH, else the clock."""
    return click.option(
        "--now", callback=_moment, metavar="DATE-TIME",
        help="What counts as now for drafts and embargoes; without a zone, UTC. Default: SOURCE_DATE_EPOCH, else the clock.",
    )(function)  # fmt: skip
