"""The measurement of retrieval: worked numbers, what is asked, and the bank that comes with the program."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from interviewer import library
from interviewer.bank import Bank
from interviewer.embeddings import StaticEmbeddings
from interviewer.errors import InputError, LibraryError
from interviewer.index import Mode, open_index
from interviewer.item import Item, Note
from interviewer.query import query_for
from interviewer.retrieval import DEPTH, Figures, evaluate, side_by_side
from interviewer.rubric import Criterion, Rubric

NOTES = {i: Note(i, "t", i, i, "") for i in "abcdefghijklmnop"}
RUBRIC = Rubric(
    "r",
    1,
    (
        Criterion(
            "one", "The first claim.", 1, "says so", None, accepts=("an accepted way",), misconceptions=("a lie",)
        ),
        Criterion("two", "The second claim.", 1, "says so", "hints", optional=True),
    ),
    model_answer="What a candidate would say.",
)


def item(item_id: str, topic: str, gold: Sequence[str], rubric: str | None = "r") -> Item:
    return Item(item_id, topic, "concept", 1, item_id, f"question {item_id}?", 60, rubric, notes=tuple(gold))


def bank(*items: Item) -> Bank:
    return Bank({i.id: i for i in items}, {"r": RUBRIC}, NOTES, {})


def search(found: dict[str, str]) -> Callable[[str, int], list[Note]]:
    """For each item id the notes to find, one letter a note."""

    def answer(query: str, k: int) -> list[Note]:
        asked = query.split("?")[0].removeprefix("question ")
        return [NOTES[letter] for letter in found[asked][:k]]

    return answer


def test_the_query_is_the_question_and_every_claim_and_nothing_that_answers() -> None:
    assert query_for(item("q", "t", "a"), RUBRIC) == "question q?\nThe first claim.\nThe second claim."


@pytest.mark.parametrize(
    ("gold", "found", "recall_at_1", "recall_at_3", "hit_at_3", "mrr"),
    [
        ("a", "abc", 1, 1, 1, 1),
        ("a", "bca", 0, 1, 1, 1 / 3),
        ("a", "bcda", 0, 0, 0, 1 / 4),
        ("a", "", 0, 0, 0, 0),
        ("ab", "acd", 1, 1 / 2, 1, 1),  # one of two that fit in three
        ("ab", "cab", 0, 1, 1, 1 / 2),
        ("abc", "dba", 0, 2 / 3, 1, 1 / 2),
        ("abcd", "abc", 1, 1, 1, 1),  # four gold passages do not fit in three places: three are all that can be had
        ("abcd", "eafgb", 0, 1 / 3, 1, 1 / 2),
        ("aa", "ba", 0, 1, 1, 1 / 2),  # a passage named twice is one
        ("a", "bcdefghija", 0, 0, 0, 1 / 10),
        ("a", "bcdefghijka", 0, 0, 0, 0),  # eleventh: below what is looked at
    ],
)
def test_figures_of_one_question_by_hand(
    gold: str, found: str, recall_at_1: float, recall_at_3: float, hit_at_3: float, mrr: float
) -> None:
    measured = evaluate(bank(item("q", "t", gold)), search({"q": found}))
    assert measured.overall == Figures(
        1, pytest.approx(recall_at_1), pytest.approx(recall_at_3), hit_at_3, pytest.approx(mrr)
    )


def test_questions_count_alike_whatever_their_topic_and_their_gold() -> None:
    asked = bank(
        item("x", "one", "a"),  # 1, 1, 1
        item("y", "one", "ab"),  # 0, 1/2, 1/2
        item("z", "two", "abc"),  # 0, 0, 0
        item("draft", "two", "a", rubric=None),
        item("ungilded", "two", ""),
    )
    measured = evaluate(asked, search({"x": "abc", "y": "cad", "z": "def"}))
    assert measured.overall == Figures(3, pytest.approx(1 / 3), pytest.approx(1 / 2), pytest.approx(2 / 3), 0.5)
    assert measured.by_topic == {"one": Figures(2, 0.5, 0.75, 1.0, 0.75), "two": Figures(1, 0.0, 0.0, 0.0, 0.0)}
    assert [q.item_id for q in measured.questions] == ["x", "y", "z"]


def test_as_json_it_names_what_was_missed() -> None:
    asked = bank(item("x", "one", "a"), item("y", "one", "ab"))
    said = json.loads(json.dumps(evaluate(asked, search({"x": "abc", "y": "cad"})).as_dict()))
    assert said["overall"] == {"n": 2, "recall_at_1": 0.5, "recall_at_3": 0.75, "hit_at_3": 1.0, "mrr": 0.75}
    assert said["by_topic"] == {"one": said["overall"]}
    assert said["missed"] == [{"item_id": "y", "topic": "one", "gold": ["a", "b"], "found": ["c", "a", "d"]}]


def test_ways_stand_side_by_side_with_the_whole_last() -> None:
    asked = bank(item("x", "two", "a"), item("y", "one", "b"))
    measured = {
        "vectors": evaluate(asked, search({"x": "a", "y": "b"})),
        "words": evaluate(asked, search({"x": "b", "y": "b"})),
    }
    rows = side_by_side(measured)
    assert [(topic, way, f.n, f.recall_at_1) for topic, way, f in rows] == [
        ("one", "vectors", 1, 1.0),
        ("one", "words", 1, 1.0),
        ("two", "vectors", 1, 1.0),
        ("two", "words", 1, 0.0),
        ("all", "vectors", 2, 1.0),
        ("all", "words", 2, 0.5),
    ]


def test_every_search_is_asked_the_same() -> None:
    asked: list[tuple[str, int]] = []

    def keeps(query: str, k: int) -> list[Note]:
        asked.append((query, k))
        return []

    evaluate(bank(item("x", "t", "a"), item("y", "t", "b")), keeps)
    assert asked == [(query_for(item(i, "t", "a"), RUBRIC), DEPTH) for i in "xy"]


def test_nothing_to_measure_is_said() -> None:
    for items in ([], [item("draft", "t", "a", rubric=None)], [item("ungilded", "t", "")]):
        with pytest.raises(InputError, match="give some item `notes:`"):
            evaluate(bank(*items), search({}))
    with pytest.raises(LibraryError, match="there is no gone"):
        evaluate(bank(item("x", "t", "a", rubric="gone")), search({}))


@pytest.fixture(scope="module")
def own_bank() -> Bank:
    return library.read(library.home())[0]


@pytest.mark.parametrize("mode", ["vectors", "words", "hybrid"])
def test_on_the_bank_that_comes_with_the_program(own_bank: Bank, tmp_path: Path, mode: Mode) -> None:
    """A floor well below what is measured: a broken ranking falls through, a new question does not."""
    index = open_index(own_bank.notes, tmp_path, StaticEmbeddings(), mode)
    overall = evaluate(own_bank, index.search).overall
    index.close()
    chance = 3 * 3 / len(own_bank.notes)
    assert overall.n == sum(bool(i.notes) for i in own_bank.askable)
    # Three places cannot hold all passages of a question that rests on five; that one of them is there can be asked.
    assert overall.recall_at_3 > max(0.6, 2 * chance) and overall.hit_at_3 > 0.9
    assert overall.mrr > 0.8
