"""`briefpress cache`: what is kept between builds, and taking out what is not used any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from briefpress.cli.build import load
from briefpress.store import Store
from briefpress.upkeep import Entry, entries, prune


@click.command("cache")
@click.option("--prune", "pruning", is_flag=True, help="Take out what no site uses and nobody used lately.")
@click.option("--days", metavar="N", type=click.IntRange(0), default=30, show_default=True,
              help="What “lately” means; 0 for whatever is not used now.")
def command(pruning: bool, days: int) -> None:
    """Show what is kept between builds, and what of it no site uses; nothing is taken out without --prune."""
    now = dt.datetime.now(dt.UTC)
    _, plugin = load(now, quiet=True)
    root = Path.cwd()
    found = list(entries(Store(root / plugin.config.store), root))
    click.echo(f"{'kind':12}{'entries':>9}{'MB':>9}{'unused':>9}{'MB':>9}")
    for kind in sorted({entry.kind for entry in found}):
        _row(kind, [entry for entry in found if entry.kind == kind])
    _row("in all", found)
    if pruning:
        gone = prune(found, now.timestamp(), days)
        click.echo(f"taken out: {_count(gone)}")
    else:
        click.echo(f"briefpress cache --prune --days {days} would take out {_count([one for one in found if one.old(now.timestamp(), days)])}")


def _row(name: str, found: Sequence[Entry]) -> None:
    unused = [entry for entry in found if not entry.used]
    click.echo(f"{name:12}{len(found):9,}{_megabytes(found):9.1f}{len(unused):9,}{_megabytes(unused):9.1f}")


def _count(found: Sequence[Entry]) -> str:
    return f"{len(found):,} {'entry' if len(found) == 1 else 'entries'}, {_megabytes(found):.1f} MB"


def _megabytes(found: Sequence[Entry]) -> float:
    return sum(entry.size for entry in found) / 1_000_000
