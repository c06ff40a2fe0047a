"""The bundle: a year of public briefs for archives and deposit libraries, as a bag with checksums in a zip.

Source:
    RFC 8493, The BagIt File Packaging Format, version 1.0.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import IO

import bagit  # type: ignore[import-untyped]  # it has no types

from briefpress.checks.files import named_files
from briefpress.listing import year_url
from briefpress.outline import outline
from briefpress.record.references import bibtex, ris
from briefpress.record.tables import briefs_csv, briefs_json
from briefpress.record.work import Work
from briefpress.store import digest


class BundleError(Exception):
    """There can be no bundle now; the text says why."""


def contents(works: Sequence[Work], read: Mapping[str, str], root: Path, site: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a bundle, by their paths in it.

    `series.yml` and `people.yml` are not among them: the one has addresses that are for Crossref
    alone, the other people whom only a draft names. What is public of them is in the pages.

    Args:
        works: the public briefs of the bundle.
        read: the digests of their files as they were when the site was built, by path.
        root: the project's folder.
        site: the site that was built from the same briefs.

    Raises:
        BundleError: a brief is no longer what its page shows.
    """
    pages = b""
    for work in works:
        brief, url = work.brief, work.url.removeprefix(work.site_url)
        if not brief.withdrawal:
            data = (root / brief.path).read_bytes()
            if digest(data) != read[brief.path]:
                raise BundleError(f"{brief.path} was changed while its page was made; run the command again")
            yield brief.path, data
            names = {name.text for name, _ in named_files(brief, outline(brief.body, brief.body_line))} if brief.folder else ()
            for name in sorted(names):
                if (file := site / url / name).is_file():  # as it was published, not as it may lie there by now
                    yield f"{brief.folder}/{name}", file.read_bytes()
        for file in sorted(one for one in (site / url).rglob("*") if one.is_file()):
            data = file.read_bytes()
            pages += data if file.suffix == ".html" else b""
            yield f"site/{file.relative_to(site).as_posix()}", data
    # What the pages name, and what their stylesheets name in turn: so they can be read where they lie.
    assets = {file.name: file.read_bytes() for file in sorted((site / "assets").iterdir()) if file.is_file()}
    named = {name for name in assets if name.encode() in pages}
    styles = b"".join(assets[name] for name in named if name.endswith(".css"))
    for name, data in assets.items():
        if name in named or name.encode() in styles:
            yield f"site/assets/{name}", data
    yield "record/briefs.json", briefs_json(works).encode()
    yield "record/briefs.csv", briefs_csv(works).encode()
    yield "record/briefs.bib", "\n".join(map(bibtex, works)).encode()
    yield "record/briefs.ris", "".join(map(ris, works)).encode()


def changed(works: Sequence[Work]) -> dt.date:
    """The day on which the record of a bundle last changed."""
    return max(work.brief.changed for work in works)


def make_bag(folder: Path, files: Iterator[tuple[str, bytes]], works: Sequence[Work], year: int) -> None:
    """Make a bag with SHA-256 checksums of an empty folder, and validate it.

    Its date is that of the record, so that the same briefs give the same bag.

    Raises:
        BundleError: it is not valid.
    """
    for name, data in files:
        # A manifest has to write these signs in code, and bagit does not read % back (section 2.1.3).
        file = folder / re.sub(r"[%\r\n]", "-", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as stream:
            stream.write(data)
    series = {work.series.slug: work.series for work in works}.values()
    count = "1 brief" if len(works) == 1 else f"{len(works)} briefs"
    bagit.LOGGER.disabled = True  # it would print tracebacks of its own
    bagit.make_bag(str(folder), {
        "Source-Organization": list(dict.fromkeys(one.publisher for one in series)),
        "External-Description": f"{', '.join(one.title for one in series)}, {year}: {count}, with sources, pages and records",
        "External-Identifier": [*dict.fromkeys(f"urn:ISSN:{work.brief.issn}" for work in works if work.brief.issn),
                                *(works[0].site_url + year_url(one, year) for one in series)],
        "Bagging-Date": changed(works).isoformat(),
        "Bag-Software-Agent": f"briefpress {version('briefpress')}, bagit.py {bagit.VERSION}",
    }, checksums=["sha256"])  # fmt: skip
    # bagit writes the draft's version, 0.97, and lists the tag files as the disk does.
    (folder / "bagit.txt").write_bytes(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")}
    (folder / "tagmanifest-sha256.txt").write_bytes("".join(f"{digits}  {name}\n" for name, digits in sums.items()).encode())
    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagError as error:
        raise BundleError(f"the bag does not hold: {error}") from None


def pack(folder: Path, name: str, day: dt.date, out: IO[bytes]) -> None:
    """Write a folder as a zip in which it is called `name`: same files, same bytes.

    Nothing is taken from the disk but names and contents. A zip knows the years 1980 to 2107.
    """
    moment = (min(max(day.year, 1980), 2107), day.month, day.day, 0, 0, 0)
    with zipfile.ZipFile(out, "w") as archive:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            info = zipfile.ZipInfo(f"{name}/{file.relative_to(folder).as_posix()}", moment)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            archive.writestr(info, file.read_bytes())
