"""What is not published yet leaves not one byte in the output, wherever its words stand."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest

ROOT = Path(__file__).parents[1]
BODY = "\n".join(f"## {name}\n\nA paragraph that stands here so that there is a text to set.\n" for name in ("One", "Two"))
BEFORE, AFTER = "2024-07-01T08:59+02:00", "2024-07-01T09:00+02:00"
PLACES = ("title", "subtitle", "name", "affiliation", "bio", "issue", "text", "heading", "footnote", "alternative", "caption",
          "figure", "drawing", "column", "record", "keyword", "description", "funding", "thanks", "picture", "log", "alias")  # fmt: skip
"""Where a brief says something; each place gets a word of its own."""


def words(brief: str) -> dict[str, str]:
    """A word for each place that is in no other text and that no stemmer shortens: `zqdraftxtitlexq`."""
    return {place: f"zq{brief}x{place}xq" for place in PLACES}


def folder_of(brief: str, number: str, write: Callable[..., str], **fields: object) -> dict[str, str]:
    """A brief that says its words in every place that it has, with two pictures and two data files."""
    word = words(brief)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"><title>{}</title></svg>\n'
    figure, picture, data = f"{word['figure']}.svg", f"{word['picture']}.svg", f"{word['figure']}.csv"
    text = write(
        number,
        "2024-07-01",
        f"A title with {word['title']} in it",
        f"{BODY}\n## About {word['heading']}\n\nText with {word['text']} in it.[^1]\n\n"
        f'![A drawing of {word["alternative"]} in lines]({figure} "Caption with {word["caption"]}.")\n\n'
        f"[^1]: A note on {word['footnote']} here.\n",
        subtitle=f"A subtitle with {word['subtitle']}",
        author=[{"name": f"Eva {word['name']}", "affiliation": f"House of {word['affiliation']}",
                 "bio": f"She writes on {word['bio']}."}],
        key_issues=[f"The first key issue says what {word['issue']} is about and why.",
                    "The second key issue says in one sentence what should be done."],
        keywords=[word["keyword"]],
        description=f"A description of {word['description']} that is long enough for search engines.",
        funding=f"Paid for by {word['funding']}.",
        acknowledgements=f"Thanks to {word['thanks']}.",
        image=picture,
        image_alt="A picture that says nothing more.",
        data=[data],
        corrections=[{"date": "2024-07-01", "kind": "correction", "note": f"The second section says {word['log']} now."}],
        aliases=[f"/{word['alias']}/"],
        **fields,
    )  # fmt: skip
    return {
        f"2024/{brief}/index.md": text,
        f"2024/{brief}/{figure}": svg.format(word["drawing"]),
        f"2024/{brief}/{picture}": svg.format(word["drawing"]),
        f"2024/{brief}/{data}": f"year,{word['column']}\n2024,{word['record']}\n",
    }


@pytest.fixture
def laid_out(project: Callable[..., Path], brief_text: Callable[..., str]) -> Path:
    """Two public briefs, and a draft and an embargoed one between them in number and date."""
    folder = project(
        {
            "2024/1.md": brief_text("1/2024", "2024-06-30", "The public brief before the two", BODY),
            "2024/4.md": brief_text("4/2024", "2024-06-30", "The public brief after the two", f"{BODY}\nMore.\n"),
            **folder_of("draft", "2/2024", brief_text, draft=True, related=["1/2024", "3/2024"],
                        lang="fr", translation_of="1/2024"),
            **folder_of("embargo", "3/2024", brief_text, embargo=AFTER, related=["1/2024"],
                        lang="de", translation_of="1/2024"),
        }
    )
    return folder


def built(project: Path, now: str) -> tuple[dict[str, bytes], str]:
    """Build with that moment as now; gives every file as a reader's browser unpacks it, and the report."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/build.py"), "--now", now],
        cwd=project, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    site = project / "site"
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    return {name: unpacked(data) for name, data in files.items()}, done.stderr


def unpacked(data: bytes) -> bytes:
    """A file as a reader's program unpacks it: of a PDF, its text and its metadata too."""
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:5] == b"%PDF-":
        pdf = pypdfium2.PdfDocument(data)
        text = "".join(page.get_textpage().get_text_range() for page in pdf).replace("\r\n", "").replace("\ufffe", "")
        return data + text.encode() + repr(pdf.get_metadata_dict()).encode()
    return data


def holding(files: dict[str, bytes], text: str) -> list[str]:
    """The files that hold a text in their bytes or have it in their name, whatever its case."""
    return sorted(name for name, data in files.items() if text.encode() in data.lower() or text in name.lower())


