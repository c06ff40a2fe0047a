"""Rules on the files of a brief: those that it names, and those that lie about."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from briefpress import figures
from briefpress.brief import Brief
from briefpress.byline import Author
from briefpress.figures import Figure
from briefpress.finding import Finding, Place
from briefpress.media import DATA, PICTURES, Media, Refusal, inspect, kind_of, read_pdf
from briefpress.outline import Outline, without_comments
from briefpress.rules import Report
from briefpress.series import BRIEFS, Catalogue, Series
from briefpress.values import Named

_NAME = re.compile(r"[\w][\w.\-]*", re.ASCII)


def named_files(brief: Brief, outlined: Outline) -> Iterator[tuple[Named, tuple[str, ...]]]:
    """The files beside it that a brief names, each with the kinds that it may be.

    A link in the text counts where it leads to a file of a kind that is published and goes into
    no other folder.
    """
    if brief.image is not None:
        yield brief.image, PICTURES
    if brief.pdf is not None:
        yield brief.pdf, ("pdf",)
    for data in brief.data:
        yield data.file, DATA
    for figure in figures_of(brief):
        yield figure.data, ("csv",)
    for link in outlined.links:
        target = unquote(link.target).removeprefix("./")
        if link.image and not re.match(r"[a-zA-Z][a-zA-Z0-9+.\-]*:|//", link.target):
            yield Named(target, link.place), PICTURES
        elif not link.image and "/" not in target and ":" not in target and kind_of(target):
            yield Named(target, link.place), PICTURES + DATA


def figures_of(brief: Brief) -> list[Figure]:
    """The figures from data of a brief, as far as they are well formed."""
    if "figure" not in brief.body:
        return []
    found = (figures.read(block, Report(brief.path)) for block in figures.blocks(brief.body, brief.body_line))
    return [figure for figure in found if figure is not None]


def check_figures(brief: Brief, root: Path, report: Report) -> None:
    """Check the figures that are drawn from data; the files themselves are `check_files`' business."""
    for block in figures.blocks(brief.body, brief.body_line):
        figure = figures.read(block, report)
        if figure is not None and check_file(brief, figure.data, ("csv",), root, Report(brief.path)) is not None:
            figures.check_data(figure, (root / brief.folder / figure.data.text).read_bytes(), report)


def check_files(brief: Brief, outlined: Outline, root: Path, report: Report) -> None:
    """Check that the files that a brief names are there and may be published."""
    seen = set()
    used = set()
    for name, kinds in named_files(brief, outlined):
        used.add(name.text)
        if name.text in seen:
            continue
        seen.add(name.text)
        found = check_file(brief, name, kinds, root, report)
        if found is not None and brief.pdf is not None and name.text == brief.pdf.text:
            _check_pdf(brief, name, root / brief.folder / name.text, report)
    used |= {author.photo.rpartition("/")[2] for author in brief.authors if author.photo and not author.id}
    if brief.folder:
        for entry in sorted(os.scandir(root / brief.folder), key=lambda entry: entry.name):
            _check_beside(entry, used, report)


def check_file(brief: Brief, name: Named, kinds: tuple[str, ...], root: Path, report: Report) -> Media | None:
    """The file that a brief names, if it may be published; else why not, in the report."""
    text, place = name
    if "/" in text or "\\" in text or text in ("", ".", ".."):
        report.add("file-missing", place, f'"{text}" is a path', "put the file into the brief's own folder and write its name alone")
        return None
    if not brief.folder:
        folder = brief.path.removesuffix(".md")
        report.add("file-missing", place, f"{text} has no folder to lie in: this brief is a single file",
                   f"move the brief to {folder}/index.md and put {text} beside it")  # fmt: skip
        return None
    if not _NAME.fullmatch(text):
        plain = re.sub(r"[^\w.\-]+", "-", text, flags=re.ASCII).strip("-.") or "figure-1.svg"
        report.add("file-name", place, f'the file\'s name, "{text}", has spaces or signs that do not travel well',
                   f"rename the file, for example to {plain}")  # fmt: skip
        return None
    folder_path = root / brief.folder
    names = os.listdir(folder_path)
    file = folder_path / text
    if text not in names:
        alike = next((other for other in names if other.lower() == text.lower()), None)
        others = sorted(other for other in names if kind_of(other) in kinds and not (folder_path / other).is_symlink())
        remedy = f"write {alike}, as the file is called" if alike else "put the file there"
        if not alike and others:
            remedy += f", or write one of {', '.join(others[:5])}"
        report.add("file-missing", place, f"{text} is not in the folder of the brief", remedy)
    elif file.is_symlink() or not file.is_file():
        report.add("symlink", place, f"{text} is a link to another place", "put the file itself into the folder")
    elif kind_of(text) not in kinds:
        what = "a picture" if kinds == PICTURES else "data"
        report.add("file-kind", place, f"{text} is not {what} of a kind that is published", f"use one of {', '.join(kinds)}")
    elif isinstance(found := inspect(file), Refusal):
        report.add(found.code, place, found.message, found.remedy)
    else:
        return found
    return None


