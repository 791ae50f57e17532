"""What the desk is asked and what it answers: the request once it is let in, pages, JSON, where to go next."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.catalog.writing import Change
from beffroi.language import LANGUAGES
from beffroi.publish.pages import Visit
from beffroi.serve.authoring.forms import Form
from beffroi.serve.authoring.studios import Reply, Studio


@dataclass(frozen=True)
class Asked:
    """A request of the desk: the address, its query, and the form of a POST (None for a GET)."""

    visit: Visit
    query: Form
    form: Form | None

    @property
    def language(self) -> str:
        return self.visit.language

    def path(self, path: str) -> str:
        """A path of this server in the language of the visit."""
        return path if self.language == LANGUAGES[0] else f"/{self.language}{path}"


def offer(studio: Studio, asked: Asked, changes: list[Change], back: str, after: str) -> Reply:
    """Lead to the page where changes are read over."""
    proposal = studio.propose(changes, asked.path(back), asked.path(after))
    return reply_to(asked.path(f"/redaction/propositions/{proposal.id}"))


def reply_page(body: str, status: int = 200) -> Reply:
    return Reply(status, body.encode())


def reply_json(content: Mapping[str, Any]) -> Reply:
    return Reply(200, json.dumps(content, ensure_ascii=False).encode(), "application/json")


def reply_to(address: str) -> Reply:
    return Reply(303, headers=(("location", address),))


__all__ = ["Asked", "offer", "reply_json", "reply_page", "reply_to"]
