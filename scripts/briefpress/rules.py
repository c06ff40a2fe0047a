"""The rules that a brief is checked by: one row each, and the only place they are listed.

The level of a finding comes from its row; the editors' manual prints the rows; a waiver
(`lint_ignore`) is accepted only where the row says so.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from briefpress.finding import Finding, Level, Place, Repair

E, W, A = Level.ERROR, Level.WARNING, Level.ADVICE


@dataclass(frozen=True)
class Rule:
    """One rule: its code, what its findings weigh, and what it asks for."""

    code: str
    level: Level
    asks: str
    """One sentence for the manual, as an editor would put it."""
    waivable: bool = False
    """Whether a brief may waive it with a reason; never for header, number, ISSN or safety."""


SECTIONS: dict[str, tuple[Rule, ...]] = {
    "The file and its header": (
        Rule("file-encoding", E, "A brief is saved as UTF-8."),
        Rule("file-size", E, "A brief's text has at most 500 kB."),
        Rule("file-name", E, "Names of files hold letters, digits, hyphens, dots and underscores."),
        Rule("control-character", E, "A brief holds no invisible control characters."),
        Rule("symlink", E, "A brief and its files are files, not links to other places."),
        Rule("no-header", E, "The header begins on line 1 with three hyphens and ends with three."),
        Rule("yaml-colon", E, "A text with a colon stands in quotation marks."),
        Rule("yaml-quotes", E, "A quotation mark that opens a text closes it, and nothing follows."),
        Rule("yaml-space", E, "An ordinary space follows the colon after a field's name."),
        Rule("yaml-tab", E, "Lines are indented with spaces, not tabs."),
        Rule("yaml-bullet", E, "Items of a list begin with a hyphen and a space."),
        Rule("yaml-indent", E, "Items of a list are indented alike."),
        Rule("yaml-special", E, "A text that begins with one of & * ! % @ ` [ { | > is quoted."),
        Rule("yaml-comment", W, "A # begins a comment: a text with a # in it is quoted."),
        Rule("yaml-nesting", E, "A header nests lists and fields at most eight deep."),
        Rule("yaml-syntax", E, "Each line of the header is a field, a colon and its value."),
        Rule("repeated-field", E, "A field is given once."),
        Rule("unknown-field", E, "Only the fields in the manual are known."),
        Rule("field-name", W, "A field is written with its own name: key_issues, not Key issues."),
        Rule("missing-field", E, "Every mandatory field is there and has a value."),
        Rule("field-shape", E, "A text is a text and a list is a list."),
    ),
    "Title, authors and date": (
        Rule("title-length", E, "A title has 5 to 200 characters, a subtitle at most 200."),
        Rule("title-full-stop", W, "A title has no full stop at its end.", waivable=True),
        Rule("title-capitals", W, "A title is not written in capitals.", waivable=True),
        Rule("title-masthead", E, "The title is not the masthead, which the page adds."),
        Rule("subtitle-repeats", W, "The subtitle does not repeat the title.", waivable=True),
        Rule("author-several", E, "Several authors stand on several lines."),
        Rule("author-order", E, "An author is written given name first: Eva Example."),
        Rule("author-prefix", W, "The by-line has names only: no By, no Dr."),
        Rule("author-capitals", W, "A name is not written in capitals.", waivable=True),
        Rule("author-unknown", E, "An author's short id is in people.yml."),
        Rule("author-address", E, "Two people do not share one address; one person is written one way."),
        Rule("author-repeated", E, "An author is named once."),
        Rule("orcid", E, "An ORCID iD has sixteen digits, of which the last checks the others."),
        Rule("email", E, "An e-mail address has one @ between a name and a host."),
        Rule("date-format", E, "A date is written YYYY-MM-DD."),
        Rule("date-impossible", E, "A date is a day of the calendar."),
        Rule("date-future", E, "A date after today goes with an embargo or a draft."),
        Rule("embargo", E, "An embargo is a date, or a date and time with its zone."),
        Rule("true-false", E, "A switch is true or false."),
    ),
    "Number, series and ISSN": (
        Rule("series-unknown", E, "The series is one of those in series.yml."),
        Rule("number-format", E, "The number has the form of its series."),
        Rule("number-refused", E, "A series without numbers numbers no brief."),
        Rule("number-taken", E, "A number is given to one brief, and so is an address."),
        Rule("number-year", E, "The number's year is that of the date.", waivable=True),
        Rule("number-gap", A, "Numbers run without gaps.", waivable=True),
        Rule("colour-contrast", E, "White text can be read on the colour of a series."),
        Rule("issn-format", E, "An ISSN has four digits, a hyphen, three digits and a check character."),
        Rule("issn-check-digit", E, "The last character of an ISSN checks the others."),
        Rule("issn-differs", E, "The brief's ISSN is that of its series."),
        Rule("doi", E, "A DOI has a prefix that begins with 10, a slash and a suffix, and belongs to one brief."),
        Rule("doi-address", W, "A DOI is written alone, without https://doi.org/."),
        Rule("doi-prefix", W, "A DOI has the prefix of its series.", waivable=True),
        Rule("related", E, "A related brief exists, is public, and is another one."),
        Rule("alias", E, "An old address begins with / and leads to one brief, and no page is there."),
        Rule("translation", E, "A translation names its original, in another language, once for each language."),
    ),
    "Corrections and the version of record": (
        Rule("correction-note", E, "A correction says in 20 to 1,000 characters what changed."),
        Rule("correction-date", E, "A correction has the day on which it was made, after the brief's own and not after today."),
        Rule("correction-order", W, "Corrections stand in the order of their dates."),
        Rule("withdrawal", E, "A brief is withdrawn once."),
        Rule("record-text", E, "The text of a public brief changes only with a new entry in its corrections."),
        Rule("record-correction", E, "A correction that is public stays as it was."),
        Rule("record-vanished", E, "A public brief keeps its place: it is not deleted, hidden or moved."),
        Rule("record-number", E, "Two branches do not give one number."),
    ),
    "Key issues and description": (
        Rule("key-issues-count", E, "A brief has two to five key issues."),
        Rule("key-issue-length", W, "A key issue has 8 to 45 words.", waivable=True),
        Rule("key-issue-full-stop", W, "A key issue is a sentence and ends like one.", waivable=True),
        Rule("key-issue-repeated", E, "No two key issues are the same."),
        Rule("description-length", A, "A description has 50 to 160 characters.", waivable=True),
        Rule("keywords-count", W, "There are at most ten keywords.", waivable=True),
        Rule("topic-unknown", E, "A topic is one of those of the series."),
        Rule("region-unknown", E, "A region is one of those of the series."),
        Rule("language", E, "A language is written as its code: en, fr, pt-BR."),
        Rule("license", E, "A licence is written as its SPDX identifier: CC-BY-4.0."),
    ),
    "On paper": (
        Rule("pdf-differs", E, "A designer's PDF has the number and the title of its brief."),
        Rule("pdf-text", W, "A designer's PDF has the text of its brief.", waivable=True),
        Rule("pdf-untagged", W, "A designer's PDF is tagged, so that it can be read aloud.", waivable=True),
        Rule("formula", W, "A brief has no formulas: they would be printed as they are typed.", waivable=True),
        Rule("glyph-missing", A, "Every character has a letterform in the faces of the PDF.", waivable=True),
    ),
    "Files beside a brief": (
        Rule("file-missing", E, "A file that the brief names lies in its folder."),
        Rule("file-kind", E, "A file is of a kind that is published, and is what its name says."),
        Rule("file-weight", E, "A picture has at most 5 MB, another file at most 20 MB."),
        Rule("svg-active", E, "An SVG has no script, no handler, no foreign object, no outside address."),
        Rule("file-unused", A, "A file in the brief's folder is named by the brief.", waivable=True),
        Rule("file-stray", W, "A folder with an index.md holds no other Markdown file."),
        Rule("figure", E, "A figure from data names a CSV beside the brief and says how to draw it."),
        Rule("figure-source", A, "The caption of a figure, and of a table of numbers, names a source.", waivable=True),
        Rule("alt-missing", E, "A picture has a text for those who cannot see it."),
        Rule("alt-file-name", W, "A picture's text is not its file's name.", waivable=True),
        Rule("alt-length", W, "A picture's text has 10 to 300 characters.", waivable=True),
        Rule("alt-repeats", W, "A picture's text says more than its caption.", waivable=True),
    ),
    "The text": (
        Rule("text-empty", E, "A brief has a text under its header."),
        Rule("text-nesting", E, "Lists and quotations nest at most eight deep."),
        Rule("text-time", E, "A brief's text can be set within twenty seconds."),
        Rule("text-length", A, "A brief has 1,200 to 3,500 words.", waivable=True),
        Rule("acronym", A, "An acronym that stands in the text twice is spelt out once, unless everybody knows it.", waivable=True),
        Rule("heading-one", E, "Headings of the text begin with ##; the title is the page's own."),
        Rule("heading-step", W, "A heading is one level below the one it belongs to.", waivable=True),
        Rule("heading-empty", E, "A heading has words."),
        Rule("heading-count", A, "A brief has three to seven headings of the first level.", waivable=True),
        Rule("heading-capitals", A, "A heading in English has capitals for its first word and for names alone.", waivable=True),
        Rule("heading-space", E, "A space follows the hashes of a heading."),
        Rule("list-gap", W, "An empty line stands before a list.", waivable=True),
        Rule("table-gap", W, "An empty line stands before a table.", waivable=True),
        Rule("footnote-undefined", E, "Every footnote that is referred to is defined."),
        Rule("footnote-unused", E, "Every footnote that is defined is referred to."),
        Rule("footnote-repeated", E, "A footnote is defined once."),
        Rule("link-missing", E, "A link leads to a page that exists."),
        Rule("link-anchor", E, "A link into a brief leads to a heading that it has."),
        Rule("link-unpublished", E, "A public brief links to public briefs."),
        Rule("link-scheme", E, "A link begins with https, http or mailto, or is a path."),
        Rule("link-outside", E, "A path stays within the project."),
        Rule("link-absolute", W, "A link within the site is a path, as the file lies on the disk."),
        Rule("link-empty", E, "A link has an address and words."),
        Rule("link-reference", W, "A link by reference has its address below.", waivable=True),
        Rule("link-unread", W, "A link has its words in square brackets and its address in round ones."),
        Rule("link-words", A, "The words of a link say where it leads, and an address stands in a note.", waivable=True),
        Rule("image-remote", E, "A picture lies in the brief's folder, not on another site."),
        Rule("html-removed", W, "HTML that a brief may not hold is taken out."),
        Rule("id-repeated", E, "An id given to a heading or a picture is given once."),
        Rule("id-renamed", W, "An id is letters, digits and hyphens, and begins with a letter."),
    ),
    "Waivers and house rules": (
        Rule("waiver-unknown", E, "A waiver names a rule of this list."),
        Rule("waiver-refused", E, "A waiver is for a rule that may be waived."),
        Rule("waiver-reason", E, "A waiver has a reason of at least ten characters."),
        Rule("waiver-unused", W, "A waiver that is no longer needed is taken out."),
        Rule("house-rule", E, "A house rule names a rule of this list, and only one that may be waived is switched off or lowered."),
    ),
}
RULES: dict[str, Rule] = {rule.code: rule for rules in SECTIONS.values() for rule in rules}


@dataclass(frozen=True)
class HouseRule:
    """What a house makes of one rule, in `series.yml`."""

    level: Level | None = None
    """None where it stays as it is."""
    off: bool = False
    since: dt.date | None = None
    """A brief older than that gets advice instead."""


@dataclass
class Report:
    """Collects the findings of one file."""

    path: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, place: Place, message: str, remedy: str, instead: Repair | None = None) -> None:
        """Note a finding of the rule `code`.

        Raises:
            KeyError: there is no such rule; a mistake of the caller.
        """
        level = RULES[code].level
        self.findings.append(Finding(self.path, *place, code, level, message, remedy, instead))
