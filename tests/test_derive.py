"""Criteria out of a reference answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.derive import MOST_CRITERIA, rubric_from_reference
from interviewer.words import content_words


def claims(reference: str) -> list[str]:
    return [c.claim for c in rubric_from_reference("q", reference).criteria]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Dropout turns random units off.", ["Dropout turns random units off."]),
        (
            "Dropout turns random units off. At test time all neurons take part.",
            ["Dropout turns random units off.", "At test time all neurons take part."],
        ),
        # fewer than three content words join the sentence before
        (
            "Dropout turns random units off. It helps. At test time all neurons take part.",
            ["Dropout turns random units off. It helps.", "At test time all neurons take part."],
        ),
        # ... but the first one has nothing before it
        ("Yes. Dropout turns random units off.", ["Yes.", "Dropout turns random units off."]),
        ("off", ["off"]),
    ],
)
def test_criteria_are_the_sentences(reference: str, expected: list[str]) -> None:
    assert claims(reference) == expected


def test_weights_are_content_words_and_every_level_is_described() -> None:
    rubric = rubric_from_reference("q", "Dropout turns random units off. At test time all neurons take part.")
    assert [c.weight for c in rubric.criteria] == [len(content_words(c.claim)) for c in rubric.criteria]
    assert [c.id for c in rubric.criteria] == ["part-1", "part-2"]
    assert all(c.levels == ("missed", "partial", "met") for c in rubric.criteria)
    assert (rubric.id, rubric.version, rubric.model_answer) == ("q", 0, rubric.model_answer)


def test_neighbours_are_joined_shortest_first_where_there_are_too_many() -> None:
    long = "Sentence number {} speaks about quite another interesting subject matter here."
    sentences = [long.format(n) for n in range(MOST_CRITERIA + 1)]
    sentences[3:5] = ["Short remark three follows.", "Short remark four follows."]
    assert len(sentences) == MOST_CRITERIA + 1
    made = claims(" ".join(sentences))
    assert len(made) == MOST_CRITERIA
    assert made[3] == "Short remark three follows. Short remark four follows."


def test_the_digest_is_the_reference_s() -> None:
    one, same = rubric_from_reference("q", "A cat sat there."), rubric_from_reference("other", "A cat sat there.")
    assert one.digest == same.digest
    assert one.digest != rubric_from_reference("q", "A dog sat there.").digest


@given(st.lists(st.sampled_from("dropout units off random mask. scaling! yes? so\n the".split(" ")), max_size=80))
def test_nothing_of_the_reference_is_lost_and_the_same_comes_out_again(words: list[str]) -> None:
    reference = " ".join(words)
    rubric = rubric_from_reference("q", reference)
    assert 1 <= len(rubric.criteria) <= MOST_CRITERIA
    assert " ".join(c.claim for c in rubric.criteria).split() == reference.split()
    assert all(c.weight >= 1 for c in rubric.criteria)
    assert rubric == rubric_from_reference("q", reference)
