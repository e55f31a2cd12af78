"""The languages of the pages: gettext catalogues, whose .po files Babel reads when the program starts."""

from __future__ import annotations

import datetime
import gettext
import io
from functools import cache
from importlib import resources
from typing import Literal, cast, get_args

from babel.core import negotiate_locale
from babel.dates import LOCALTZ, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_TIMES = {"en": "d MMM y, HH:mm", "ja": "y年M月d日 HH:mm"}
_LONGEST_HEADER = 500  # characters


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """Returns the translations into a language; the texts in the program are English."""
    if language == "en":
        return gettext.NullTranslations()
    file = resources.files("ticktap.web") / "locale" / language / "LC_MESSAGES" / "web.po"
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose(chosen: str, accepted: str) -> Language:
    """Returns the language of a page.

    Args:
        chosen: the value of the cookie; empty: the person has chosen none.
        accepted: the header Accept-Language.
    """
    if chosen in LANGUAGES:
        return chosen
    wanted = [
        part.partition(";")[0].strip().replace("-", "_") for part in accepted[:_LONGEST_HEADER].split(",")
    ]
    found = negotiate_locale([each for each in wanted if each], list(LANGUAGES))
    return cast("Language", found or "en")


def local_time(unix: int, language: Language) -> str:
    """Formats a time in the server's time zone, to the minute."""
    at = datetime.datetime.fromtimestamp(unix, LOCALTZ)
    return format_datetime(at, _TIMES[language], tzinfo=LOCALTZ, locale=language)
