"""One YAML file in, its data with line numbers out.

PyYAML's C parser with the YAML 1.2 core rules on top (`no` is a word, duplicate keys are refused): measured 20x quicker
than ruamel.yaml's round-trip loader, which the start of a 189-question bank would feel. Knows nothing of the bank.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from interviewer.errors import Finding

Path = tuple[str | int, ...]
DEEPEST = 500
"""Nesting that is refused; brackets in prose count too, so it is far above what any file here needs."""


class _Loader(yaml.CSafeLoader):
    """The safe C loader with only the implicit types of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML reads it off the class


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]{1,1000}", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+", "-+.0123456789"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), [*_first, ""])

# PyYAML would read 010 as eight, as YAML 1.1 does.
_Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file and where each part of it stands."""

    file: str
    data: Any
    lines: dict[Path, int]
    """1-based line of every key's value and every list entry."""

    def line(self, path: Path) -> int:
        """Line of the deepest known part of `path`."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, path: Path, expected: str, warning: bool = False) -> Finding:
        """A finding at `path`."""
        return Finding(self.file, self.line(path), ".".join(map(str, path)), expected, warning)


def parse(text: str, file: str) -> tuple[Document | None, list[Finding]]:
    """The document of a text, or None and why not. Duplicate keys are findings, the document is still returned.

    Args:
        file: name that findings carry.
    """
    deep = Finding(file, 0, "", f"valid YAML 1.2 expected: nested more than {DEEPEST} deep")
    if _too_deep(text):
        return None, [deep]
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        findings: list[Finding] = []
        lines: dict[Path, int] = {(): 1}
        if root is not None:
            _walk(root, (), lines, findings, file, {})
        data = None if root is None else loader.construct_document(root)
    except RecursionError:
        return None, [deep]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        hint = "; quote text that holds a colon" if "mapping values" in problem else ""
        return None, [Finding(file, mark.line + 1 if mark else 0, "", f"valid YAML 1.2 expected: {problem}{hint}")]
    return Document(file, data, lines), findings


def _too_deep(text: str) -> bool:
    """Whether brackets or dashes nest so deeply that libyaml would run out of stack and take the program along."""
    depth = deepest = 0
    for bracket in re.finditer(r"[\[{\]}]", text):
        depth = depth + 1 if bracket[0] in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest > DEEPEST or bool(re.search(rf"(?:[-?]\s+){{{DEEPEST}}}", text))


def _walk(
    node: Any, path: Path, lines: dict[Path, int], findings: list[Finding], file: str, walked: dict[int, bool]
) -> None:
    if id(node) in walked:  # an alias: what it stands for has its lines already, and aliases of aliases multiply
        if not walked[id(node)]:
            raise RecursionError("an alias inside what it stands for")
        return
    walked[id(node)] = False
    if isinstance(node, yaml.SequenceNode):
        for i, child in enumerate(node.value):
            lines[(*path, i)] = child.start_mark.line + 1
            _walk(child, (*path, i), lines, findings, file, walked)
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            here = (*path, str(key.value))
            if here in lines:
                field = ".".join(map(str, here))
                findings.append(Finding(file, key.start_mark.line + 1, field, "the key stands twice; keep one"))
            lines[here] = key.start_mark.line + 1
            _walk(child, here, lines, findings, file, walked)
    walked[id(node)] = True
