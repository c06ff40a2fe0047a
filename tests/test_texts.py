"""The table of the site's own words: alike in every language, and neither a word too few nor one too many."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from briefpress.fields import CORRECTIONS, ROLES
from briefpress.texts import FALLBACK, TEXTS, texts

PACKAGE = Path(__file__).parents[1] / "scripts/briefpress"
THEME = PACKAGE / "site/theme"
TEMPLATES = {path.relative_to(THEME).as_posix(): path.read_text("utf-8") for path in THEME.rglob("*.html")}
CODE = {path.name: path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if path.name != "texts.py"}
others = pytest.mark.parametrize("lang", [lang for lang in TEXTS if lang != FALLBACK])
every = pytest.mark.parametrize("lang", TEXTS)
FACETS = ("author", "topic", "region")


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def in_templates() -> set[str]:
    """Return the keys that templates print."""
    return {one for text in TEMPLATES.values() for pair in re.findall(r"\btexts(?:\.(\w+)|\[\"(\w+)\"\])", text) for one in pair if one}


def in_code() -> set[str]:
    """Return the keys that Python asks for, those included that are put together from a word and an ending."""
    found: set[str] = set()
    for text in CODE.values():
        found |= set(re.findall(r"\b(?:words|texts)\[\"(\w+)\"\]", text))
        found |= set(re.findall(r"texts\(\w+\)\[\"(\w+)\"\]", text))
        found |= set(re.findall(r"\.texts\[['\"](\w+)['\"]\]", text))
        for yes, no in re.findall(r"\b(?:words|texts)\[\"(\w+)\" if [^\]]*? else \"(\w+)\"\]", text):
            found |= {yes, no}
        for key in re.findall(r"counted\(words, f?\"([\w{}.]+)\"", text):
            found |= {f"{one}_{end}" for one in filled(key) for end in ("one", "many")}
        for key in re.findall(r"\b(?:words|texts)\[f\"([\w{}.]+)\"\]", text):
            found |= filled(key)
        if re.search(r"\b(?:words|texts)\[kind\]", text):
            found |= set(FACETS)
    return found


def filled(key: str) -> set[str]:
    """Return what a key made of a word and a name can be."""
    if "{facet.name}" in key:
        return {key.replace("{facet.name}", name) for name in FACETS}
    if "{one.role}" in key:
        return {key.replace("{one.role}", role) for role in ROLES}
    for part in ("{one.kind}", "{last.kind}"):
        if part in key:
            return {key.replace(part, kind) for kind in CORRECTIONS if kind != "typo"}
    assert "{" not in key, f"say here what {key} can be"
    return {key}


@others
def test_every_language_has_the_same_keys(lang: str) -> None:
    assert list(TEXTS[lang]) == list(TEXTS[FALLBACK])


@others
@pytest.mark.parametrize("key", TEXTS[FALLBACK])
def test_every_text_has_the_same_fields(lang: str, key: str) -> None:
    assert fields_of(TEXTS[lang][key]) == fields_of(TEXTS[FALLBACK][key])


@every
def test_every_text_says_something_and_no_more(lang: str) -> None:
    assert [key for key, text in TEXTS[lang].items() if not text or text != text.strip() or "  " in text] == []


@others
def test_texts_are_translated(lang: str) -> None:
    """What is the same word in both languages is short; a sentence is never left in English."""
    assert [key for key, text in TEXTS[lang].items() if text == TEXTS[FALLBACK][key] and text.count(" ") > 2] == []


def test_no_key_is_missing() -> None:
    assert in_templates() - TEXTS[FALLBACK].keys() == set()
    assert in_code() - TEXTS[FALLBACK].keys() == set()


def test_no_key_is_unused() -> None:
    assert TEXTS[FALLBACK].keys() - in_templates() - in_code() == set()


def test_what_a_script_says_it_is_given() -> None:
    given = set(re.findall(r"\"(\w+)\": texts\.\w+", TEMPLATES["parts/find.html"]))
    said = {name: set(re.findall(r"\btexts\.(\w+)", (THEME / "assets" / name).read_text("utf-8"))) for name in ("look.js", "search.js")}
    facets = set(re.findall(r"\"(\w+)\"", re.search(r"FACETS = \[(.*)\]", (THEME / "assets/search.js").read_text("utf-8"))[1]))  # type: ignore[index]
    assert (said["look.js"] | said["search.js"]) - given == set()
    assert given - (said["look.js"] | said["search.js"]) - facets == set()
    assert facets <= given


def test_every_role_has_its_word() -> None:
    assert {key for key in TEXTS[FALLBACK] if key.startswith("role_")} == {f"role_{role}" for role in ROLES}


def test_french_spacing() -> None:
    for key, text in TEXTS["fr"].items():
        assert not re.search(r"[^\u00a0]:(?!//)|[^\u202f][;?!]|«[^\u00a0]|[^\u00a0]»", text), key


@pytest.mark.parametrize(("lang", "of"), [("fr", "fr"), ("fr-BE", "fr"), ("FR", "fr"), ("de-AT", "de"), ("nl", "nl"), ("es", "en"), ("", "en")])
def test_a_tag_has_the_texts_of_its_language(lang: str, of: str) -> None:
    assert texts(lang) is TEXTS[of]
