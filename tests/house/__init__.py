"""The layers hold and nothing is undocumented: tests of the project itself, not of what it computes."""
