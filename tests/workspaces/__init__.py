"""The workspaces of this repository: their declarations, and what their SELECTs make of real and invented files."""
