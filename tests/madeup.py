"""Made-up trials with every field in use, for the tests of the statistics."""

import random
from collections.abc import Iterator

from interviewer.rubric import LEVELS
from interviewer.trial import CriterionTrial, Trial


def trials(answers: int, questions: int = 7, repeats: int = 2, seed: int = 0, ungraded: float = 0.1) -> Iterator[Trial]:
    """Trials of answers to questions, each answer graded `repeats` times; two criteria or three, by question."""
    chance = random.Random(seed)
    for answer in range(answers):
        question = answer % questions
        said = [chance.choice(LEVELS) for _ in range(2 + question % 2)]
        human = chance.randrange(0, 21) / 20
        words = chance.randrange(3, 300)
        for number in range(1, repeats + 1):
            yield _trial(chance, f"q{question}/{answer}", question, said, human, words, number, ungraded)


def _trial(
    chance: random.Random,
    example: str,
    question: int,
    said: list[str],
    human: float,
    words: int,
    number: int,
    lost: float,
) -> Trial:
    failed = chance.random() < lost
    criteria = tuple(
        CriterionTrial(
            f"c{n}",
            None if failed else level if chance.random() < 0.6 else chance.choice(LEVELS),
            None if failed else min(1.0, max(0.0, chance.gauss(0.75 if level == "met" else 0.3, 0.2))),
            level if chance.random() < 0.95 else None,
            second=level if chance.random() < 0.9 else chance.choice(LEVELS),
        )
        for n, level in enumerate(said)
    )
    return Trial(
        example=example,
        question=f"q{question}",
        topic=f"t{question % 3}",
        kind="concept",
        sort=("excellent", "partial", "")[question % 3],
        trial=number,
        state="ungraded" if failed else "graded",
        score=None if failed else round(min(1.0, max(0.0, human + chance.gauss(0, 0.25))), 2),
        expected=None if failed else min(1.0, max(0.0, human + chance.gauss(0.1, 0.2))),
        human_score=human,
        criteria=criteria,
        answer_words=words,
        seconds=chance.lognormvariate(0, 1),
        error=chance.choice(("timed out", "no JSON")) if failed else "",
        input_tokens=chance.randrange(400, 900),
        output_tokens=chance.randrange(20, 90),
        cost_usd=None if chance.random() < 0.2 else chance.random() / 1000,
        cached_tokens=chance.randrange(0, 300),
        difficulty=1 + question % 5,
        second_score=min(1.0, human + 0.05),
    )
