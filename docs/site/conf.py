"""The site of `make docs`: Sphinx reads the documents as CommonMark, as a repository's page view does."""

from typing import Any

project = "ticktap"
html_title = "ticktap"
root_doc = "index"
extensions = ["myst_parser"]
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 6
suppress_warnings = ["myst.header"]
smartquotes = False
highlight_language = "none"

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["ticktap.css"]
html_copy_source = False
html_use_index = False
html_show_sourcelink = False
html_show_copyright = False


def _language(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Pages named *.ja say that they are Japanese: voices and browsers choose by that."""
    if pagename.endswith(".ja"):
        context["language"] = "ja"


def setup(app: Any) -> None:
    app.connect("html-page-context", _language)
