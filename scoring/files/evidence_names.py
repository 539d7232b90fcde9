"""What a person called a file, made fit to be shown and sent back (case T35). The name never becomes a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
UNNAMED = "tai-lieu"

# Controls, line ends and whatever turns the reading direction or takes no room: with these a name can lie.
_DECEIVING = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]+"
)
_FORBIDDEN = re.compile(r"[:*?\"<>|]+")  # no file of Windows may hold them
_SURROGATES = re.compile(r"[\ud800-\udfff]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)  # devices of Windows
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")


def clean_name(raw: str) -> str:
    """`raw` as it may be shown and offered for saving, at most 120 characters with its extension kept.

    Composed (NFC), without folders, controls, marks that turn the direction, signs that Windows forbids, and dots or
    spaces at the ends; a name that Windows keeps for a device gets a leading underscore. Never empty.
    """
    # A name is cut at nothing, so that “a.pdf\x00.html” stays what it is: .html.
    text = _SURROGATES.sub("", unicodedata.normalize("NFC", _SURROGATES.sub("", raw)))
    text = re.split(r"[\\/]", _DECEIVING.sub(" ", text))[-1]
    text = " ".join(_FORBIDDEN.sub(" ", text).split())
    stem, ending = _split(text.rstrip(" ."))
    stem = stem.strip(" .") or UNNAMED
    if _RESERVED.fullmatch(stem.split(".", 1)[0].strip()):
        stem = f"_{stem}"
    return stem[: LONGEST - len(ending)].rstrip(" .") + ending


def extension_of(name: str) -> str:
    """The extension in small letters without its dot; empty where there is none."""
    return _split(name)[1][1:].lower()


def stem_of(name: str) -> str:
    """The name without its extension, underscores and hyphens read as spaces: a first title for the document."""
    return " ".join(re.split(r"[\s_]+", _split(name)[0])).strip() or UNNAMED


def _split(name: str) -> tuple[str, str]:
    found = _EXTENSION.search(name)
    return (name[: found.start()], found[0]) if found else (name, "")
