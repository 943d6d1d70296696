"""Prompt files: found by name, version or path; anything else is refused with what to do."""

from pathlib import Path

import pytest

from interviewer import promptfiles
from interviewer.errors import SettingsError

SOUND = """---
mode: rubric
summary: for a test
---
# system

Judge {{rubric}}.

# user

[{{nonce}}]
{{answer}}
"""


def test_the_prompts_that_ship_load_under_every_name() -> None:
    assert "rubric.v1" in promptfiles.names()
    for label in promptfiles.names():
        prompt = promptfiles.load(label)
        assert prompt.label == label
        assert "{{answer}}" in prompt.user
        assert len(prompt.digest) == 12
    newest = promptfiles.load("rubric")
    assert newest.version == max(int(n.rpartition(".v")[2]) for n in promptfiles.names() if n.startswith("rubric.v"))


def test_versions_are_ordered_as_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in (1, 2, 10):
        (tmp_path / f"test.v{version}.md").write_text(SOUND, encoding="utf-8")
    (tmp_path / "README.md").write_text("not a prompt", encoding="utf-8")
    monkeypatch.setattr(promptfiles, "FOLDER", tmp_path)
    assert promptfiles.names() == ["test.v1", "test.v2", "test.v10"]
    assert promptfiles.load("test").version == 10
    assert promptfiles.load("test.v2").version == 2


def test_a_file_is_read_from_anywhere_and_its_digest_follows_its_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.v3.md"
    path.write_text(SOUND, encoding="utf-8")
    prompt = promptfiles.load(str(path))
    assert (prompt.name, prompt.version, prompt.mode) == ("mine", 3, "rubric")
    assert (prompt.system, prompt.user) == ("Judge {{rubric}}.", "[{{nonce}}]\n{{answer}}")
    path.write_text(SOUND.replace("Judge", "Weigh"), encoding="utf-8")
    assert promptfiles.load(str(path)).digest != prompt.digest


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "a head between --- lines, then '# system' and '# user' expected"),
        (SOUND.replace("# user", "# candidate"), "'# system' and '# user' expected"),
        (SOUND.replace("---\n# system", "# system"), "'# system' and '# user' expected"),
        (SOUND.replace("mode: rubric", "mode: poem"), "mode: Input should be 'rubric', 'criterion' or 'token'"),
        (SOUND.replace("mode: rubric\n", ""), "mode: Field required"),
        (SOUND.replace("mode: rubric\nsummary: for a test", "just words"), "head: Input should be a valid dictionary"),
        (SOUND.replace("mode: rubric", "mode: ["), "its head is no YAML"),
        (SOUND.replace("{{answer}}", "{{reply}}"), "{{answer}} in the user part and only"),
        (SOUND.replace("{{rubric}}", "{{secret}}"), "got {'secret'}"),
        (SOUND.replace("{{answer}}", "").replace("{{rubric}}", "{{answer}}"), "{{answer}} in the user part"),
    ],
)
def test_a_file_without_the_form_is_refused(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "mine.v1.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        promptfiles.load(str(path))
    assert str(caught.value).startswith("mine.v1.md: ")
    assert what in str(caught.value)


@pytest.mark.parametrize("name", ["poem", "rubric.v99", "../rubric", "gone/rubric.v1.md", "", "v1"])
def test_an_unknown_prompt_names_the_known_ones(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        promptfiles.load(name)
    assert "rubric.v1" in str(caught.value) or "rename" in str(caught.value)


def test_a_file_name_without_a_version_says_how_to_rename_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"prompt\.md: rename the prompt file to <name>\.v<N>\.md"):
        promptfiles.load(str(tmp_path / "prompt.md"))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.v1.md").write_bytes(b"\xff\xfe---")
    with pytest.raises(SettingsError, match="cannot be read"):
        promptfiles.load(str(tmp_path / "bad.v1.md"))
