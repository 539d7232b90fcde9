"""Make the web fonts of the portal from the Be Vietnam Pro files of its npm package.

    npm pack @fontsource/be-vietnam-pro@5.3.0 && tar xzf fontsource-be-vietnam-pro-5.3.0.tgz
    python static/fonts/make_fonts.py package/files static/fonts        # needs fonttools and brotli

Two families come out, one WOFF2 file a weight:

* ``be-vietnam-pro-<weight>.woff2``: the package ships Latin and Vietnamese as separate files; a browser that reads
  Vietnamese needs both. Here both are cut to the letters of official Vietnamese text and joined, unhinted, with kerning
  and mark positions kept, so that one request a weight is enough.
* ``be-vietnam-so-<weight>.woff2`` ("Be Vietnam So", so = number; 400 and 700 only): the family has no
  tabular figures, so decimals would not stand below each other. The companion holds only digits and signs, all of one
  width, each outline centred in it.

Be Vietnam Pro is under the SIL Open Font License 1.1 without a reserved font name; both results stay under it
(see OFL.txt), and the changed companion carries its own name.
"""

import sys
import tempfile
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import GlyphCoordinates

WEIGHTS = (400, 600, 700)
# ASCII, the Latin-1 letters and punctuation, the signs of documents (the figures' minus, dashes, quotes).
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”…•‹›−×÷\u2009\u200b\u202f€™")]
VIETNAMESE = [*map(ord, "ĂăĐđĨĩŨũƠơƯư₫\u0300\u0301\u0303\u0309\u0323"), *range(0x1EA0, 0x1EFA)]
# Features kept: composing of marks, kerning, placing of marks. Figures stay as drawn.
FEATURES = ["ccmp", "kern", "mark", "mkmk", "locl"]

DIGITS = "0123456789+\u2212"
DIGIT_WIDTHS = {400: 640, 700: 668}
DIGIT_FAMILY = "Be Vietnam So"


def cut(source: Path, code_points: list[int], target: Path) -> set[int]:
    """Write the part of ``source`` with ``code_points`` to ``target`` (TTF) and return the code points found."""
    options = subset.Options(
        layout_features=FEATURES, hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14]
    )
    font = TTFont(source)
    job = subset.Subsetter(options)
    job.populate(unicodes=code_points)
    job.subset(font)
    found = set(font.getBestCmap())
    font.flavor = None
    font.save(target)
    return found


def make_text_font(files: Path, weight: int, target: Path) -> None:
    """Join the Latin and the Vietnamese file of one weight into ``target``."""
    with tempfile.TemporaryDirectory() as folder:
        latin, vietnamese = Path(folder, "latin.ttf"), Path(folder, "vietnamese.ttf")
        found = cut(files / f"be-vietnam-pro-latin-{weight}-normal.woff2", LATIN, latin)
        missing = [code for code in VIETNAMESE if code not in found]
        found |= cut(files / f"be-vietnam-pro-vietnamese-{weight}-normal.woff2", missing, vietnamese)
        if lost := [chr(code) for code in VIETNAMESE if code not in found]:
            raise SystemExit(f"weight {weight} lacks {' '.join(lost)}")
        font = merge.Merger().merge([str(latin), str(vietnamese)])
    font.flavor = "woff2"
    font.save(target)


def make_digit_font(files: Path, weight: int, target: Path) -> None:
    """Give every digit and sign of one weight the same width."""
    width = DIGIT_WIDTHS[weight]
    font = TTFont(files / f"be-vietnam-pro-latin-{weight}-normal.woff2")
    job = subset.Subsetter(
        subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[1, 2, 4, 6, 13, 14])
    )
    job.populate(text=DIGITS)
    job.subset(font)
    outlines, metrics = font["glyf"], font["hmtx"]
    for code, name in font.getBestCmap().items():
        outline = outlines[name]
        if outline.isComposite():
            raise SystemExit(f"U+{code:04X} is made of parts and cannot be moved")
        left = round((width - (outline.xMax - outline.xMin)) / 2)
        shift = left - outline.xMin
        outline.coordinates = GlyphCoordinates([(x + shift, y) for x, y in outline.coordinates])
        outline.recalcBounds(outlines)
        metrics[name] = (width, left)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = DIGIT_FAMILY
        elif record.nameID == 6:
            record.string = f"{DIGIT_FAMILY.replace(' ', '')}-{weight}"
    font["hhea"].advanceWidthMax = width
    font.flavor = "woff2"
    font.save(target)


def main(files: Path, out: Path) -> None:
    """Make both families and print the sizes."""
    out.mkdir(parents=True, exist_ok=True)
    jobs = [(make_text_font, "be-vietnam-pro", weight) for weight in WEIGHTS]
    jobs += [(make_digit_font, "be-vietnam-so", weight) for weight in DIGIT_WIDTHS]
    for make, name, weight in jobs:
        target = out / f"{name}-{weight}.woff2"
        make(files, weight, target)
        print(f"{target.stat().st_size:7d}  {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
