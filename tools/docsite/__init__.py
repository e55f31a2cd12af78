"""What `make docs` does besides Sphinx: lays the pages out, draws the terminal, checks the built links."""
