"""attacks.json of a run folder."""

import json
from pathlib import Path

import pytest

from interviewer import attacksfile
from interviewer.errors import InputError
from interviewer.robustness import FamilyFared

ONE = {"family": "injection", "n": 40, "successes": 2, "bound": 0.149, "inflation": 0.02, "low": -0.01, "high": 0.06}


def test_families_are_read_and_newer_keys_left_alone(tmp_path: Path) -> None:
    bare = {"family": "salad", "n": 0, "successes": 0, "bound": None, "inflation": None, "since": "v2"}
    (tmp_path / "attacks.json").write_text(json.dumps({"families": [ONE, bare], "version": 2}), encoding="utf-8")
    assert attacksfile.families(tmp_path) == (
        FamilyFared("injection", 40, 2, 0.149, 0.02, -0.01, 0.06),
        FamilyFared("salad", 0, 0, None, None),
    )


def test_a_run_without_attacks_has_none(tmp_path: Path) -> None:
    assert attacksfile.families(tmp_path) == ()


@pytest.mark.parametrize("content", ["", "[]", '{"families": [{"family": "x"}]}', "\xff", '{"families": [1]}'])
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "attacks.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=r"attacks\.json is not of this version; run the attacks again"):
        attacksfile.families(tmp_path)


def test_a_folder_in_its_place_too(tmp_path: Path) -> None:
    (tmp_path / "attacks.json").mkdir()
    with pytest.raises(InputError, match=r"cannot be read .* make it readable"):
        attacksfile.families(tmp_path)
