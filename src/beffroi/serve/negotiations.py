"""Which form of an answer who asks prefers, where one address has two: a page or data."""

from functools import lru_cache


@lru_cache(256)
def prefers_html(accept: str) -> bool:
    """Whether a page is preferred to JSON, by the weights of an ``Accept`` header; JSON where both are alike."""
    html, data = 0.0, 0.0
    for piece in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in piece.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if kind in ("text/html", "application/xhtml+xml"):
            html = max(html, weight)
        elif kind.startswith("application/") and "json" in kind:
            data = max(data, weight)
    return html > data


def is_ogc(path: str) -> bool:
    """Whether a path, without its language, is one of the interface for geographic tools."""
    return path == "/ogc" or path.startswith("/ogc/")


__all__ = ["is_ogc", "prefers_html"]
