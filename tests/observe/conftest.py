"""The invented release, as an atlas, and questions put to it."""

from collections.abc import Callable

import pytest

from beffroi.observe import Atlas, Question, resolve_question
from tests.observe.invented import build_release

Ask = Callable[..., Question]


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return Atlas(build_release())


@pytest.fixture(scope="session")
def ask(atlas: Atlas) -> Ask:
    """``ask("housing/vacancy_rate", territory="Bellefosse", language="en")``."""

    def put(indicator: str, language: str = "fr", **state: str) -> Question:
        return resolve_question(atlas, {"indicator": [indicator], **{k: [v] for k, v in state.items()}}, language)

    return put
