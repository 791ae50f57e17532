"""The invented release, as an atlas, and questions put to it."""

from collections.abc import Callable
from typing import Any

import pytest

from beffroi.observe import Atlas, Question, resolve_question
from beffroi.observe.standings import Standing
from tests.observe.invented import build_release
from tests.observe.paged import build_paged_release

Ask = Callable[..., Question]
Stand = Callable[..., Standing]


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return Atlas(build_release())


@pytest.fixture(scope="session")
def ask(atlas: Atlas) -> Ask:
    """``ask("housing/vacancy_rate", territory="Bellefosse", language="en")``."""

    def put(indicator: str, language: str = "fr", **state: str) -> Question:
        return resolve_question(atlas, {"indicator": [indicator], **{k: [v] for k, v in state.items()}}, language)

    return put


@pytest.fixture(scope="session")
def paged() -> Atlas:
    """The invented release with its observatories."""
    return Atlas(build_paged_release())


@pytest.fixture(scope="session")
def stand(paged: Atlas) -> Stand:
    """``stand("commune:99002", compared=("epci",))``: a page in the hands of a territory."""

    def put(territory: str, language: str = "fr", **more: Any) -> Standing:
        vintage = paged.release.reference_vintage
        place = paged.gazetteer(vintage, language).places[territory]
        return Standing(paged, language, place, vintage, **more)

    return put
