"""What the desk is asked and what it answers: the request once it is let in, pages, JSON, where to go next."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.catalog.writing import Change
from beffroi.language import LANGUAGES
from beffroi.publish.authoring import render_writing
from beffroi.publish.pages import Visit
from beffroi.serve.authoring.forms import Form
from beffroi.serve.authoring.studios import Reply, Studio, Typed

AGAIN = "reprise"
"""The field of an address that says which typed form is shown again."""


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


def offer(
    studio: Studio, asked: Asked, changes: list[Change], back: str, after: str, moves: Mapping[str, str] | None = None
) -> Reply:
    """Lead to the page where changes are read over; ``back`` finds again what was typed in the form."""
    if asked.form is not None:
        back = f"{back}{'&' if '?' in back else '?'}{AGAIN}={studio.keep_typed(Typed(asked.form.fields))}"
    proposal = studio.propose(changes, asked.path(back), asked.path(after), moves)
    return reply_to(asked.path(f"/redaction/propositions/{proposal.id}"))


def show(studio: Studio, asked: Asked, name: str, status: int = 200, **values: Any) -> Reply:
    """A page of the desk, with what was typed in it when one comes back to it, and what was said of it."""
    typed = studio.typed(asked.query.one(AGAIN))
    fields = {key: said for key, said in typed.fields.items() if key != "laissez_passer"}
    page = render_writing(
        studio.site(), asked.visit, name, pass_=studio.pass_, typed=json.dumps(fields) if fields else "",
        told=typed.faults, **values,
    )  # fmt: skip
    return reply_page(page, status)


def reply_page(body: str, status: int = 200) -> Reply:
    return Reply(status, body.encode())


def reply_json(content: Mapping[str, Any]) -> Reply:
    return Reply(200, json.dumps(content, ensure_ascii=False).encode(), "application/json")


def reply_to(address: str) -> Reply:
    return Reply(303, headers=(("location", address),))


__all__ = ["AGAIN", "Asked", "offer", "reply_json", "reply_page", "reply_to", "show"]
