"""What an author does at the desk, one module for each thing: each answers some addresses, listed in its ``ROUTES``."""
