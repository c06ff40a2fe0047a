"""The links of a built site: what its pages link to within it, and whether that is there."""

from __future__ import annotations

import html
import posixpath
import re
import sys
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from itertools import chain
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


def check(pages: Iterable[str], read: Callable[[str], str], addresses: Container[str], site_url: str) -> tuple[int, list[Broken]]:
    """Check the links of pages, as far as they stay within their site.

    Args:
        pages: those to look at, by their addresses from the site's root. They are read one after
            another; their ids are kept, and nothing else of a page whose links lead somewhere.
        read: gives the text of a page.
        addresses: of all files of the site.
        site_url: its own address, which ends with a slash.

    Returns:
        How many links were looked at, and those that lead nowhere.
    """
    ids: dict[str, tuple[str, ...]] = {}
    asked: list[tuple[str, str, str]] = []  # a page, and the page and the id that it links to
    broken: set[Broken] = set()
    count = 0
    for page in pages:
        links, own = _links_and_ids(read(page))
        ids[page] = tuple(map(sys.intern, own))  # most pages have the same ones
        *folders, _ = page.split("/")
        for link, times in links.items():
            if (way := _way(page, folders, link, site_url)) is None:
                continue
            target, fragment = way
            count += times
            address = _served(target, addresses)
            if address is None:
                broken.add(Broken(page, _plain(target, fragment)))
            elif fragment and address.endswith(".html") and fragment not in (own if address == page else ids.get(address, ())):
                asked.append((page, address, fragment))  # a file that is no page has any fragment
    for page, address, fragment in asked:
        if address not in ids:
            ids[address] = tuple(_ids(read(address)))
        if fragment not in ids[address] and not _named(fragment, read(address)):
            broken.add(Broken(page, _plain(address, fragment)))
    return count, sorted(broken)


def traces(gone: Iterable[str], changed: Iterable[tuple[str, str]]) -> tuple[bytes, ...]:
    """What the page of a link holds that led to something that is no longer there.

    Args:
        gone: what the site no longer has, by its address from the site's root.
        changed: pages, each as it was and as it is.
    """
    ids = {one for before, after in changed for one in _places(before) - _places(after)}
    found = {f"#{one}" for one in ids} | {one.removesuffix("index.html") for one in gone}
    return tuple(form.encode() for one in found for form in {one, quote(one, safe="/#")} if form)


