"""The site of `make docs`: Sphinx reads the documents as CommonMark, as a repository's page view does."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

# The reference of docs/python-api.md is made from docstrings. One of the modules imports pytest, which is not
# installed here. With this stand-in its fixtures are plain functions.
sys.path.insert(0, str(Path(__file__).parents[2] / "host"))
sys.modules.setdefault("pytest", ModuleType("pytest")).fixture = lambda function: function  # type: ignore[attr-defined]

project = "ticktap"
html_title = "ticktap"
root_doc = "index"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 6
suppress_warnings = ["myst.header"]
smartquotes = False
highlight_language = "none"
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False

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
