"""The stylesheet of a series: text on it can be read in both schemes, whatever the colour that the check lets pass."""

from __future__ import annotations

import re

import pytest

from briefpress.site.assets import DARK_GROUND, FOLDER, mix, series_css
from briefpress.values import contrast

LOOK = (FOLDER / "look.css").read_text("utf-8")
# The darkest and the lightest of each hue that white text can be read on, and some of houses.
COLOURS = (
    "#000000", "#000001", "#010000", "#0a0a0a", "#15406b", "#5b2a4e", "#003399", "#00008b", "#0000ff", "#8b0000", "#c00000", "#cc0000",
    "#006400", "#007a33", "#2e7d32", "#767676", "#595959", "#7a4a00", "#8a5a00", "#4b0082", "#800080", "#a0008c", "#006a6a", "#00707a",
)  # fmt: skip


def tokens(colour: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the tokens of the light and of the dark scheme."""
    light, dark = series_css(colour).split("@media")
    return tuple(dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark))  # type: ignore[return-value]


def look(token: str, *, dark: bool) -> str:
    """Return what the theme's own stylesheet gives to a token."""
    given = re.findall(rf"--{token}: (#[0-9a-fA-F]{{6}});", LOOK)
    return str(given[1 if dark else 0])


def test_the_ground_of_the_dark_scheme_is_that_of_the_stylesheet() -> None:
    assert DARK_GROUND in LOOK


@pytest.mark.parametrize("colour", COLOURS)
def test_text_in_the_colour_and_on_it_can_be_read(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 4.5, "the check would refuse it"
    light, dark = tokens(colour)
    assert set(light) == set(dark) == {"accent", "link", "band", "on-band-soft", "tint"}
    for name in ("accent", "link"):
        assert contrast(light[name], "#ffffff") >= 4.5
        assert contrast(light[name], light["tint"]) >= 4.5, "titles and links of a box stand on it"
        assert contrast(dark[name], DARK_GROUND) >= 7
        assert contrast(dark[name], dark["tint"]) >= 4.5
    for scheme in (light, dark):
        assert scheme["band"] == colour
        assert contrast(scheme["on-band-soft"], scheme["band"]) >= 4.5
        assert contrast("#ffffff", scheme["band"]) >= 4.5


@pytest.mark.parametrize("colour", COLOURS)
def test_the_ink_can_be_read_on_the_tint(colour: str) -> None:
    light, dark = tokens(colour)
    assert contrast(look("ink", dark=False), light["tint"]) >= 7
    assert contrast(look("ink", dark=True), dark["tint"]) >= 7


@pytest.mark.parametrize(("one", "other", "ratio"), [
    ("#000000", "#ffffff", 21.0), ("#ffffff", "#000000", 21.0), ("#777777", "#777777", 1.0), ("#767676", "#ffffff", 4.54),
    ("#0000ff", "#ffffff", 8.59), ("#ff0000", "#ffffff", 4.0),
])  # fmt: skip
def test_contrast(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize(("one", "other", "share", "mixed"), [
    ("#000000", "#ffffff", 0, "#000000"), ("#000000", "#ffffff", 1, "#ffffff"), ("#000000", "#ffffff", 0.5, "#808080"),
    ("#102030", "#102030", 0.3, "#102030"), ("#ff0000", "#0000ff", 0.25, "#bf0040"),
])  # fmt: skip
def test_mix(one: str, other: str, share: float, mixed: str) -> None:
    assert mix(one, other, share) == mixed
