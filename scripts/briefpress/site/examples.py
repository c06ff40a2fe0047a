"""What each rule refuses and what it takes, for the manual. A test runs the check on every one.

What stands under `HEADER` takes the place of the lines of the same fields in a brief that is
otherwise sound; what stands under `TEXT` is its text; `WHOLE` are files as a whole.
Rules on several files, and on files of a megabyte, have no example here.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Example(NamedTuple):
    """A text that a rule reports, and one that it does not."""

    bad: str
    good: str


_ISSUES = """\
key_issues:
  - The grid held because three operators had rehearsed the failure.
  - Reserves that nobody tests in winter are no reserves at all."""

HEADER = {
    # The file and its header
    "yaml-colon": Example("title: After the storm: what the grid needs", 'title: "After the storm: what the grid needs"'),
    "yaml-quotes": Example('title: "After the storm', 'title: "After the storm"'),
    "yaml-space": Example("date:2024-03-15", "date: 2024-03-15"),
    "yaml-tab": Example(_ISSUES.replace("  -", "\t-"), _ISSUES),
    "yaml-bullet": Example(_ISSUES.replace("-", "•"), _ISSUES),
    "yaml-indent": Example(_ISSUES.replace("  - Reserves", "   - Reserves"), _ISSUES),
    "yaml-special": Example("title: @home: working after the storm", 'title: "@home: working after the storm"'),
    "yaml-comment": Example("title: The grid, our #1 priority", 'title: "The grid, our #1 priority"'),
    "yaml-syntax": Example("subtitle What the blackout showed", "subtitle: What the blackout showed"),
    "repeated-field": Example("date: 2024-03-15\ndate: 2024-03-16", "date: 2024-03-15"),
    "unknown-field": Example("keyword: [grid]", "keywords: [grid]"),
    "field-name": Example("authors: Eva Example", "author: Eva Example"),
    "missing-field": Example("title:", "title: After the storm"),
    "field-shape": Example("title: [After the storm]", "title: After the storm"),
    # Title, authors and date
    "title-length": Example("title: Grid", "title: The grid after the storm"),
    "title-full-stop": Example("title: The grid held.", "title: The grid held"),
    "title-capitals": Example("title: THE GRID AFTER THE STORM", "title: The grid after the storm"),
    "title-masthead": Example("title: CSDS POLICY BRIEF • 7/2024", "title: The grid after the storm"),
    "subtitle-repeats": Example(
        "title: The grid after the storm\nsubtitle: The grid after the storm", "title: The grid after the storm\nsubtitle: What the blackout showed"
    ),
    "author-several": Example("author: Eva Example and Ludwig Muster", "author:\n  - Eva Example\n  - Ludwig Muster"),
    "author-order": Example("author: Example, Eva", "author: Eva Example"),
    "author-prefix": Example("author: By Eva Example", "author: Eva Example"),
    "author-capitals": Example("author: EVA EXAMPLE", "author: Eva Example"),
    "author-repeated": Example("author:\n  - Eva Example\n  - Eva Example", "author: Eva Example"),
    "author-unknown": Example("author: nobody-known", "author: Nobody Known"),
    "orcid": Example(
        "author:\n  - name: Eva Example\n    orcid: 0000-0002-1825-0098", "author:\n  - name: Eva Example\n    orcid: 0000-0002-1825-0097"
    ),
    "email": Example(
        "author:\n  - name: Eva Example\n    email: eva at example.org", "author:\n  - name: Eva Example\n    email: eva@example.org"
    ),
    "date-format": Example("date: 15.3.2024", "date: 2024-03-15"),
    "date-impossible": Example("date: 2024-02-30", "date: 2024-02-29"),
    "date-future": Example("date: 2024-12-24", "date: 2024-12-24\nembargo: 2024-12-24"),
    "embargo": Example("embargo: tomorrow at nine", 'embargo: "2024-03-15T09:00+01:00"'),
    "true-false": Example("draft: yes", "draft: true"),
    # Number, series and ISSN
    "series-unknown": Example("series: policy-brief", "series: policy-briefs"),
    "number-format": Example("number: 1", "number: 1/2024"),
    "number-year": Example("number: 1/2023", "number: 1/2024"),
    "number-gap": Example("number: 9/2024", "number: 1/2024"),
    "issn-format": Example("issn: 2983–466X", "issn: 2983-466X"),
    "issn-check-digit": Example("issn: 2983-4661", "issn: 2983-466X"),
    "issn-differs": Example("issn: 1234-5679", "issn: 2983-466X"),
    "doi": Example("doi: policy-briefs.2024.1", "doi: 10.5555/policy-briefs.2024.1"),
    "doi-address": Example("doi: https://doi.org/10.5555/policy-briefs.2024.1", "doi: 10.5555/policy-briefs.2024.1"),
    "doi-prefix": Example("doi: 10.1234/policy-briefs.2024.1", "doi: 10.5555/policy-briefs.2024.1"),
    "related": Example("related: [99/2024]", "related: []"),
    "alias": Example("aliases: [old-address]", "aliases: [/old-address/]"),
    "translation": Example("lang: fr\ntranslation_of: 99/2024", "lang: fr"),
    # Corrections
    "correction-note": Example(
        "corrections:\n  - date: 2024-04-02\n    kind: correction\n    note: Fixed.",
        'corrections:\n  - date: 2024-04-02\n    kind: correction\n    note: "The share is 44 per cent, not 41."',
    ),
    "correction-date": Example(
        'corrections:\n  - date: 2024-03-01\n    kind: correction\n    note: "The share is 44 per cent, not 41."',
        'corrections:\n  - date: 2024-04-02\n    kind: correction\n    note: "The share is 44 per cent, not 41."',
    ),
    "correction-order": Example(
        'corrections:\n  - {date: 2024-04-09, kind: addendum, note: "A table was added to section 2."}\n'
        '  - {date: 2024-04-02, kind: correction, note: "The share is 44 per cent, not 41."}',
        'corrections:\n  - {date: 2024-04-02, kind: correction, note: "The share is 44 per cent, not 41."}\n'
        '  - {date: 2024-04-09, kind: addendum, note: "A table was added to section 2."}',
    ),
    "withdrawal": Example(
        'corrections:\n  - {date: 2024-04-02, kind: withdrawal, note: "The survey was taken back."}\n'
        '  - {date: 2024-04-09, kind: withdrawal, note: "The survey was taken back."}',
        'corrections:\n  - {date: 2024-04-02, kind: withdrawal, note: "The survey was taken back."}',
    ),
    # Key issues and description
    "key-issues-count": Example(_ISSUES.partition("\n  - Reserves")[0], _ISSUES),
    "key-issue-length": Example(_ISSUES.replace(" because three operators had rehearsed the failure", ""), _ISSUES),
    "key-issue-full-stop": Example(_ISSUES.replace("failure.", "failure"), _ISSUES),
    "key-issue-repeated": Example(
        re.sub("The grid.*", "Reserves that nobody tests in winter are no reserves at all.", _ISSUES),
        _ISSUES,
    ),
    "description-length": Example(
        "description: On the grid.", "description: How the grid held through the storm, and what it needs before the next one."
    ),
    "keywords-count": Example("keywords: [a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2]", "keywords: [grid, storage]"),
    "topic-unknown": Example("topics: [Energy]", "topics: [energy]"),
    "region-unknown": Example("regions: [eu]", "regions: [europe]"),
    "language": Example("lang: French", "lang: fr"),
    "license": Example("license: CC BY 4.0", "license: CC-BY-4.0"),
    # Files beside a brief
    "file-missing": Example("data: [polls.csv]", "data: []"),
    # Waivers
    "waiver-unknown": Example(
        "lint_ignore:\n  - {rule: text-lenght, reason: Agreed with the co-publisher.}",
        "lint_ignore:\n  - {rule: text-length, reason: Agreed with the co-publisher.}",
    ),
    "waiver-refused": Example("lint_ignore:\n  - {rule: issn-format, reason: Our ISSN is odd.}", "issn: 2983-466X"),
    "waiver-reason": Example(
        "lint_ignore:\n  - {rule: text-length, reason: Short.}", "lint_ignore:\n  - {rule: text-length, reason: Agreed with the co-publisher.}"
    ),
    "waiver-unused": Example("lint_ignore:\n  - {rule: number-year, reason: Written in 2023.}", "number: 1/2024"),
}

TEXT = {
    "text-empty": Example("<!-- To be written. -->", "The grid held."),
    "formula": Example("The loss is $\\frac{1}{2}$ of the load.", "The loss is half of the load."),
    "alt-missing": Example("![](outages.svg)", "The grid held."),
    "heading-one": Example("# Introduction\n\nThe grid held.", "## Introduction\n\nThe grid held."),
    "heading-step": Example("## Introduction\n\n#### A detail\n\nThe grid held.", "## Introduction\n\n### A detail\n\nThe grid held."),
    "heading-empty": Example("##\n\nThe grid held.", "## Introduction\n\nThe grid held."),
    "heading-space": Example("##Introduction\n\nThe grid held.", "## Introduction\n\nThe grid held."),
    "heading-capitals": Example("## What The Blackout Showed About Reserves\n\nText.", "## What the blackout showed about reserves\n\nText."),
    "acronym": Example("The TSO warned in May. In June the TSO warned again.",
                       "The transmission system operator (TSO) warned in May. In June the TSO warned again."),
    "link-words": Example("The figures are [here](https://example.org/).", "The operators publish [the figures by month](https://example.org/)."),
    "figure-source": Example("Table: Outages by month\n\n| Month | Hours |\n|---|---|\n| May | 4 |\n| June | 7 |",
                             "Table: Outages by month\n\n| Month | Hours |\n|---|---|\n| May | 4 |\n| June | 7 |\n\nNote: Source: Sample House."),
    "list-gap": Example("Three things matter:\n- one\n- two\n- three", "Three things matter:\n\n- one\n- two\n- three"),
    "table-gap": Example("The months:\n| Month | Hours |\n|---|---|\n| May | 4 |", "The months:\n\n| Month | Hours |\n|---|---|\n| May | 4 |"),
    "footnote-undefined": Example("The grid held.[^grid]", "The grid held.[^grid]\n\n[^grid]: Example Institute, *The grid*, 2023."),
    "footnote-unused": Example("The grid held.\n\n[^grid]: Example Institute, 2023.", "The grid held.[^grid]\n\n[^grid]: Example Institute, 2023."),
    "footnote-repeated": Example(
        "The grid held.[^grid]\n\n[^grid]: Example Institute, 2023.\n\n[^grid]: Sample House, 2024.",
        "The grid held.[^grid]\n\n[^grid]: Example Institute, 2023; Sample House, 2024.",
    ),
    "link-missing": Example("See [the earlier brief](no-such-brief.md).",
                            "See [the introduction](#introduction).\n\n## Introduction\n\nThe grid held."),
    "link-anchor": Example("See [there](#conclusion).\n\n## Introduction\n\nThe grid held.",
                           "See [there](#introduction).\n\n## Introduction\n\nThe grid held."),
    "link-scheme": Example("See [the file](ftp://example.org/grid).", "See [the file](https://example.org/grid)."),
    "link-outside": Example("See [the file](../../../notes.md).", "See [the site](https://example.org/)."),
    "link-absolute": Example("See [all briefs](/policy-briefs/).", "See [the site](https://example.org/)."),
    "link-empty": Example("See [](https://example.org/).", "See [the site](https://example.org/)."),
    "link-reference": Example("See [the site][example].", "See [the site][example].\n\n[example]: https://example.org/"),
    "image-remote": Example("![The grid, in three colours](https://example.org/grid.png)", "See [the picture](https://example.org/grid.png)."),
    "html-removed": Example("<font color=red>The grid held.</font>", "**The grid held.**"),
    "id-repeated": Example("## One {#a}\n\nText.\n\n## Two {#a}\n\nText.", "## One {#a}\n\nText.\n\n## Two {#b}\n\nText."),
    "id-renamed": Example("## One {#1st}\n\nText.", "## One {#first}\n\nText."),
    "heading-count": Example("## Introduction\n\nText.", "## Introduction\n\nText.\n\n## The grid\n\nText.\n\n## What to do\n\nText."),
}  # fmt: skip

WHOLE = {
    "no-header": Example("title: After the storm\nauthor: Eva Example\n\nThe grid held.",
                         "---\ntitle: After the storm\nauthor: Eva Example\n---\n\nThe grid held."),
}  # fmt: skip

EXAMPLES = HEADER | TEXT | WHOLE
