"""What the template prints: the page of a brief, without what only a screen needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from briefpress.series import Series
from briefpress.typeset.tree import tree

ACCENT = "#15406b"
"""Where a series has no colour; the site's own."""


NO_BREAK = "\u00a0"


def document(page: Mapping[str, Any], series: Series, *, words: Mapping[str, str], site_url: str, pictures: Mapping[str, str]) -> dict[str, Any]:
    """Gather what is printed of a brief; everything that its page shows is in it.

    Args:
        page: what `page.brief_page` gives.
        series: the brief's series.
        words: the site's own words in the brief's language.
        site_url: the site's address, with a slash at its end.
        pictures: the address of a picture on the page → its name in the typesetter's folder.
    """
    lang, _, region = page["lang"].partition("-")
    topics, regions = (", ".join(one["label"] for one in page[kind]) for kind in ("topics", "regions"))
    subjects = [(words["topics"], topics), (words["regions"], regions), (words["keywords"], ", ".join(page["keywords"]))]
    contributors = ", ".join(f"{one['name']} ({one['role']})" for one in page["contributors"])
    imprint = [f"{series.publisher}, {series.place}. {page['copyright'].replace('© ', '©' + NO_BREAK)}. {words['license']} {page['license']['name']}"]
    if page["publishers"]:
        imprint.append(f"{words['publishers']} {'; '.join(page['publishers'])}")
    if page["other_numbers"]:
        imprint.append(f"{words['other_numbers']} {'; '.join(page['other_numbers'])}")
    if page["issn"]:
        imprint.append(f"{words['issn']} {page['issn']}")
    if page["doi"]:
        imprint.append(f"DOI: {page['doi']['name']}")
    return {
        "key": page["url"],
        "reference": page["number"] or page["year"],
        "lang": lang.lower(),
        "region": region.lower() if re.fullmatch("[A-Za-z]{2}", region) else "",
        "accent": series.colour or ACCENT,
        "series": series.title,
        "masthead": page["masthead"],
        "house": series.publisher,
        "title": page["title"],
        "subtitle": page["subtitle"],
        "authors": [one["name"] for one in page["authors"]],
        "by": words["by"],
        "byline": page["byline"],
        "short_byline": page["byline"] if len(page["authors"]) < 3 else f"{page['authors'][0]['name'].split()[-1]} et al.",
        "affiliations": "; ".join(page["affiliations"]),
        "under": [
            *([f"{words['contributors']} {contributors}"] if contributors else []),
            *([f"{words['collection']} {page['collection']}"] if page["collection"] else []),
        ],
        "date": page["date_text"],
        "mark": page["mark"],
        "versions": _versions(page, words),
        "image": {"src": pictures[page["image"]["url"]], "alt": page["image"]["alt"]} if page["image"] else None,
        "corrections": {
            "heading": page["withdrawn"] or words["corrections"],
            "text": words["withdrawn_text"] if page["withdrawn"] else "",
            "entries": [[f"{one['kind']}, {one['date_text']}", one["note"]] for one in page["corrections"]],
        } if page["corrections"] else None,
        "key_issues_heading": words["key_issues"],
        "key_issues": page["key_issues"],
        "body": tree(page["body"], base=page["permalink"], pictures=pictures, columns=int(series.columns)),
        "data_heading": words["data"],
        "data": [[one["title"], site_url + one["url"], f"({one['text']})" + (f". {words['license']} {one['license']}" if one["license"] else "")]
                 for one in page["data"]],
        "about_heading": page["about_heading"],
        "about": [_person(one) for one in page["authors"]],
        "sections": [[words[name], page[name]] for name in ("funding", "acknowledgements") if page[name]],
        "subjects_heading": words["subjects"],
        "subjects": [f"{label} {text}" for label, text in subjects if text],
        "cite_heading": words["cite"],
        # The address at its end is a link on paper too.
        "citation": page["citation"].removesuffix(page["cite_as"]),
        "cited": page["cite_as"],
        "imprint_heading": words["imprint"],
        "disclaimer": page["disclaimer"],
        "imprint": imprint,
        "permalink_label": words["permalink"],
        "permalink": page["permalink"],
        "issn": f"{words['issn']} {page['issn']}" if page["issn"] else "",
        "page": words["page"],
        "description": page["description"],
        "keywords": page["keywords"],
    }  # fmt: skip


def _person(author: Mapping[str, Any]) -> dict[str, Any]:
    reach = []
    if author["orcid"]:
        reach.append([f"ORCID {author['orcid']}", f"https://orcid.org/{author['orcid']}"])
    if author["email"]:
        reach.append([author["email"], f"mailto:{quote(author['email'], safe='@+')}"])
    return {"name": author["name"], "affiliation": author["affiliation"], "bio": author["bio"], "reach": reach}


def _versions(page: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """`Translated from: English. Also in: Deutsch. The original was corrected …`."""
    others = [one for one in page["versions"] if not one["own"]]
    parts = []
    if originals := [one["language"] for one in others if one["original"]]:
        parts.append(f"{words['translated_from']} {originals[0]}")
    if rest := [one["language"] for one in others if not one["original"]]:
        parts.append(f"{words['also_in']} {', '.join(rest)}")
    if page["version_note"]:
        parts.append(page["version_note"])
    return ". ".join(parts)
