"""What `make docs` does besides Sphinx: lays the pages out, plays what terminals show, checks links."""
