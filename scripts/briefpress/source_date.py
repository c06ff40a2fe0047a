"""SOURCE_DATE_EPOCH: the moment that a reproducible build takes for now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping


def source_date(environ: Mapping[str, str]) -> dt.datetime | None:
    """SOURCE_DATE_EPOCH in UTC, or None where it is not set.

    Raises:
        ValueError: it is no number of seconds.

    Source:
        reproducible-builds.org, SOURCE_DATE_EPOCH 1.1.
    """
    epoch = environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return None
    if not epoch.isascii() or not epoch.isdigit() or len(epoch) > 11:
        raise ValueError(f"SOURCE_DATE_EPOCH is {epoch!r}; it must be seconds since 1970, or not be set")
    return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
