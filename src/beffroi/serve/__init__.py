"""HTTP: pages, files, the JSON interface. Each request pins one edition and answers from it alone.

The room finds who asks, which edition they may see, and in which form to answer. It decides nothing about values and
draws nothing; it never opens the lake, only a ``Release`` that it is given.
"""

from beffroi.serve.apps import create_app

__all__ = ["create_app"]
