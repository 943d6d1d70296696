"""Every number of the bank recomputed from the text of its question, by another way than the one in its answer."""

import itertools
import math
import re
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, optimize

from interviewer import library
from interviewer.item import Numeric

WORDS = {w: n for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)} | {"twice": 2}
Recompute = Callable[[str], float]


def found(pattern: str, text: str) -> tuple[str, ...]:
    """The groups of a pattern that the question's text must have."""
    match = re.search(pattern, text)
    assert match, f"the question no longer says {pattern!r}; recompute its number anew: {text}"
    return match.groups()


def whole(word: str) -> int:
    return WORDS.get(word) or int(word.replace(",", ""))


def clock(text: str) -> float:
    """Both hands turned minute by minute from noon."""
    hours, minutes = map(int, found(r"(\d{1,2}):(\d{2})", text))
    hour_hand = minute_hand = 0.0
    for _ in range(60 * hours + minutes):
        hour_hand, minute_hand = (hour_hand + 360 / (12 * 60)) % 360, (minute_hand + 360 / 60) % 360
    apart = abs(hour_hand - minute_hand)
    return min(apart, 360 - apart)


def share_of_odd_one(ordinary: list[str], odd: list[str], throws: int, seen: str) -> float:
    """All equally likely (thing, faces) outcomes counted."""
    agreeing = {
        name: sum(all(face == seen for face in faces) for faces in itertools.product(thing, repeat=throws))
        for name, thing in (("ordinary", ordinary), ("odd", odd))
    }
    return agreeing["odd"] / (agreeing["odd"] + agreeing["ordinary"])


def coin(text: str) -> float:
    (throws,) = found(
        r"fair coin \(one side heads, one side tails\).*both sides tails.*flip it (\d+) times.*tails", text
    )
    return share_of_odd_one(["heads", "tails"], ["tails", "tails"], int(throws), "tails")


def dice(text: str) -> float:
    sides, last, seen, throws = found(
        r"two (\w+)-sided dice.*faces 1 to (\d).*shows a (\d) on every.*roll it (\w+)", text
    )
    assert whole(sides) == int(last)
    faces = [str(n) for n in range(1, int(last) + 1)]
    return share_of_odd_one(faces, [seen] * len(faces), whole(throws), seen)


def waiting(low: float, high: float) -> float:
    """The mean number of draws until one falls between, summed day by day over an integrated density."""
    p, _ = integrate.quad(lambda x: math.exp(-x * x / 2) / math.sqrt(2 * math.pi), low, high)
    days = np.arange(1, 200_000)
    return float((days * p * (1 - p) ** (days - 1)).sum())


def exceedance(text: str) -> float:
    (limit,) = found(r"N\(0, 1\) once a day.*more than (-?[\d.]+)", text)
    return waiting(float(limit), math.inf)


def below(text: str) -> float:
    (limit,) = found(r"Once an hour.*N\(0, 1\).*below (-?[\d.]+)", text)
    return waiting(-math.inf, float(limit))


def call_rate(text: str) -> float:
    """The likelihood itself, maximised numerically."""
    listed, last = found(r"calls were ((?:\d+, )+\d+) and (\d+) minutes", text)
    lengths = np.array([float(n) for n in [*listed.split(", "), last]])
    best = optimize.minimize_scalar(
        lambda rate: -float((np.log(rate) - rate * lengths).sum()), bounds=(1e-3, 10), method="bounded",
        options={"xatol": 1e-12},
    )  # fmt: skip
    return float(best.x)


def all_good(size: int, bad: int, drawn: int) -> float:
    """One draw after the other, without putting back."""
    chance = Fraction(1)
    for n in range(drawn):
        chance *= Fraction(size - bad - n, size - n)
    return float(chance)


def shipping(text: str) -> float:
    users, unhappy, of, drawn = found(
        r"You have (\d+) users.*There are (\d+) users out of (\d+) that do not like.*sampling (\d+) distinct users",
        text,
    )
    assert users == of
    return all_good(int(users), int(unhappy), int(drawn))


def pallet(text: str) -> float:
    phones, faulty, drawn = found(r"holds (\d+) phones, (\d+) of which are faulty.*takes (\w+) different", text)
    return all_good(int(phones), int(faulty), whole(drawn))


def ruin(money: int, win: int, lose: int, p: float) -> float:
    """The system r(n) = p r(n + win) + (1 - p) r(n - lose) solved on 0 .. 500, rich people being safe."""
    states = 500
    matrix, right = np.eye(states), np.zeros(states)
    right[0] = 1
    for n in range(1, states):
        if n + win < states:
            matrix[n, n + win] -= p
        matrix[n, max(0, n - lose)] -= 1 - p
    return float(np.linalg.solve(matrix, right)[money])


