"""The steps of `make docs` besides Sphinx: arranges the pages, records terminals, checks links."""