def _check_pdf(brief: Brief, name: Named, file: Path, report: Report) -> None:
    """Check that a designer's PDF is that of this brief, and can be read aloud."""
    paper = read_pdf(file)
    if paper is None:
        report.add("file-kind", name.place, f"{name.text} cannot be read as a PDF", "export it again, without a password")
        return
    squashed = _squashed(paper.text)
    number = brief.number
    # 1/2026 is not in the date 11.1.2026, and not in 11/2026.
    year = rf"\s?[/–-]\s?{number.year}" if number and number.year else ""
    said = number is None or re.search(rf"(?<![\d.]){number.n}{year}(?!\d)", paper.text)
    for what, words, there in (("number", str(number or ""), said), ("title", brief.title, _squashed(brief.title) in squashed)):
        if not there:
            report.add("pdf-differs", name.place, f'{name.text} does not have the {what}, "{words}"',
                       f"look whether it is the PDF of this brief, or ask the designer to put the {what} in as text")  # fmt: skip
    longer = {_squashed(word) for word in re.findall(r"[^\W\d_]{6,}", without_comments(brief.body, " "))}
    gone = sorted(word for word in longer if word not in squashed)
    if len(gone) > len(longer) / 20:
        some = ", ".join(gone[:5])
        report.add("pdf-text", name.place, f"{name.text} lacks {len(gone)} of {len(longer)} longer words of the text: {some}",
                   "export the PDF anew from the text as it is here")  # fmt: skip
    if not paper.tagged:
        report.add("pdf-untagged", name.place, f"{name.text} is not tagged, and cannot well be read aloud",
                   "ask the designer for a tagged PDF (PDF/UA), or leave the field out: ours is tagged")  # fmt: skip


def _squashed(text: str) -> str:
    """Letters and digits alone: line ends and hyphens are the designer's, and so are capitals."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _check_beside(entry: os.DirEntry[str], used: set[str], report: Report) -> None:
    name = entry.name
    if name == "index.md" or name[0] in "._":
        return
    if entry.is_symlink():
        report.add("symlink", Place(1, 1), f"{name}, beside the brief, is a link to another place", "put the file itself there, or delete the link")
    elif name.endswith(".md"):
        report.add("file-stray", Place(1, 1), f"{name} lies in the folder of this brief and is not read",
                   "move it out, or let its name begin with an underscore")  # fmt: skip
    elif entry.is_file() and name not in used:
        report.add("file-unused", Place(1, 1), f"{name} lies beside the brief and is not published", "name it in the brief, or move it out")


def check_photos(catalogue: Catalogue, root: Path) -> list[Finding]:
    """Check the portraits that people.yml and the briefs name."""
    named = [(f"{BRIEFS}/people.yml", author) for author in catalogue.settings.people.values()]
    named += [(brief.path, author) for brief in catalogue.briefs for author in brief.authors if not author.id]
    listed = cache(os.listdir)  # the portraits of people.yml lie in one folder
    findings: list[Finding] = []
    for path, author in named:
        if author.photo and isinstance(refusal := portrait(author, path, root, listed), Refusal):
            report = Report(path)
            report.add(refusal.code, author.photo_place, refusal.message, refusal.remedy)
            findings += report.findings
    return findings


def check_logos(catalogue: Catalogue, root: Path) -> list[Finding]:
    """Check the logos that series.yml names."""
    report = Report(f"{BRIEFS}/series.yml")
    for series in catalogue.settings.series:
        if series.logo is not None and isinstance(refusal := logo(series, root), Refusal):
            report.add(refusal.code, series.logo.place, refusal.message, refusal.remedy)
    return report.findings


def logo(series: Series, root: Path) -> Path | Refusal:
    """The file of a series' logo, or why it may not be printed."""
    assert series.logo is not None
    name = series.logo.text
    file = root / BRIEFS / name
    if "/" in name or "\\" in name or not file.is_file():
        return Refusal("file-missing", f"the logo {name} is not in {BRIEFS}/", "put the file there, or take the line out")
    if file.is_symlink():
        return Refusal("symlink", f"the logo {name} is a link to another place", "put the file itself there")
    if kind_of(name) not in ("svg", "png"):
        return Refusal("file-kind", f"the logo {name} is no SVG and no PNG", "save it as one of the two")
    found = inspect(file)
    return found if isinstance(found, Refusal) else file


def portrait(author: Author, path: str, root: Path, listed: Callable[[Path], Sequence[str]] = os.listdir) -> Path | Refusal:
    """The file of an author's portrait, or why it may not be published.

    Args:
        author: someone with a photo.
        path: the file that names the photo: people.yml, or a brief.
        root: the project's folder.
        listed: gives the names in a folder.
    """
    folder = f"{BRIEFS}/people" if author.id else path.rpartition("/")[0]
    where = f"into {folder}/" if author.id else "beside the brief"
    name = author.photo.removeprefix(f"{folder}/")
    file = root / folder / name
    if "/" in name or "\\" in name or name in ("", ".", ".."):
        return Refusal("file-missing", f'"{name}" is a path', f"put the picture {where} and write its name alone")
    if not file.parent.is_dir() or name not in listed(file.parent):
        return Refusal("file-missing", f"{author.photo} is not there", "put the file there, or take the line out")
    if file.is_symlink() or file.parent.is_symlink() or not file.is_file():
        return Refusal("symlink", f"{name} is a link to another place", "put the file itself there")
    if kind_of(name) not in PICTURES:
        return Refusal("file-kind", f"{name} is not a picture", f"use one of {', '.join(PICTURES)}")
    found = inspect(file)
    return found if isinstance(found, Refusal) else file


def check_tree(root: Path) -> list[Finding]:
    """Report links to other places among the briefs: they are not followed."""
    findings: list[Finding] = []
    folders = [f"{root}/{BRIEFS}"]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_symlink() and (entry.name.endswith(".md") or os.path.isdir(entry.path)):
                    report = Report(Path(entry.path).relative_to(root).as_posix())
                    report.add("symlink", Place(1, 1), "this is a link to another place, and is not read", "put the file itself there")
                    findings += report.findings
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return findings
