"""What every declaration has in common: strict keys, frozen once read, text in one or two languages.

Only shapes are said here and in the other nouns; what a declaration must be beside the others is in ``rules``.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Declaration(BaseModel):
    """A thing declared in a file. Unknown keys are refused, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, use_attribute_docstrings=True)


def _both_languages(value: Any) -> Any:
    return {"fr": value} if isinstance(value, str) else value


LanguageCode = Annotated[str, Field(pattern=r"^(fr|en)$")]

Text = Annotated[str, Field(min_length=1)]
"""A text that says something."""

LocalText = Annotated[
    dict[LanguageCode, Text],
    BeforeValidator(_both_languages, json_schema_input_type=str | dict[str, str]),
    Field(min_length=1),
]
"""Text by language: ``{fr: ..., en: ...}``, or a plain text, which is French."""

LocalSymbol = Annotated[
    dict[LanguageCode, str], BeforeValidator(_both_languages, json_schema_input_type=str | dict[str, str])
]
"""As ``LocalText``, but it may be empty: a plain count has no symbol."""

Why = Annotated[str, Field(min_length=8)]
"""The reason of a parameter, and where it comes from. A number without one is refused."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*$")]
"""A path in the workspace without its suffix: ``insee/rp_iris``."""

Period = Annotated[str, Field(pattern=r"^\d{4}(-(Q[1-4]|0[1-9]|1[0-2]))?$")]
"""A year, a quarter (``2023-Q3``) or a month (``2023-04``)."""

Vintage = Annotated[int, Field(ge=1943, le=2100)]
"""The year of an official geography, as it was on the first of January."""
