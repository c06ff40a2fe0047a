"""A body is the same with the shortcuts and by Python-Markdown alone, and each text has its own."""

from __future__ import annotations

import random

import pytest
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import Pattern

from briefpress import body
from briefpress.body import Body, Picture, Surroundings, render
from briefpress.texts import texts

AROUND = Surroundings(texts("en"), {"x.md": "../x/"}, {"p.svg": Picture("p.svg", 640, 320)})

NASTY = [
    # Emphasis, and what is none
    "*a* **b** ***c*** _d_ __e__ ___f___", "*a **b** c* _a __b__ c_", "*a _b* c_", "**a *b** c*", "a*b*c a_b_c", "*a",
    "a*", "_", "***", "* a *",
    "snake_case_name and 2*3*4", "*a*b*c*", "_a\\_b_", "*a\nb*", "**a***", "***a*b**", "Word *a* _b_ *c",
    "*[a](x.md)*", "[*a*](x.md)_b_",
    # Deleted, inserted, above and below
    "H~2~O 10^6^", "~~a~~ ^^b^^ ~c~ ^d^", "~a^b~c^", "^a b^ ^a\\ b^", "~~~a~b~~", "*~a~* ~*a*~", "x^", "~",
    "[^a]^b^\n\n[^a]: c~d~",
    # Code
    "`a` ``b`c`` `*d*`", "`a", "\\`a`", "`` ` ``", "`a`{: .note}", "`<b>&amp;`", "*`a*`", "[`a`](x.md)",
    "`[^1]`\n\n[^1]: a",
    # Escapes and entities
    "\\*a\\* \\_b\\_ \\[c\\](d)", "\\\\*a*", "\\a \\", "&amp; & &#65; &#x41; &nosuch; &lt;b&gt;", "\\&amp;", "a\\\nb",
    "\\# a", "1\\. a", "## A \\* b\\#",
    # Links and pictures
    "[a](#b)", "![p](<p.svg>)", "[a]( x.md )",
    "[a](x.md) [b](https://e.org 't') [c](<x y.md> \"t\")", "[a](x(y)z.md) [b]((c)", "[a](", "[a]", "[a] (x.md)",
    "[a [b](c) d](x.md)", "![p](p.svg \"c\")",
    "[![p](p.svg)](x.md)", "![p](p.svg) word", "!\\[p](p.svg)", "[a][b] [b][] [b]\n\n[b]: x.md 'T'",
    "![a][b] ![b]\n\n[b]: p.svg", "[a][nosuch] ![b][nosuch]",
    "[b]: x.md\n[c]: y.md\n\n[b] [c]", "Word\n[b]: x.md\nword [b]", "[b]: x.md\nword [b]",
    "[b]: <x.md>\n    'T'\n\n[B]", "[a\nb](x\n.md)", "](x.md)[a",
    "<https://e.org/a_b_c> <a@b.org> <mailto:a@b.org> <ftp://e.org>", "<https://e.org a@b>", "http://e.org a@b.org",
    "<a@b", "a < b > c :// @",
    # Footnotes
    "A[^1] and[^b].\n\n[^1]: One *x*\n[^b]: Two", "A[^1]\n\n[^1]: One\n\n    More\n\n    - a", "A[^no] [^]",
    "[^1]: first\n\nA[^1]", "[^1]: a [^2]\n[^2]: b\n\nA[^1]",
    "Word[^1]\n[^1]: a\nlazy", "![^1]\n\n[^1]: a", "[^1]\n\n[^1]: a", "> A[^1]\n>\n> [^1]: a",
    "A[^1] again[^1]\n\n[^1]: a", "///Footnotes Go Here///\n\nA[^1]\n\n[^1]: a",
    # HTML
    "<sup>2</sup> <b>a</b> <span lang=\"fr\">b</span>", "<script>a</script>", "a <br> b<br/>c", "<!-- *a* -->b",
    "<p>a</p>\n\n*b*", "<", "<a", "<*a*>", "*<b>a*</b>",
    # Attribute lists
    "## A {: #b .note }", "*a*{: lang=fr } b", "Word\n{: .note }", "- a\n{: .note }", "Word {: .note }", "{: .note }",
    "*a*{.x} }",
    # Blocks
    "Word\nword\n# Head", "Word\n===", "Word\n---", "Word\n***", "Word\n- a", "Word\n1. a", "Word\n> a",
    "Word\n    code", "Word\n!!! note\n    a", "Été\nétat",
    "1 word\n2 words", "² a\n١. b", "1. a\n2. b\n\n   c\n3. d", "3. a\n\n    Word\n\n    Word",
    "- a\n\n    [^1]: b\n\n- c[^1]", "- Word\n  word\n\n  Word", "- - a\n    - b",
    "> Word\nword\n\n> [a](x.md)", "!!! note \"T\"\n    Word\n\n    [a](x.md)\n\nWord",
    "    code\n\nWord\n\n    code", "[TOC]", "Word\n[TOC]", "a\n\n[TOC]\n\n## B",
    "| a | b |\n|---|--:|\n| `c|d` | *e* |", "a | b\n---|---\n1 | 2", "Word | b\nword | c",
    "Table: t\n\n| a |\n|---|\n| b |\n\nNote: n", "Word\n| a |\n|---|",
    "```\n*a*\n```", "~~~ {.x}\na\n~~~", "Word\n```\na\n```", "  ```\na\n  ```", "``` not a fence", "---", "***", "#",
    "# ", "#a", "Word#\n#b#", "",
    # Blanks
    "a  \nb", "a  \n", "a \n \nb", "\n\n\na\n\n\n\nb", "a\tb\n\tc", "a\r\nb\r\n\r\nc", " a\n  b\n   c",
    "a\u00a0\n\u2028b\x0bc\x1c\n\nd", "\x02klzzwxh:0000\x03 *a*", "a\x0242\x03",
]  # fmt: skip


