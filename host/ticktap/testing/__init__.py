"""For test suites of other projects: the pytest fixtures and their client."""
