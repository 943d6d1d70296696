"""What the user configured: environment variables and `.env`, checked once. Opens nothing, calls nothing."""

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from interviewer.errors import SettingsError


class Settings(BaseSettings):
    """Every setting; names in the environment are `INTERVIEWER_<FIELD>` unless another name is given."""

    model_config = SettingsConfigDict(
        env_prefix="INTERVIEWER_",
        env_file=".env",
        env_ignore_empty=True,  # `PORT= make run` means: as if it were not set
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    bank: str = ""
    """Folder with questions/ and rubrics/: `FOLDER` in place of the bank that comes with the program, `+FOLDER` on top
    of it; empty for that bank alone. See `library.chosen`."""
    home: Path = Path(platformdirs.user_data_dir("rubric-interviewer", appauthor=False))
    """Where the database and the passage index are kept."""
    host: Annotated[str, Field(validation_alias=AliasChoices("HOST", "INTERVIEWER_HOST"))] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, validation_alias=AliasChoices("PORT", "INTERVIEWER_PORT"))] = 7860

    model: str = ""
    """Chat model that grades: a plain name for an OpenAI-compatible server, or `provider:model` for LangChain."""
    base_url: str = ""
    """OpenAI-compatible endpoint (http://127.0.0.1:11434/v1 ...); empty for api.openai.com."""
    api_key: Annotated[SecretStr, Field(validation_alias=AliasChoices("INTERVIEWER_API_KEY", "OPENAI_API_KEY"))] = (
        SecretStr("")
    )
    prompt: str = "rubric"
    """Name of the grading prompt, `rubric` for the newest version or `rubric.v1` for one."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=16)] = 2000
    """Longest reply, in tokens."""
    context_tokens: Annotated[int, Field(ge=1000)] = 8000
    """What the model can read, prompt and reply together; notes are left out passage by passage to stay below."""
    price_in: Annotated[float, Field(ge=0)] | None = None
    """USD per million input tokens, where the built-in list does not know the model."""
    price_out: Annotated[float, Field(ge=0)] | None = None
    deadline_s: Annotated[float, Field(gt=0)] = 45.0
    """Longest wait for a grade in a live interview."""

    grader: Literal["auto", "embedded", "llm"] = "auto"
    """auto: llm when a model is configured, else embedded."""
    retrieval: Literal["auto", "vectors", "words", "hybrid"] = "auto"
    embeddings_model: str = ""
    """OpenAI-compatible embeddings model; empty for the built-in static embeddings (no network)."""
    embeddings_base_url: str = ""

    @field_validator("home")
    @classmethod
    def _from_home(cls, path: Path) -> Path:
        return path.expanduser()  # no shell has done it where the value comes from .env

    @cached_property
    def uses_model(self) -> bool:
        """Whether grading goes to a language model."""
        return self.grader == "llm" or (self.grader == "auto" and bool(self.model))


def load(**overrides: object) -> Settings:
    """The settings of this process; `overrides` win over the environment.

    Raises:
        SettingsError: a value cannot be used; one line for each.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{_set_name(str(e['loc'][0]))}: {e['msg']}" for e in error.errors()]
        doing = "mend the option, the environment variable or .env"
        # The original stays out of a traceback: pydantic repeats what it was given.
        raise SettingsError(f"{'; '.join(lines)}; {doing}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read ({error}); save it as UTF-8 text or take it away") from error


def environment_names() -> dict[str, tuple[str, ...]]:
    """Field -> the names it has in the environment, the first one winning."""
    names = {}
    for field, described in Settings.model_fields.items():
        alias = described.validation_alias
        own = (f"INTERVIEWER_{field.upper()}",)
        names[field] = tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else own
    return names


def _set_name(place: str) -> str:
    """The name under which a faulty setting was given, as far as the environment tells."""
    named = environment_names()
    names = next((n for field, n in named.items() if place.upper() in (field.upper(), *n)), (place,))
    return next((n for n in names if n in os.environ), names[0])