class Idle(Extension):
    """In place of the shortcuts."""

    def extendMarkdown(self, md: Markdown) -> None: ...


def stock(text: str, monkeypatch: pytest.MonkeyPatch) -> Body:
    """Set a body by Python-Markdown alone, in a converter that has seen no other."""
    with monkeypatch.context() as patch:
        patch.setattr(body, "Shortcuts", Idle)
        patch.setattr(body, "Contents", TocExtension)
        patch.setattr(body, "_idle", [])
        return render(text, AROUND)


@pytest.mark.parametrize("text", NASTY)
def test_the_result_is_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert render(text, AROUND) == stock(text, monkeypatch)


@pytest.mark.parametrize("seed", range(10))
def test_the_result_is_the_same_for_any_mixture(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        joints = chance.choices(["", " ", "\n", "\n\n", "\n\nWord ", "\n\n- ", "\n\n    ", "\n> ", "\n\n## "], k=8)
        text = "".join(part for pair in zip(joints, chance.choices(NASTY, k=8), strict=True) for part in pair)
        assert render(text, AROUND) == stock(text, monkeypatch), text


def test_plain_words_are_tried_with_no_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a new version of Python-Markdown has brought the cost back."""
    monkeypatch.delattr(Pattern, "getCompiledRegExp")
    words = "Words, and a line end\nafter 3 of them: (nothing) that's “marked” – at all.\n"
    assert render(words, AROUND).html == f"<p>{words.strip()}</p>"


def test_a_text_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    first = "## A\n\n![b](nosuch.svg)[^1] [c] *d ~e <b>\n\n[^1]: f\n[c]: g.md\n\n| h |\n|---|\n| i |\n"
    second = "## A\n\nb[^1] [c] d* e~ </b>\n\n| h |\n|---|\n| i |\n"
    german = Surroundings(texts("de"))
    render(first, german)
    assert render(second, AROUND) == stock(second, monkeypatch)