def _way(page: str, folders: list[str], link: str, site_url: str) -> tuple[str, str] | None:
    """Where a link of a page in some folders leads: an address from the site's root and a fragment; None for another site."""
    whole = link.startswith(site_url)
    if link.startswith(_ELSEWHERE) and not whole and link[: len(site_url)].lower() != site_url.lower() and "[" not in link:
        return None
    plain = _PLAIN.fullmatch(link, len(site_url) if whole else 0)
    if plain is None or (depth := (0 if whole else len(folders)) - len(plain[1]) // 3) < 0:
        return _odd_way(page, link, site_url)
    up, path, fragment = plain.groups()
    return "/".join([*folders[:depth], path]) if path or up or whole else page, fragment or ""


def _odd_way(page: str, link: str, site_url: str) -> tuple[str, str] | None:
    root = urlsplit(site_url)
    try:
        typed = urlsplit(link)
        whole = urlsplit(urljoin(f"{site_url}{page.removesuffix('index.html')}", typed.geturl()))
    except ValueError:  # http://[x is no address at all
        return link, ""
    inside = whole.path.startswith(root.path)
    if (whole.scheme, whole.netloc.lower()) != (root.scheme, root.netloc.lower()) or not (inside or not (typed.scheme or typed.netloc)):
        return None
    if not inside and not typed.path.startswith("/"):
        return posixpath.relpath(whole.path, root.path), ""
    # A link from the host's root begins at the site.
    return unquote(whole.path.removeprefix(root.path).lstrip("/")), unquote(whole.fragment)


def _served(target: str, addresses: Container[str]) -> str | None:
    """The file that a host gives for an address; None where there is none."""
    if target in addresses:
        return target
    index = f"{target}index.html" if not target or target.endswith("/") else f"{target}/index.html"
    return index if index in addresses else None


def _named(fragment: str, page: str) -> bool:
    """Whether a browser finds a place that has no id: the top, a text to be marked, or an anchor of old."""
    place = fragment.partition(":~:")[0]
    return place.lower() in ("", "top") or place in _places(page)


def _plain(target: str, fragment: str) -> str:
    """A target as it is told: a page by its folder."""
    path = target.removesuffix("index.html").rstrip("/") or "index.html"
    return f"{path}#{fragment}" if fragment else path


def _ids(page: str) -> set[str]:
    return _links_and_ids(page)[1]


def _places(page: str) -> set[str]:
    return _ids(page) | {html.unescape(name).strip("\"'") for name in _ANCHOR.findall(page)}


def _links_and_ids(page: str) -> tuple[dict[str, int], set[str]]:
    """The links of a page, as a browser reads them, each with how often it is there; and the ids of the page."""
    links: dict[str, int] = {}
    ids = set()
    for attribute, times in Counter(chain.from_iterable(_TAG.findall(page))).items():
        name, equals, value = attribute.partition("=")
        if not equals:
            continue
        name, value = name.rstrip().lower(), value.lstrip()
        if value[0] in "\"'":
            value = value[1:-1]
        if "&" in value:
            value = html.unescape(value)
        if name == "id":
            ids.add(value)
        else:
            for link in _WITHIN[name].findall(value) if name in _WITHIN else (value.strip(),):
                links[link] = links.get(link, 0) + times
    return links, ids


_ELSEWHERE = ("https://", "http://", "mailto:")
_PLAIN = re.compile(r"((?:\.\./)*|\./)((?:[\w~@-][\w.~@-]*/)*(?:[\w~@-][\w.~@-]*)?)(?:#([^\s%]*))?")
"""A link that can be followed without a library: steps up, a path, a fragment."""

_IS = r"\s*+=\s*+"
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*+)"""
_WANTED = (
    rf"(?=[acdfhipsx])(?:(?:xlink:)?href|id|src|(?:image)?srcset|poster|cite|data|(?:form)?action"
    rf"|content(?={_IS}[\"']?\s*\d+\s*[;,]\s*url\s*=)){_IS}{_VALUE}"  # of a page that leads to another one
)
_OTHERS = rf"(?:(?!{_WANTED})[^\s>/=]++(?:{_IS}{_VALUE})?+[\s/]*+)*+"
_NEXT = rf"({_WANTED})[\s/]*+{_OTHERS}"
_TAG = re.compile(
    rf"<(?:(?![st](?:cript|tyle|extarea|itle)\b)[a-z][^\s/>]*+[\s/]++{_OTHERS}(?:{_NEXT}(?:{_NEXT}(?:{_NEXT})?)?)?"
    rf"|(?P<text>script|style|textarea|title)\b[\s/]*+{_OTHERS}(?:{_NEXT}(?:{_NEXT})?)?[^>]*+>.*?</(?P=text)\b"
    r"|!--.*?-->)",
    re.IGNORECASE | re.DOTALL,
)
"""A tag with the attributes that count, of which no element has more than three. What stands in text, comments or other attributes is none."""
_WITHIN = {
    "content": re.compile(r"""url\s*=\s*["']?([^"'\s]*)""", re.IGNORECASE),
    "srcset": re.compile(r"([^\s,]\S*[^\s,]|[^\s,])(?:\s[^,]*)?"),
}
_WITHIN["imagesrcset"] = _WITHIN["srcset"]
_ANCHOR = re.compile(rf"<a\b[^>]*?\sname{_IS}({_VALUE})", re.IGNORECASE)
