"""What earns a score: weights, levels, bonus; and that text, schema and levels say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.rubric import LEVELS, POINTS, Criterion, LevelName, Rubric

FULL = Criterion("full", "Says all.", 3, "says all", "says half", ("in short",), ("the opposite",), ("note",))
BARE = Criterion("bare", "Says it.", 1, "says it", None)
BONUS = Criterion("bonus", "Goes deeper.", 2, "goes deeper", "hints at it", optional=True)
RUBRIC = Rubric("r", 1, (FULL, BARE, BONUS))


@pytest.mark.parametrize(
    ("levels", "score"),
    [
        (("missed", "missed", "missed"), 0.0),
        (("met", "met", "missed"), 1.0),
        (("met", "met", "met"), 1.0),  # the bonus cannot lift it above 1
        (("met", "missed", "missed"), 0.75),  # 3 of 4
        (("partial", "met", "missed"), 0.625),  # (1.5 + 1) / 4
        (("contradicted", "met", "missed"), 0.25),  # earns nothing, costs nothing
        (("partial", "met", "partial"), 0.875),  # (1.5 + 1 + 1) / 4: the bonus makes up for a loss
        (("partial", "met", "met"), 1.0),  # (1.5 + 1 + 2) / 4, held at 1
        (("missed", "missed", "met"), 0.5),  # 2 of 4 by the bonus alone
    ],
)
def test_the_score_is_the_weighted_share(levels: tuple[LevelName, ...], score: float) -> None:
    assert RUBRIC.score(dict(zip(("full", "bare", "bonus"), levels, strict=True))) == score


def test_a_criterion_without_a_level_is_an_error_not_a_zero() -> None:
    with pytest.raises(KeyError):
        RUBRIC.score({"full": "met", "bonus": "met"})


WEIGHTS = st.floats(0.01, 10)


@given(st.lists(st.tuples(WEIGHTS, st.booleans(), st.sampled_from(LEVELS)), min_size=1, max_size=9), st.floats(0.1, 9))
def test_scores_stay_in_range_and_only_ratios_of_weights_count(
    rows: list[tuple[float, bool, LevelName]], factor: float
) -> None:
    rows = [(1.0, False, rows[0][2]), *rows]

    def rubric(scale: float) -> Rubric:
        made = [Criterion(f"c{n}", "", w * scale, "", "", optional=o) for n, (w, o, _) in enumerate(rows)]
        return Rubric("r", 1, tuple(made))

    levels = {f"c{n}": level for n, (_, _, level) in enumerate(rows)}
    score = rubric(1).score(levels)
    assert 0 <= score <= 1
    assert rubric(factor).score(levels) == pytest.approx(score)
    for name in levels:
        assert rubric(1).score({**levels, name: "met"}) >= score >= rubric(1).score({**levels, name: "missed"})


def test_levels_are_what_the_criterion_describes() -> None:
    assert FULL.levels == ("missed", "partial", "met", "contradicted")
    assert BARE.levels == ("missed", "met")
    assert BONUS.levels == ("missed", "partial", "met")
    assert set(LEVELS) == set(POINTS)


def test_text_schema_and_levels_say_the_same() -> None:
    text, schema = RUBRIC.prompt_text(), RUBRIC.reply_schema()
    blocks = text.split("\n\n")
    assert schema["required"] == list(schema["properties"]) == [c.id for c in RUBRIC.criteria]
    assert schema["additionalProperties"] is False
    for number, (criterion, block) in enumerate(zip(RUBRIC.criteria, blocks, strict=True), 1):
        assert block.startswith(f"{number}. id: {criterion.id}\n   claim: {criterion.claim}\n   met: {criterion.met}")
        assert ("   partial: " in block) == ("partial" in criterion.levels)
        assert ("   contradicted: " in block) == ("contradicted" in criterion.levels)
        judged = schema["properties"][criterion.id]
        assert judged["required"] == list(judged["properties"]) == ["quotes", "reason", "level"]
        assert judged["properties"]["level"]["enum"] == list(criterion.levels)
        assert judged["additionalProperties"] is False
    assert '   also counts as met: "in short"' in blocks[0]
    assert "   contradicted: the answer asserts: the opposite" in blocks[0]


def test_a_criterion_is_found_by_its_id() -> None:
    assert RUBRIC.criterion("bare") is BARE
    with pytest.raises(KeyError):
        RUBRIC.criterion("gone")
