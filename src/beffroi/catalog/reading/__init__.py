"""From the bytes of a workspace to nouns: which files there are, what they say, on which line, and what is ill-formed.

Nothing here compares one declaration with another: that is ``rules``.
"""
