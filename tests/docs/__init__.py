"""The documentation is true: what it shows is run, what it declares is accepted, where it points exists."""
