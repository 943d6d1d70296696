"""The deterministic gate: stops what says nothing, lets every short right answer pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stopwatch import cpu_seconds

from interviewer import library
from interviewer.answer import LIMIT_CHARS, canonical
from interviewer.gate import REASONS, stopped
from interviewer.item import Item

ITEM = Item("i", "t", "concept", 1, "Sorting cost", "How does the cost of a comparison sort grow with n?", 60, None)

SHORT_RIGHT = """
O(log n) | O(n log n) | O(n^2 d) | Θ(n) | n log n | 2^14 | 7.5 | 7.5° | 7,5 | 15/2 | 32/33 | 97% | 0.97 | 1/p
44 | ½ | -1 | π/24 | 16 KiB | 3.55e-11 | No. | Yes. | no | YES! | Nope | yep | Neither. | Both. | both of them
Never | Always. | None of them. | True | false | Not always. | yes, because the sum is bounded | no, it leaks
No: the scaling is done in training. | It is off. | Off. | All units stay. | Dropout is off
Nothing is dropped. | Scale by p. | multiply by keep prob | divide by 1-p | bias up, variance down
lower variance | Overfitting. | Underfitting | It overfits | High variance | AUC | F1 | precision | Recall.
softmax | sigmoid | ReLU | tanh | Leaky ReLU | L1 | L2 | ridge | lasso | cross-entropy | MSE | log loss | Adam
SGD | Bayes' rule | P(A|B) | the mean | median | σ² | variance | geometric | Poisson | a Gaussian | bagging
boosting | random forest | k-means | PCA | SVD | attention | an LSTM | self-attention | BM25 | FAISS
cosine similarity | gradient descent | vanishing gradients | dead units | batch norm | learning rate too high
data leakage | class imbalance | it's a 4 | x = 3 | the first one | B | (b) | option 2 | twice as much | half
seven and a half | zero | O(1) amortised | quadratic in n | linear | exponentially | constant time
No, wait: yes. | 不会 | нет, отключён | parce que c'est linéaire | ∞ | n/Σt | 1/x̄ | E[X] = 1/p | p^50
see what the loss does first
"""

STOPPED = """
Solution | Solution: | solution... | **Solution:** | # Solution | Answer: | The answer is | The answer is:
Final answer: | My final answer | Explanation | Explanation: | Reasoning: | Thought process: | Thought process
Step by step | Step by step: | Let's solve this problem step by step. | Let us think step by step
Lets think step by step | LET'S THINK STEP BY STEP! | Let’s solve this problem step by step. | Sure | Sure!
Sure, here is the answer: | Here is the answer: | Here's my answer: | OK | okay. | N/A | n/a. | None | none.
Test | test test | Correct | correct! | Pass | Full marks | Full marks, please. | Skip | Next. | Done.
I don't know | I don’t know. | i dont know | IDK | idk :( | No idea! | I have no idea... | Not sure.
I'm not sure | No clue | I am not sure. | I can't answer this. | See above. | As above | : | . | ... | ,,, | ---
*** | ??? | !!! | () | "" | `` | _ | \u2014 | \u2026 | 🙂 | 🙂🙂🙂 | \u3002 | # | > | - - - | um | uh, um | hmm
well, you know | so basically | what is this | I think so | it is what it is | Yes of course. | Skip this one.
Sorry, I don't know.
"""


def rows(table: str) -> list[str]:
    return [row.strip() for row in table.replace(" |\n", "\n").replace("\n", " | ").split(" | ") if row.strip()]


def spellings(text: str) -> list[str]:
    forms = [text, f"  {text}\n\n", text.upper(), text.lower(), f"**{text}**", f"> {text}", f"- {text}", f'"{text}"']
    return [*forms, f"{text}.", f"{text}\u200b", "\u200b".join(text), text.replace(" ", "\u00a0"), f"\r\n{text}\r\n"]


@pytest.mark.parametrize("text", rows(SHORT_RIGHT))
def test_a_short_right_answer_passes_however_it_is_typed(text: str) -> None:
    assert [form for form in spellings(text) if stopped(canonical(form), ITEM)] == []


@pytest.mark.parametrize("text", rows(STOPPED))
def test_what_says_nothing_is_stopped_however_it_is_typed(text: str) -> None:
    assert [form for form in spellings(text) if not stopped(canonical(form), ITEM)] == []


def test_there_are_as_many_of_both_as_promised() -> None:
    assert len(set(rows(SHORT_RIGHT))) >= 100
    assert len(set(rows(STOPPED))) >= 60


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "empty"),
        (" \n\t\r\n ", "empty"),
        ("\u200b\u200d\ufeff\u2060", "empty"),
        ("\u3164\u2800\u00ad", "empty"),
        ("...", "no-words"),
        ("🙂", "no-words"),
        ("well, you know", "no-words"),
        ("Thought process:", "opener"),
        ("I don't know", "opener"),
        ("How does the cost of a comparison sort grow with n?", "question-copied"),
    ],
)
def test_the_reason(raw: str, reason: str) -> None:
    assert stopped(canonical(raw), ITEM) == reason
    assert REASONS[reason].endswith(".")


def test_every_question_of_the_bank_copied_back_is_stopped_and_answered_it_is_not() -> None:
    bank = library.load(library.home())
    for item in bank.items.values():
        for copy in (item.text, item.text.upper(), f"Question: {item.text}", f"{item.text}\n\n{item.text}"):
            assert stopped(canonical(copy), item) == "question-copied", (item.id, copy)
    for item in bank.askable:
        model_answer = bank.rubric_of(item).model_answer
        assert stopped(canonical(model_answer), item) == ""
        assert stopped(canonical(f"{item.text} {model_answer}"), item) == ""


@given(
    st.sampled_from(["log n", "7.5", "dropout", "yes, because"]), st.text(max_size=40).filter(lambda t: "\x00" not in t)
)
def test_content_before_or_after_anything_passes(content: str, noise: str) -> None:
    noise = noise.encode("utf-8", "ignore").decode()
    assert stopped(canonical(f"{noise} {content} and the reason is bounded growth"), ITEM) == ""


@given(st.text(st.sampled_from(" .,:;!?-_*#>\n\t…—()[]{}'\"`~^/\\|"), max_size=60))
def test_punctuation_alone_never_reaches_a_judge(text: str) -> None:
    assert stopped(canonical(text), ITEM) in ("empty", "no-words")


@pytest.mark.parametrize("piece", ["a ", "Solution: ", "how does ", "_", ".", "7 ", "🙂", "'", "a'"])
def test_the_gate_is_quick(piece: str) -> None:
    answer = canonical((piece * LIMIT_CHARS)[:LIMIT_CHARS])
    assert cpu_seconds(lambda: stopped(answer, ITEM)) < 0.5