def addresses(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Every address in a page, and every loc of the sitemap: file, address from the site's root."""
    for name, data in files.items():
        if name.endswith((".html", ".xml")):
            for address in re.findall(rb'(?:href|src)="([^"#]*)|<loc>([^<]*)', data):
                found = (address[0] or address[1]).decode().removeprefix("https://example.org/repo/").removeprefix("/repo/")
                yield name, os.path.normpath(os.path.join(os.path.dirname(name), found))


def test_nothing_of_a_draft_or_an_embargoed_brief_is_in_the_output(laid_out: Path) -> None:
    files, _ = built(laid_out, BEFORE)

    assert "policy-briefs/2024/1/index.html" in files
    # The search can be looked into: it holds the public briefs.
    kinds = {name.rpartition(".")[2] for name, data in files.items() if data.startswith(b"pagefind_dcd")}
    assert {"pf_meta", "pf_fragment", "pf_index", "pf_filter"} <= kinds
    assert any(name.endswith(".pf_index") for name in holding(files, "paragraph"))
    assert sum(name.endswith(".pf_fragment") for name in files) == 2
    for brief in ("draft", "embargo"):
        assert holding(files, f"zq{brief}x") == []
        for word in words(brief).values():
            assert holding(files, word) == []
    for number in (2, 3):
        assert not [name for name in files if name.startswith(f"policy-briefs/2024/{number}/")]
        assert not [name for name, address in addresses(files) if f"policy-briefs/2024/{number}" in address]
        assert holding(files, f"{number}/2024") == []
    first, last = (files[f"policy-briefs/2024/{n}/index.html"].decode() for n in (1, 4))
    assert '<a rel="next" href="../../../policy-briefs/2024/4/">' in first
    assert '<a rel="prev" href="../../../policy-briefs/2024/1/">' in last
    # What they translate does not tell that there are translations.
    for sign in ("hreflang", 'class="versions"', "français", "deutsch"):
        assert sign not in first.lower()


def test_after_its_embargo_a_brief_is_published_whole_and_a_draft_is_not(laid_out: Path) -> None:
    built(laid_out, BEFORE)
    files, _ = built(laid_out, AFTER)

    page = "policy-briefs/2024/3/index.html"
    for place, word in words("embargo").items():
        assert holding(files, word), place
        if place not in ("drawing", "column", "record", "description", "alias"):
            assert page in holding(files, word), place
    name = words("embargo")["figure"]
    assert f"{words('embargo')['alias']}/index.html" in files
    assert {f"policy-briefs/2024/3/{name}.svg", f"policy-briefs/2024/3/{name}.csv"} <= set(files)
    assert any(name.endswith(".pf_index") for name in holding(files, words("embargo")["text"]))
    assert any(name.endswith(".pf_fragment") for name in holding(files, words("embargo")["footnote"]))
    assert any(name.endswith(".pf_filter") for name in holding(files, words("embargo")["name"]))
    assert "sitemap.xml" in holding(files, "policy-briefs/2024/3/")
    assert holding(files, "zqdraftx") == []
    assert "2/2024" not in files[page].decode()
    for one in ("policy-briefs/2024/1/index.html", page):
        languages = re.findall(r'<link rel="alternate" hreflang="([a-z]+)" href="https://example.org/repo/policy-briefs/2024/([0-9])/">',
                               files[one].decode())  # fmt: skip
        assert languages == [("en", "1"), ("de", "3")]
    assert not [name for name, address in addresses(files) if "policy-briefs/2024/2" in address]


def test_a_public_brief_cannot_name_what_is_not_published(laid_out: Path, brief_text: Callable[..., str]) -> None:
    path = laid_out / "briefs/2024/1.md"
    path.write_text(
        brief_text("1/2024", "2024-06-30", "The public brief before the two",
                   f"{BODY}\nSee [that](draft/index.md) and [this](embargo/index.md#one).\n", related=["3/2024"]))  # fmt: skip
    for now, codes in ((BEFORE, ["related", "link-unpublished", "link-unpublished"]), (AFTER, ["link-unpublished"])):
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--quiet"], cwd=laid_out, capture_output=True, text=True, check=False,
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": f"{dt.datetime.fromisoformat(now).timestamp():.0f}"},
        )  # fmt: skip
        assert done.returncode == 1
        assert re.findall(r"briefs/2024/1\.md:\d+:\d+: error: .* \[([a-z-]+)\]", done.stderr) == codes
        assert not (laid_out / "site").exists()
