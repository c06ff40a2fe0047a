"""`briefpress build`: check, site, search index and links, with one summary at the end."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from briefpress.cli.moment import now_option
from briefpress.workers import Workers, WorkersError

if TYPE_CHECKING:  # MkDocs is loaded late: a wrong call is told at once
    from mkdocs.config.defaults import MkDocsConfig

    from briefpress.site.plugin import BriefpressPlugin
    from briefpress.site.rendering import Rendering

T = TypeVar("T")


@click.command("build")
@click.option("--strict", is_flag=True, help="Let warnings block too.")
@click.option("--drafts", is_flag=True, help="Show drafts and embargoed briefs too: a preview, not for the public.")
@click.option("--no-pdf", is_flag=True, help="Make no PDFs.")
@click.option("--no-search", is_flag=True, help="Make no search index.")
@click.option("--site-dir", metavar="DIR", help="Where to put the site; default: site_dir of mkdocs.yml, with -preview for --drafts.")
@click.option("--site-url", metavar="URL", help="The site's address; default: site_url of mkdocs.yml.")
@click.option("--executor", metavar="NAME", default="processes", show_default=True,
              help="What sets many texts: processes of this machine, none besides this one, or a cluster, dask://HOST:PORT.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what is wrong.")
@now_option
def command(strict: bool, drafts: bool, no_pdf: bool, no_search: bool, site_dir: str | None, site_url: str | None, executor: str, quiet: bool,
            now: dt.datetime) -> None:  # fmt: skip
    """Check the briefs and build the site; a failure leaves the old site as it was."""
    config, plugin = load(now, quiet, strict=strict, site_dir=site_dir and str(Path(site_dir).absolute()), site_url=site_url)
    if drafts and not site_dir:
        config.site_dir += "-preview"  # what is not public never lies where the public site does
    plugin.drafts, plugin.pdf, plugin.search = drafts, not no_pdf, not no_search
    try:
        plugin.workers = Workers.of(executor)
    except WorkersError as error:
        raise click.UsageError(str(error)) from None
    try:
        run(config, plugin)
    finally:
        if plugin.workers is not None:
            plugin.workers.close()


def load(now: dt.datetime, quiet: bool, **options: Any) -> tuple[MkDocsConfig, BriefpressPlugin]:
    """Read mkdocs.yml, with those options in place of its own that are not empty; our plugin comes with it."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's notice about a version that we exclude
    if not Path("mkdocs.yml").is_file():
        raise click.UsageError("there is no mkdocs.yml here; go to the project's folder first")
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    log_to(quiet)
    try:
        config = load_config("mkdocs.yml", **{name: value for name, value in options.items() if value})
    except MkDocsException as error:
        raise click.UsageError(f"mkdocs.yml cannot be used: {error}") from None
    plugin: Any = config.plugins.get("briefpress")
    if plugin is None:
        raise click.UsageError("mkdocs.yml does not name the plugin; add under plugins: - briefpress")
    plugin.now = now
    if not quiet:
        plugin.progress = _Bars() if sys.stderr.isatty() else _Lines()
    return config, plugin


def run(config: MkDocsConfig, plugin: BriefpressPlugin) -> Rendering:
    """Build the site, and give what it was built from; ends with 1 where it cannot be built."""
    from mkdocs.commands.build import build
    from mkdocs.exceptions import MkDocsException

    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    except MkDocsException as error:
        stopped(error)
    finally:
        config.plugins.on_shutdown()
    assert plugin.rendering is not None, "a build that succeeds has one"
    return plugin.rendering


def stopped(error: Exception) -> NoReturn:
    """Say why nothing was made, and end with 1."""
    click.echo(f"{click.style('stopped:', fg='red', bold=True)} {error}", err=True)
    sys.exit(1)


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
