"""The four web fonts, cut to the letters and the weights that the pages use.

The sources are two packages under the SIL Open Font License: Source Serif 4 and Source Sans 3,
the faces of the print files too. As published they are 1.1 MB; cut they are some 90 kB. Cutting
takes seconds, so callers keep the result under `CUT_OF`.

Not cut: an italic of the sans. Emphasis in captions and key issues is slanted by the browser.
"""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import io
from dataclasses import dataclass

from fontTools import subset  # type: ignore[import-untyped]  # fontTools has no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools has no types
from fontTools.varLib import instancer  # type: ignore[import-untyped]  # fontTools has no types

# Latin 1 and Extended-A without the letters that no official language of Europe writes, and
# what typesetting needs besides.
_UNUSED = "ĈĉĔĕĜĝĤĥĨĩĬĭĲĳĴĵĸĿŀŉŎŏŜŝŦŧŨũŬŭſ"
_MORE = "ȘșȚțẞ‐‑‒–—‘’‚“”„†‡•…‰′″‹›⁄€™←↑→↓↩−≈≠≤≥\u2009\u202f"
LETTERS = (
    frozenset(range(0x20, 0x7F))
    | (frozenset(range(0xA0, 0x180)) - frozenset(map(ord, _UNUSED)))
    | frozenset(map(ord, _MORE))
)


@dataclass(frozen=True)
class Cut:
    """How one file is cut from a variable font.

    Attributes:
        package: the Python package that holds the font, also its distribution.
        source: the file in it.
        axes: tag, least and greatest value kept. `wght` is the CSS weight; `opsz`, the optical
            size, is in points. Equal values pin the axis.
        features: OpenType features kept.
    """

    package: str
    source: str
    axes: tuple[tuple[str, float, float], ...]
    features: tuple[str, ...] = ("kern", "liga", "ccmp", "locl", "mark")


_SERIF, _SANS = "fontpkg_source_serif_4", "fontpkg_source_sans_3"
_ROMAN, _ITALIC = "SourceSerif4[opsz,wght].ttf", "SourceSerif4-Italic[opsz,wght].ttf"
CUTS = {
    "serif-text.woff2": Cut(_SERIF, _ROMAN, (("opsz", 14, 14), ("wght", 400, 400))),
    "serif-text-italic.woff2": Cut(_SERIF, _ITALIC, (("opsz", 14, 14), ("wght", 400, 400))),
    "serif-title.woff2": Cut(_SERIF, _ROMAN, (("opsz", 28, 28), ("wght", 600, 600))),
    "sans.woff2": Cut(_SANS, "SourceSans3[wght].ttf", (("wght", 400, 600),), (*Cut.features, "tnum")),
}

# What the bytes depend on: the settings above and the packages that hold and cut the fonts.
CUT_OF = repr(
    (
        sorted(LETTERS),
        sorted(CUTS.items(), key=lambda item: item[0]),
        [(name, importlib.metadata.version(name)) for name in (_SERIF, _SANS, "fonttools", "brotli")],
    )
)


def cut_fonts() -> dict[str, bytes]:
    """Return the web fonts by file name; the same bytes each time for the same `CUT_OF`.

    Raises:
        ModuleNotFoundError: a package of fonts is not installed.
    """
    return {name: _cut(cut) for name, cut in CUTS.items()}


def _cut(cut: Cut) -> bytes:
    source = importlib.resources.files(cut.package) / "files" / cut.source
    # recalcTimestamp would put the clock into the file.
    font = TTFont(io.BytesIO(source.read_bytes()), recalcTimestamp=False)
    # Name records 13 and 14 are the licence, which asks to go with the font.
    options = subset.Options(hinting=False, layout_features=list(cut.features), name_IDs=[0, 1, 2, 13, 14])
    options.drop_tables += ["DSIG", "STAT", "prep", "gasp"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    # Letters first, axes second: the other way round fails. And through a file, since axes can
    # only be pinned on a font that is whole.
    whole = io.BytesIO()
    font.save(whole)
    whole.seek(0)
    limits = {tag: (low, high) for tag, low, high in cut.axes}
    pinned = instancer.instantiateVariableFont(TTFont(whole, recalcTimestamp=False), limits)
    pinned.flavor = "woff2"
    result = io.BytesIO()
    pinned.save(result)
    return result.getvalue()
