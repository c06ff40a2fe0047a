"""`briefpress check`: every finding at once, without MkDocs."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click

from briefpress.brief import Brief
from briefpress.checks import survey
from briefpress.cli.moment import now_option
from briefpress.cli.project import project_root, whole_file
from briefpress.fields import Waiver
from briefpress.finding import UNSAFE, Finding, Level, blocking, printable
from briefpress.fixing import fix, looker
from briefpress.series import BRIEFS, Catalogue, brief_paths, read_settings
from briefpress.store import Store

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.ADVICE: "cyan"}
_SHARED = [f"{BRIEFS}/series.yml", f"{BRIEFS}/people.yml"]


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", "mend", is_flag=True, help="First mend in the headers what has one right answer, and show what was changed.")
@click.option("--strict", is_flag=True, help="Let warnings block too, as the build of the site does.")
@click.option("--against", metavar="REF", help="Compare with what is public at this branch, tag or commit: "
              "what is published changes only with a correction.")
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default=None,
              help="Default: text, and github within GitHub Actions.")
@click.option("--waivers", is_flag=True, help="List the rules that briefs are let off, with their reasons, and nothing else.")
@now_option
def command(paths: tuple[str, ...], mend: bool, strict: bool, against: str | None, form: str | None, waivers: bool, now: dt.datetime) -> None:
    """Report every mistake in the briefs under this folder, or in the PATHs alone.

    Exits with 1 where something keeps the briefs from being published.
    """
    root = project_root()
    wanted = _wanted(paths, root)
    typed, form = form, form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    if mend:
        _mend(root, wanted, now, aside=form != "text")
    done = survey(root, now, Store.of(root))
    catalogue, findings = done.catalogue, done.findings
    if waivers and catalogue is not None:
        _list_waivers([item for item in done.waivers if not wanted or _within(item[0].path, wanted)], typed)
        return
    if against is not None:
        findings = sorted(set(findings) | set(_against(against, catalogue, root)))
    if wanted:
        # What all briefs share is shown always: without it nothing is known of any brief.
        findings = [one for one in findings if _within(one.path, [*wanted, *_SHARED])]
    _print(findings, form, strict=strict)
    sys.exit(1 if blocking(findings, strict=strict) else 0)


def _within(path: str, wanted: list[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in wanted)


def _mend(root: Path, wanted: list[str], now: dt.datetime, *, aside: bool) -> None:
    """Mend the files one by one; `aside` shows the changes on the error stream, where a machine reads the report."""
    for paths in (_SHARED, list(brief_paths(root))):
        settings, _ = read_settings(root)  # by which the briefs are read, once it is mended itself
        for path in paths:
            file = root / path
            if (wanted and not _within(path, wanted)) or not file.is_file() or file.resolve() != root.resolve() / path:
                continue  # a link leads to what is somebody else's
            before = file.read_bytes()
            try:
                text = before.decode()
            except UnicodeDecodeError:
                continue
            mended, _ = fix(text, looker(path, settings, now))
            if mended.encode() == before:
                continue
            if _replace(file, before, mended.encode()):
                click.echo("\n".join(_difference(path, text, mended)), err=aside)
            else:
                click.echo(f"{path} was changed by another program meanwhile and is left as it is", err=True)


class _Changed(Exception):
    """Another program wrote the file after it was read."""


def _replace(file: Path, before: bytes, after: bytes) -> bool:
    """Put a text in the place of another, with its permissions; False where another program was there first."""
    try:
        with whole_file(file) as stream:
            old = file.stat()
            if hasattr(os, "fchown"):
                with suppress(PermissionError):  # root mends for others; they can for themselves alone
                    os.fchown(stream.fileno(), old.st_uid, old.st_gid)
            os.chmod(stream.name, stat.S_IMODE(old.st_mode))
            stream.write(after)
            stream.flush()
            os.fsync(stream.fileno())  # else a power cut may leave the name without the text
            if file.is_symlink() or file.read_bytes() != before:
                raise _Changed
    except _Changed:
        return False
    return True


def _difference(path: str, before: str, after: str) -> Iterator[str]:
    """What was changed, line by line; line ends, which change everywhere, in words."""
    if before.startswith("\ufeff"):
        yield f"{path}: the byte order mark is taken out"
    if "\r" in before:
        yield f"{path}: the line ends are plain ones now"
    lines = [text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n") for text in (before, after)]
    same = next((i for i, (old, new) in enumerate(zip(*map(reversed, lines), strict=False)) if old != new), len(lines[1]))
    old, new = (text[: len(text) - max(same - 3, 0)] for text in lines)  # the body can be long
    for line in difflib.unified_diff(old, new, path, path, lineterm=""):
        colour = {"-": "red", "+": "green", "@": "cyan"}.get(line[0])
        yield printable(line, keep="\t") if os.environ.get("NO_COLOR") else click.style(printable(line, keep="\t"), fg=colour)


def _against(ref: str, catalogue: Catalogue | None, root: Path) -> list[Finding]:
    from briefpress.checks.record import check_record
    from briefpress.history import History, HistoryError

    try:
        history = History.at(root, ref)
        return check_record(catalogue, history) if catalogue else []
    except HistoryError as error:
        raise click.UsageError(f'nothing can be compared with {ref or "no name"}: {error}') from None


def _wanted(paths: tuple[str, ...], root: Path) -> list[str]:
    wanted = []
    for path in paths:
        full = Path(os.path.normpath(root / path))
        if not full.exists():
            raise click.UsageError(f"there is no {path}")
        if not full.is_relative_to(root / BRIEFS):
            raise click.UsageError(f"{path} is not in {BRIEFS}/")
        relative = full.relative_to(root).as_posix()
        wanted.append(relative)
    return wanted


def _list_waivers(in_force: list[tuple[Brief, Waiver]], form: str | None) -> None:
    if form == "json":
        rows = [{"path": brief.path, "line": waiver.rule.place.line, "rule": waiver.rule.text, "reason": waiver.reason} for brief, waiver in in_force]
        click.echo(_as_json(rows))
        return
    for brief, waiver in in_force:
        click.echo(printable(f"{brief.path}:{waiver.rule.place.line}: {waiver.rule.text}: {waiver.reason}"))
    click.echo(f"{len(in_force)} waiver{'' if len(in_force) == 1 else 's'} in force", err=True)


def _as_json(rows: Sequence[Mapping[str, object]]) -> str:
    listed = json.dumps(rows, ensure_ascii=False, indent=2)
    return UNSAFE.sub(lambda hit: hit[0] if hit[0] == "\n" else f"\\u{ord(hit[0]):04x}", listed)


def _print(findings: list[Finding], form: str, *, strict: bool) -> None:
    if form == "json":
        click.echo(_as_json([one.as_dict() for one in findings]))
        return
    for one in findings:
        click.echo(one.github() if form == "github" else _coloured(one))
    if form == "text":
        click.echo(_total(findings, strict=strict), err=True)


def _coloured(finding: Finding) -> str:
    """The finding with its level in colour; click takes colours out where there is no terminal."""
    level = f"{finding.level}: "
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        return str(finding)
    return str(finding).replace(level, click.style(level, fg=_COLOURS[finding.level], bold=True), 1)


def _total(findings: list[Finding], *, strict: bool) -> str:
    counts = Counter(one.level for one in findings)
    plural = {Level.ERROR: "errors", Level.WARNING: "warnings", Level.ADVICE: "pieces of advice"}
    single = {Level.ERROR: "error", Level.WARNING: "warning", Level.ADVICE: "piece of advice"}
    parts = [f"{counts[level]} {single[level] if counts[level] == 1 else plural[level]}" for level in Level if counts[level]]
    stopping = blocking(findings, strict=strict)
    verdict = "to mend before the briefs can be published" if stopping else "nothing that blocks"
    return f"{', '.join(parts)}: {verdict}" if parts else "all briefs are fine"
