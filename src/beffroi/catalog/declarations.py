"""What every declaration has in common: strict keys, frozen once read, text in one or two languages."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Declaration(BaseModel):
    """A thing declared in a file. Unknown keys are refused, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


def _both_languages(value: Any) -> Any:
    return {"fr": value} if isinstance(value, str) else value


LocalText = Annotated[dict[str, str], BeforeValidator(_both_languages, json_schema_input_type=str | dict[str, str])]
"""Text by language: ``{fr: ..., en: ...}``, or a plain text, which is French."""

Why = Annotated[str, Field(min_length=8)]
"""The reason of a parameter, and where it comes from. A number without one is refused."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*$")]
"""A path in the workspace without its suffix: ``insee/rp_iris``."""