def gambler(text: str) -> float:
    money, win, lose = found(r"I have \$(\d+).*each head I win \$(\d+).*each tail I lose \$(\d+)", text)
    return ruin(int(money), int(win), int(lose), 0.5)


def biased_gambler(text: str) -> float:
    money, p, win, lose = found(
        r"start with \$(\d+).*heads with probability (\d\.\d+).*Heads wins you \$(\d+), tails costs you \$(\d+)", text
    )
    return ruin(int(money), int(win), int(lose), float(p))


BYTES = {"int8": 1, "bf16": 2}


def memory(text: str) -> tuple[int, int]:
    """Bytes on the first device and on all, every device's rows and columns counted out."""
    kind, rows, columns, axes = found(r"(int8|bf16)\[(\d+), (\d+)\].*Mesh\(\{(.*?)\}\)", text)
    mesh = {name: int(size) for name, size in re.findall(r"'(\w)': (\d+)", axes)}
    first, second = found(r"\[I_?(\w*), J_?(\w*)\]", text)
    (count,) = found(r"(\d+) devices", text)
    used = []
    for place in itertools.product(*(range(size) for size in mesh.values())):
        at = dict(zip(mesh, place, strict=True))
        held = [_held(int(length), axis, at, mesh) for length, axis in ((rows, first), (columns, second))]
        used.append(held[0] * held[1] * BYTES[kind])
    assert len(used) == int(count)
    return used[0], sum(used)


