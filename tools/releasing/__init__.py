"""The files of a release: archives that are the same bytes each time, and packages for other tools."""
