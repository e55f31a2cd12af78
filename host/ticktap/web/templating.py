"""Fills the templates of the pages."""

from __future__ import annotations

import functools
import gettext
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context

from ticktap.web.catalogues import LANGUAGES, Language, local_time, translations
from ticktap.web.config import Config
from ticktap.web.texts import EVENTS

if TYPE_CHECKING:
    from jinja2.runtime import Context

STATIC = ("style.css", "pages.js", "icon.svg")


class Templates:
    """The templates, in every language. All values are escaped."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._environments = {each: _environment(translations(each)) for each in LANGUAGES}

    def render(self, template: str, language: Language, values: dict[str, Any]) -> str:
        """Returns a page."""
        common = {"config": self._config, "language": language, "static": static_address}
        return self._environments[language].get_template(template).render(common | values)


@functools.cache
def static_file(name: str) -> bytes:
    """Returns a file of static/."""
    return (resources.files("ticktap.web") / "static" / name).read_bytes()


@functools.cache
def static_address(name: str) -> str:
    """Returns the address of a file of static/, which changes with its content."""
    return f"/static/{name}?v={hashlib.sha256(static_file(name)).hexdigest()[:12]}"


def _environment(catalogue: gettext.NullTranslations) -> Environment:
    made = Environment(
        loader=PackageLoader("ticktap.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.filters["local_time"] = _local_time
    made.filters["grouped"] = grouped
    made.filters["event_name"] = lambda line: event_name(line.event.what, catalogue)
    return made


@pass_context
def _local_time(context: Context, unix: int) -> str:
    language: Language = context["language"]
    return local_time(unix, language)


def event_name(what: str, catalogue: gettext.NullTranslations) -> str:
    """Returns the name of an event of the audit log; that of another program is shown unchanged."""
    return catalogue.gettext(EVENTS[what]) if what in EVENTS else what


def grouped(text: str) -> str:
    """Returns a text in groups of four characters, for reading."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
