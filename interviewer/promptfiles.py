"""Reads prompt files: `interviewer/prompts/<name>.v<N>.md`, or a path. Knows nothing of what is asked with them."""

import hashlib
import re
from pathlib import Path
from typing import get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from interviewer.errors import SettingsError
from interviewer.prompt import PLACEHOLDERS, Mode, Prompt

FOLDER = Path(__file__).parent / "prompts"
_FILE = re.compile(r"^(?P<name>[a-z0-9-]+)\.v(?P<version>\d+)$")
_FORM = re.compile(r"\A---\n(?P<head>.*?)\n---\n\s*# system\n(?P<system>.*?)\n# user\n(?P<user>.*)\Z", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def names() -> list[str]:
    """Every prompt that comes with the program, as `name.vN`, oldest version first."""
    found = [m for path in FOLDER.glob("*.md") if (m := _FILE.match(path.stem))]
    return [m.group() for m in sorted(found, key=lambda m: (m["name"], int(m["version"])))]


def load(name: str) -> Prompt:
    """The prompt of that name (newest version), name and version (`rubric.v1`), or file.

    Raises:
        SettingsError: there is none, or the file does not have the form of a prompt.
    """
    path = Path(name) if name.endswith(".md") else FOLDER / f"{_newest(name)}.md"
    match = _FILE.match(path.stem)
    if match is None:
        raise SettingsError(f"{path.name}: rename the prompt file to <name>.v<N>.md")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SettingsError(f"there is no prompt {name}; choose one of {', '.join(names())}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"prompt {name} cannot be read ({error}); choose one of {', '.join(names())}") from error
    form = _FORM.match(text)
    if form is None:
        raise SettingsError(f"{path.name}: a head between --- lines, then '# system' and '# user' expected")
    head = _head(path.name, form["head"])
    unknown = set(_PLACEHOLDER.findall(form["system"] + form["user"])) - PLACEHOLDERS
    if unknown or "{{answer}}" not in form["user"]:
        known = ", ".join(sorted(PLACEHOLDERS))
        raise SettingsError(
            f"{path.name}: {{{{answer}}}} in the user part and only {known} expected; got {unknown or '{}'}"
        )
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    texts = (form["system"].strip(), form["user"].strip())
    return Prompt(match["name"], int(match["version"]), head.mode, *texts, digest, head.met_from)


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    mode: Mode
    summary: str = ""
    met_from: float = Field(0.5, gt=0, lt=1)


def _head(name: str, text: str) -> _Head:
    try:
        return _Head.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise SettingsError(f"{name}: its head is no YAML; mend the lines between ---") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'head'}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{name}: {wrong}; mode: {', '.join(get_args(Mode))} expected in its head") from error


def _newest(name: str) -> str:
    if _FILE.match(name):
        return name
    versions = [n for n in names() if n.rpartition(".v")[0] == name]
    return versions[-1] if versions else f"{name}.v0"