def _held(length: int, axes: str, at: dict[str, int], mesh: dict[str, int]) -> int:
    """How many of the indices 0 .. length-1 lie on the device at this place."""
    part, parts = 0, 1
    for axis in axes:
        part, parts = part * mesh[axis] + at[axis], parts * mesh[axis]
    return sum(index * parts // length == part for index in range(length))


def multiplications(tokens: int, width: int) -> int:
    """Of both matrix products, as BLAS counts them: rows times inner length times columns."""
    queries, keys, scores = (tokens, width), (width, tokens), (tokens, tokens)
    return queries[0] * queries[1] * keys[1] + scores[0] * scores[1] * width


def longer_input(text: str) -> float:
    width, tokens, more = found(r"width (\d+) reads ([\d,]+) tokens.*input to ([\d,]+) tokens", text)
    return multiplications(whole(more), int(width)) / multiplications(whole(tokens), int(width))


def wider_vectors(text: str) -> float:
    width, tokens, more = found(r"width (\d+) reads ([\d,]+) tokens.*vectors to ([\d,]+) numbers", text)
    return multiplications(whole(tokens), whole(more)) / multiplications(whole(tokens), int(width))


def pasted_twice(text: str) -> float:
    """Five values of that mean and variance, written out, pasted twice and handed to numpy."""
    count, mean, variance = found(r"(\w+) measurements have the mean (\d+), a population variance of (\d+)", text)
    column = np.random.default_rng(57).normal(size=whole(count.lower()))
    column = float(mean) + (column - column.mean()) / column.std() * math.sqrt(float(variance))
    return float(np.tile(column, 2).var(ddof=1))


def columns_kept(text: str) -> float:
    """A smaller telecom table with the same columns, every column's information counted from its rows."""
    columns, kinds, times = found(
        r"has (\d+) columns.* (\d+) different informative ones, each.*stored (\w+) times", text
    )
    draw, rows = np.random.default_rng(75), 20_000
    churn = draw.random(rows) < 0.5
    useful = [churn ^ (draw.random(rows) < wrong) for wrong in np.linspace(0.1, 0.4, int(kinds))]
    table = useful * whole(times)
    table += [draw.random(rows) < 0.5 for _ in range(int(columns) - len(table))]
    return float(sum(information(column, churn) > 0.005 for column in table))


def information(column: np.ndarray, label: np.ndarray) -> float:
    """Mutual information in bits of two columns of truth values."""
    joint = np.array([[np.mean((column == a) & (label == b)) for b in (False, True)] for a in (False, True)])
    return float(np.sum(joint * np.log2(joint / (joint.sum(1, keepdims=True) * joint.sum(0)))))


def weights(text: str) -> tuple[int, int]:
    """Attention weights and all weights, every matrix written down by its shape, head by head and layer by layer."""
    width, layers, heads, size = found(r"width (\d+), (\d+) layers, (\d+) heads of size (\d+)", text)
    matrices, inner, words = found(r"\((\w+) matrices\) of inner width (\d+), a vocabulary of (\d+)", text)
    assert "not shared with the embeddings" in text
    head = [(int(width), int(size))] * 3 + [(int(size), int(width))]
    block = [(int(width), int(inner))] * whole(matrices)
    tables = [(int(words), int(width))] * 2
    attention = sum(rows * columns for _ in range(int(layers)) for _ in range(int(heads)) for rows, columns in head)
    others = sum(rows * columns for _ in range(int(layers)) for rows, columns in block)
    return attention, attention + others + sum(rows * columns for rows, columns in tables)


def attention_share(text: str) -> float:
    attention, every = weights(text)
    return attention / every


def exchanged_marks(text: str) -> float:
    """A class with exactly these moments, fitted by numpy the other way round."""
    mean, variance, slope = found(
        r"standardised to mean (\d+) and variance (\d+)\..*maths from physics has slope (\d\.\d+)", text
    )
    basis, _ = np.linalg.qr(np.column_stack([np.ones(40), np.random.default_rng(32).normal(size=(40, 2))]))
    physics, noise = float(mean) + math.sqrt(40 * float(variance)) * basis[:, 1:].T
    maths = float(slope) * physics + math.sqrt(1 - float(slope) ** 2) * noise
    assert np.linalg.lstsq(physics[:, None], maths, rcond=None)[0][0] == pytest.approx(float(slope))
    assert maths.var() == pytest.approx(float(variance)) and maths.mean() == pytest.approx(float(mean))
    return float(np.linalg.lstsq(maths[:, None], physics, rcond=None)[0][0])


RECOMPUTED: dict[tuple[str, str, str], Recompute] = {
    ("clock-hands-angle", "item", "value"): clock,
    ("clock-hands-angle", "variant", "value"): clock,
    ("unfair-coin-posterior", "item", "value"): coin,
    ("unfair-coin-posterior", "variant", "value"): dice,
    ("normal-exceedance-days", "item", "value"): exceedance,
    ("normal-exceedance-days", "variant", "value"): below,
    ("exponential-mle", "variant", "estimator"): call_rate,
    ("feature-shipping-probability", "item", "value"): shipping,
    ("feature-shipping-probability", "variant", "value"): pallet,
    ("gamblers-ruin", "item", "value"): gambler,
    ("gamblers-ruin", "variant", "value"): biased_gambler,
    ("regression-slope-inversion", "variant", "answer"): exchanged_marks,
    ("sharded-array-memory", "item", "per-device"): lambda text: memory(text)[0],
    ("sharded-array-memory", "item", "total"): lambda text: memory(text)[1],
    ("sharded-array-memory", "variant", "per-device"): lambda text: memory(text)[0],
    ("sharded-array-memory", "variant", "total"): lambda text: memory(text)[1],
    ("duplicated-data-variance", "variant", "factor"): pasted_twice,
    ("mutual-information-filter", "variant", "count"): columns_kept,
    ("self-attention-complexity", "variant", "quadratic-in-length"): longer_input,
    ("self-attention-complexity", "variant", "width-factor"): wider_vectors,
    ("transformer-parameter-count", "variant", "total"): lambda text: weights(text)[1],
    ("transformer-parameter-count", "variant", "attention-share"): attention_share,
}
"""(question id, item or variant, criterion) -> the number out of the question's own text."""


def numbers_of_the_bank() -> dict[tuple[str, str, str], tuple[Numeric, str]]:
    asked: dict[tuple[str, str, str], tuple[Numeric, str]] = {}
    for item in library.load(library.home()).items.values():
        texts = [("item", item.numerics, item.text)]
        texts += [("variant", item.variant.numerics, item.variant.text)] if item.variant else []
        for where, numerics, text in texts:
            for numeric in numerics:
                asked[item.id, where, numeric.criterion] = (numeric, " ".join(text.split()))
    return asked


ASKED = numbers_of_the_bank()


def test_every_number_has_its_recomputation_and_none_is_left_over() -> None:
    assert set(ASKED) - set(RECOMPUTED) == set(), "write a recomputation for these numbers"
    assert set(RECOMPUTED) - set(ASKED) == set(), "these numbers are gone from the bank"


@pytest.mark.parametrize("key", sorted(ASKED), ids="/".join)
def test_the_number_is_right(key: tuple[str, str, str]) -> None:
    numeric, text = ASKED[key]
    value = RECOMPUTED[key](text)
    assert abs(value - numeric.value) <= numeric.tolerance
    assert numeric.value == pytest.approx(value, rel=1e-5), "the stated value itself is exact to five digits"
    assert numeric.tolerance < abs(numeric.value), "a tolerance that admits zero checks nothing"


def test_ruin_is_seen_in_simulated_games_too() -> None:
    """A small fortune, so that ruin happens often enough to be counted: p = 0.618 for each dollar."""
    draw, games, steps = np.random.default_rng(31), 20_000, 400
    money = np.full(games, 3)
    ruined = np.zeros(games, dtype=bool)
    for _ in range(steps):
        money += np.where(draw.random(games) < 0.5, 2, -1)
        ruined |= money <= 0
    expected = ruin(3, 2, 1, 0.5)
    assert expected == pytest.approx(((math.sqrt(5) - 1) / 2) ** 3, rel=1e-9)
    assert ruined.mean() == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / games))
