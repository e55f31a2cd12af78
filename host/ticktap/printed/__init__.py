"""Pages to print, as HTML: Jinja2 templates, and the function that fills them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def page(template: str, **values: Any) -> str:
    """Returns the page that a file of `templates/` makes of `values`.

    All values are escaped, except those of type `markupsafe.Markup`. A page needs no other file, because
    printers and browsers get it as one file: no script, no font, no picture that is not in it.
    """
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("ticktap.printed"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
