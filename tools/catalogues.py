"""`make catalogues`: brings the .po files of the web pages up to date with the texts in the source.

New texts are added without a translation, which a test then reports. Texts that are gone are removed.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parents[1] / "host/ticktap/web"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**.html": {"trimmed": "false", "newstyle_gettext": "true"}}


def extracted() -> Catalog:
    """Returns all texts of the source, without translations."""
    found = Catalog(project="ticktap", charset="utf-8")
    keywords: dict[str, tuple[int, ...] | None] = {"N": None, "_": None, "gettext": None}
    for file, _line, message, _comments, context in extract_from_dir(
        WEB, METHODS, OPTIONS, keywords=keywords, comment_tags=()
    ):
        found.add(message, locations=[(file, 0)], context=context)
    return found


def updated(path: Path) -> str:
    """Returns a catalogue with the texts of the source."""
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parents[1].name)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    out = io.BytesIO()
    write_po(
        out, catalogue, width=0, no_location=True, omit_header=False, sort_output=True, ignore_obsolete=True
    )
    lines = out.getvalue().decode().splitlines()
    kept = [
        line
        for line in lines
        if not line.startswith(('"POT-Creation-Date', '"Generated-By', '"PO-Revision-Date'))
    ]
    return "\n".join(kept).rstrip() + "\n"


def main() -> int:
    """Writes all catalogues; says how many texts have no translation."""
    for path in sorted(WEB.glob("locale/*/LC_MESSAGES/*.po")):
        path.write_text(updated(path), encoding="utf-8")
        with path.open("rb") as source:
            missing = [each.id for each in read_po(source) if each.id and not each.string]
        print(f"{path.parents[1].name}: {len(missing)} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
