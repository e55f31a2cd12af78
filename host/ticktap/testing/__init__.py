"""What test suites of other projects use: the pytest fixtures and their client."""
