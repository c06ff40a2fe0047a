"""`briefpress build`: check, site, search index and links, with one summary at the end."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from briefpress.cli.moment import now_option

T = TypeVar("T")


@click.command("build")
@click.option("--strict", is_flag=True, help="Let warnings block too.")
@click.option("--drafts", is_flag=True, help="Show drafts and embargoed briefs too: a preview, not for the public.")
@click.option("--no-pdf", is_flag=True, help="Make no PDFs.")
@click.option("--site-dir", metavar="DIR", help="Where to put the site; default: site_dir of mkdocs.yml, with -preview for --drafts.")
@click.option("--site-url", metavar="URL", help="The site's address; default: site_url of mkdocs.yml.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what is wrong.")
@now_option
def command(strict: bool, drafts: bool, no_pdf: bool, site_dir: str | None, site_url: str | None, quiet: bool, now: dt.datetime) -> None:
    """Check the briefs and build the site; a failure leaves the old site as it was."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's notice about a version that we exclude
    if not Path("mkdocs.yml").is_file():
        raise click.UsageError("there is no mkdocs.yml here; go to the project's folder first")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, MkDocsException

    log_to(quiet)
    options = {"site_dir": site_dir and str(Path(site_dir).absolute()), "site_url": site_url}
    try:
        config = load_config("mkdocs.yml", strict=strict or None, **{k: v for k, v in options.items() if v})
        if drafts and not site_dir:
            config.site_dir += "-preview"  # what is not public never lies where the public site does
    except Abort as error:
        raise click.UsageError(f"mkdocs.yml cannot be used: {error}") from None
    except MkDocsException as error:
        raise click.UsageError(f"mkdocs.yml cannot be used: {error}") from None
    plugin = config.plugins.get("briefpress")
    if plugin is None:
        raise click.UsageError("mkdocs.yml does not name the plugin; add under plugins: - briefpress")
    plugin.now, plugin.drafts, plugin.pdf = now, drafts, not no_pdf
    if not quiet:
        plugin.progress = _Bars() if sys.stderr.isatty() else _Lines()
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    except MkDocsException as error:
        click.echo(f"{click.style('stopped:', fg='red', bold=True)} {error}", err=True)
        sys.exit(1)
    finally:
        config.plugins.on_shutdown()


def log_to(quiet: bool, serving: bool = False) -> None:
    """Print findings and warnings as they are; of MkDocs' other lines only ours are of use, and those of its server."""
    ours = ("mkdocs.plugins.briefpress", "mkdocs.livereload") if serving else ("mkdocs.plugins.briefpress",)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter())
    handler.addFilter(lambda record: record.levelno >= (logging.WARNING if quiet else logging.INFO)
                      and (record.levelno >= logging.WARNING or record.name.startswith(ours)))  # fmt: skip
    logger = logging.getLogger("mkdocs")
    logger.setLevel(logging.INFO)
    logger.handlers = [handler]
    logger.propagate = False


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage().removeprefix("briefpress: ").removeprefix("briefpress.site.plugin: ")
        ours = record.name.startswith("mkdocs.plugins.briefpress")
        return text if ours else f"{record.levelname.lower()}: {text}"


class _Lines:
    """Progress in plain lines, for CI."""

    def track(self, items: Iterable[T], what: str, total: int) -> Iterator[T]:
        click.echo(f"{what}: {total}", err=True)
        yield from items

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        click.echo(f"{what} …", err=True)
        yield


class _Bars:
    """Progress as bars, on a terminal."""

    def track(self, items: Iterable[T], what: str, total: int) -> Iterator[T]:
        from rich.console import Console
        from rich.progress import track

        yield from track(items, f"{what:12}", total=total, console=Console(stderr=True), transient=True)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        from rich.console import Console

        with Console(stderr=True).status(what):
            yield
