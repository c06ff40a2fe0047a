"""The links of a built site. The only module that knows lychee, which comes with the extra `links`."""

from __future__ import annotations

import html
import json
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit


@dataclass(frozen=True, order=True)
class Broken:
    """A link of the built site that leads nowhere."""

    page: str
    """The page, from the site's root: policy-briefs/2024/7/index.html."""
    target: str
    """Where it was to lead, from the site's root where it is inside."""

    def __str__(self) -> str:
        return f"{self.page}: a link leads nowhere: {self.target}"


class LinksError(Exception):
    """The links could not be checked; the text says why."""


def checker() -> str | None:
    """The path of lychee: that of this environment, else that of the machine; None without one."""
    return shutil.which("lychee", path=str(Path(sys.executable).parent)) or shutil.which("lychee")


def check_changed(pages: Mapping[str, str], read: Callable[[str], str | None], site_url: str) -> tuple[int, list[Broken]]:
    """Check the links of some pages of a site whose other pages lead where they should, as far as they stay within it.

    Args:
        pages: those that were made anew, by their addresses from the site's root.
        read: what is at an address: a page as text, another file as an empty text, None for nothing.
        site_url: its own address.

    Returns:
        How many links were looked at, and those that lead nowhere.
    """
    root = urlsplit(site_url)
    anchors: dict[str, frozenset[str] | None] = {}
    broken: set[Broken] = set()
    count = 0
    for page, text in pages.items():
        own = f"{site_url}{page.removesuffix('index.html')}"
        for hit in _LINK.finditer(text):
            typed = urlsplit(_value(hit))
            link = urlsplit(urljoin(own, typed.geturl()))
            inside = link.path.startswith(root.path)
            if (link.scheme, link.netloc) != (root.scheme, root.netloc) or not (inside or not (typed.scheme or typed.netloc)):
                continue
            count += 1
            if not inside and not typed.path.startswith("/"):
                broken.add(Broken(page, _plain(posixpath.relpath(link.path, root.path))))
                continue
            # As lychee has it, a link from the host's root begins at the site.
            target, wanted = unquote(link.path.removeprefix(root.path).lstrip("/")), unquote(link.fragment)
            if target not in anchors:
                anchors[target] = _ids_at(target, read)
            ids = anchors[target]
            if ids is None or (wanted and ids is not _EVERY and wanted not in ids):
                broken.add(Broken(page, _plain(target + (f"#{wanted}" if wanted else ""))))
    return count, sorted(broken)


def traces(gone: Iterable[str], changed: Iterable[tuple[str, str]]) -> tuple[bytes, ...]:
    """What the page of a link holds that led to something that is no longer there.

    Args:
        gone: what the site no longer has, by its address from the site's root.
        changed: pages, each as it was and as it is.
    """
    ids = {one for before, after in changed for one in _ids(before) - _ids(after)}
    found = {f"#{one}" for one in ids} | {one.removesuffix("index.html") for one in gone}
    return tuple(form.encode() for one in found for form in {one, quote(one, safe="/#")} if form)


def _ids_at(target: str, read: Callable[[str], str | None]) -> frozenset[str] | None:
    """What a fragment may name of what a host gives for an address; None where there is nothing, _EVERY where it is no page."""
    for address in (target, f"{target}/index.html") if target and not target.endswith("/") else (f"{target}index.html",):
        if (found := read(address)) is not None:
            return _ids(found) if address.endswith(".html") else _EVERY
    return None


def _plain(target: str) -> str:
    """A target as it is told: decoded, and a page by its folder."""
    path, _, fragment = target.partition("#")
    path = unquote(path.partition("?")[0]).removesuffix("index.html").rstrip("/") or "index.html"
    return f"{path}#{unquote(fragment)}" if fragment else path


def _ids(page: str) -> frozenset[str]:
    return frozenset(map(_value, _ID.finditer(page)))


_EVERY = frozenset({"*"})
"""A file that is no page has any fragment."""


def _value(hit: re.Match[str]) -> str:
    return html.unescape(next(filter(None, hit.groups()), ""))


_VALUE = r"""\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_LINK = re.compile(rf"<(?:a|area|img|link|script|source|iframe)\b[^>]*?\s(?:href|src){_VALUE}", re.IGNORECASE)
_ID = re.compile(rf"<[a-z][^>]*?\sid{_VALUE}", re.IGNORECASE)


def check(site: Path, site_url: str) -> tuple[int, list[Broken]]:
    """Check every link within a built site, with its fragments, without the network.

    Args:
        site: the folder of the site.
        site_url: its own address; links that begin with it are looked up in the folder.

    Returns:
        How many links were looked at, and those that lead nowhere.

    Raises:
        LinksError: there is no checker, or it failed.
    """
    program = checker()
    if program is None:
        raise LinksError("lychee is not installed")
    folder = site.resolve()
    address = urlsplit(site_url)
    below = address.path.rstrip("/")
    own = re.escape(f"{address.scheme}://{address.netloc}{below}")
    here = folder.as_uri()
    # The page for lost readers can be shown at any depth, so its addresses begin at the host's root.
    rooted = ["--remap", f"{re.escape(here + below)}(/.*|$) {here}$1"] if below else []
    done = subprocess.run(
        [
            program, "--offline", "--no-progress", "--format", "json", "--include-fragments=anchor-only",
            "--index-files", "index.html", "--root-dir", str(folder), "--remap", f"{own}(?:/(.*))?$ {here}/$1", *rooted,
            "--exclude-path", str(folder / "pagefind"), str(folder / "**" / "*.html"),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        report = json.loads(done.stdout)
    except ValueError as error:
        raise LinksError(f"lychee ended with {done.returncode}: {done.stderr.strip()[-500:]}") from error
    broken = [
        Broken(Path(page).relative_to(folder).as_posix(), _plain(_within(str(failure["url"]), here)))
        for page, failures in report.get("error_map", report.get("fail_map", {})).items()
        for failure in failures
    ]
    return int(report.get("total", 0)), sorted(set(broken))


def _within(url: str, here: str) -> str:
    """The address of a file from the site's root, both as lychee writes them."""
    path, hash_, fragment = url.partition("#")
    return path.removeprefix(f"{here}/") + hash_ + fragment if path.startswith(f"{here}/") else posixpath.relpath(path, here) + hash_ + fragment
