"""All pages of the site."""

from __future__ import annotations

from ticktap.web import (
    admin_pages,
    audit_pages,
    demo_pages,
    general_pages,
    security_pages,
    setup_pages,
    sign_in_pages,
)
from ticktap.web.config import Config
from ticktap.web.visit import Page


def all_pages(config: Config) -> list[Page]:
    """Returns the pages of a configuration."""
    found = [*general_pages.PAGES, *sign_in_pages.PAGES, *security_pages.PAGES, *setup_pages.PAGES]
    found += [*admin_pages.PAGES, *audit_pages.PAGES]
    return [*found, *demo_pages.PAGES] if config.demo else found
