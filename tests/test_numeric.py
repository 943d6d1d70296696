"""Which of an answer's numbers is its claim, and whether it is the right one."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stopwatch import cpu_seconds

from interviewer import golden, library
from interviewer.answer import canonical
from interviewer.item import Numeric
from interviewer.numeric import check, value_of

ANGLE = Numeric(7.5, 0.05, "degree", ("7.5°", "15/2", "7 1/2", "seven and a half"), "value")
DAYS = Numeric(43.95579, 4, "day", ("44 days", "about 44", "40 days", "1/0.0228", "1/0.025"), "value")
COIN = Numeric(0.9696970, 0.0005, "probability", ("32/33", "97%", "0.97", "96.97%"), "value")
BYTES = Numeric(16384, 500, "bytes", ("16 KiB", "16k", "2^14 bytes", "half a sixteenth of a meg"), "per-device")
TOTAL = Numeric(524288, 25000, "bytes", ("512 KiB", "half a meg"), "total")
RUIN = Numeric(3.5532e-11, 1e-12, "probability", ("((sqrt(5)-1)/2)^50", "0.618^50", "(1/phi)^50"), "value")
SHIP = Numeric(0.7733725, 0.006, "probability", ("77%", "0.774", "0.95^5", "C(950,5)/C(1000,5)"), "value")

SAID = {
    "match": [
        # a noun, not a retraction
        (DAYS, "44 days on average, though the wait is often over within 30 days"),
        (DAYS, "about 44; you wait 30 days or less half of the time"),
        (DAYS, "the wait is 44 days, median 30"),
        (DAYS, "I'd expect to wait 44 days. The median wait is 30 days."),
        (DAYS, "44 days, actually the median is about 30"),
        (DAYS, "44 rather than 22"),
        (DAYS, "44. A common wrong answer is 22."),
        # genuine self-correction is credited
        (DAYS, "22 days, no wait, 44 days"),
        (ANGLE, "8, no wait, 7.5"),
        (ANGLE, "0 at first sight. Actually, it is 7.5."),
        # spellings and units
        (DAYS, "about 40-45 days"),
        (DAYS, "six weeks"),
        (DAYS, "p=0,0228, 1/p=43,9"),
        (DAYS, "1/0.0228 ≈ 43.9"),
        (ANGLE, "7.5"),
        (ANGLE, "7,5 degrees"),
        (ANGLE, "7½°"),
        (ANGLE, "seven and a half"),
        (ANGLE, "pi/24 radians"),
        (ANGLE, "the answer is: **7.5°**"),
        (ANGLE, r"\(7.5^\circ\)"),
        (ANGLE, r"$\frac{15}{2}^\circ$"),
        (ANGLE, "it's...7.5"),
        (COIN, "32/33 so about 97%"),
        (COIN, "32/33, which is about 1"),
        (COIN, "thirty-two thirty-thirds"),
        (COIN, "0,97"),
        (COIN, "96,97 %"),
        (COIN, r"\frac{\frac{1}{2}}{\frac{1}{2}+\frac{1}{64}}"),
        (COIN, "The trap is 31/32; correct is 32/33."),
        (COIN, "not 31/32, the right one is 97%"),
        (BYTES, "16 thousand bytes"),
        (BYTES, "16,384 bytes"),
        (BYTES, "16 384 bytes"),
        (BYTES, "16.384 kB"),
        (BYTES, "8 × 2048 = 16384"),
        (BYTES, "131072 bits"),
        (BYTES, "16K"),
        (BYTES, "half a sixteenth of a meg"),
        (TOTAL, "half a meg"),
        (TOTAL, "0.5 MiB"),
        (RUIN, "0.618 to the fiftieth"),
        (RUIN, "3.55 × 10⁻¹¹"),
        (RUIN, "3.5 in a hundred billion"),
        (RUIN, "3.55e-9 %"),
        (SHIP, "950 choose 5 over 1000 choose 5"),
        (SHIP, "(950/1000)(949/999)(948/998)(947/997)(946/996)"),
        (SHIP, ".95 to the fifth, roughly 77 percent"),
        # other numbers that take nothing away
        (ANGLE, "7.5 degrees (or 352.5 the other way)"),
        (ANGLE, "7.5 or 352.5 degrees depending on the direction"),
        (ANGLE, "It's 7.5 degrees rather than 0"),
        (ANGLE, "not 0, it's 7.5 degrees"),
        (ANGLE, "It's 7.5 degrees, since an hour equals 30 degrees"),
        (ANGLE, "7.5 degrees. For 4:20 you would get 10."),
        # long calculations whose concluded or last number is right
        (ANGLE, "30*3 + 0.5*15 = 97.5; 6*15 = 90; 97.5 - 90 = 7.5"),
        (ANGLE, "Hour 30, quarter 30/4 = 7.5, hour hand at 97.5, minute hand at 90, formula 30h-5.5m, h 3, m 15."),
        (ANGLE, "The hands are 7.5 degrees apart. I used 30, 6, 0.5, 15, 90, and 97.5, and checked it with 5.5."),
        (ANGLE, "12 hours 360, 1 hour 30, 15 minutes a quarter, minute hand 90, hour hand 97.5, so 7.5"),
    ],
    "mismatch": [
        (DAYS, "44 days, no wait, 22 days"),
        (DAYS, "44 days. wait, 22"),
        (DAYS, "44 days... wait no, 22 days"),
        (DAYS, "44 days, hold on, I forgot a factor: 22 days"),
        (DAYS, "44 days, actually 22"),
        (DAYS, "44, or rather 22"),
        (DAYS, "1/0.0228 = 22"),
        (DAYS, "100 days"),
        (ANGLE, "7.5. No, 8."),
        (ANGLE, "7.5, no it's 8"),
        (ANGLE, "7.5. Sorry, 0."),
        (ANGLE, "7.5. Actually the hour hand hasn't moved, so it's 0."),
        (ANGLE, "I get 7.5 for the hour hand, but the answer is 0."),
        (ANGLE, "It is not 7.5 but 8 degrees"),
        (ANGLE, "15/2.5"),
        (ANGLE, "0"),
        # the calculated expression is the claim, its rounding is not
        (COIN, "31/32 so about 97%"),
        (COIN, "31/32, about 97%"),
        (COIN, "31/32 (97%)"),
        (COIN, "1 - 1/32 = 31/32 ≈ 0.97"),
        (COIN, "0.96875, i.e. 97 percent"),
        (COIN, "thirty-one thirty-seconds, so ninety-seven percent"),
        (COIN, "31/32 = 0.969"),
        (BYTES, "32 KiB"),
        (BYTES, "16"),
        (RUIN, "0.5^50"),
        (SHIP, "0.95^5 = 0.9"),
        (SHIP, "95%"),
    ],
    "ambiguous": [
        (ANGLE, "7.5 or 8"),
        (ANGLE, "7.5? or maybe 8"),
        (ANGLE, "0 or 7.5"),
        (DAYS, "40 or 80"),
        (DAYS, "40-50 days"),
        (COIN, "31/32 or about 97%"),
        (ANGLE, "1 2 3 4 5 6 7 7.5 8 9"),
        (ANGLE, "1, 2, 3, 4, 5, 6, 7, 7.5, 8, 9 degrees"),
        (ANGLE, "5 6 7 8 7.5"),
        (ANGLE, "1 then 3 then 6 then 7.5 then 8 then 9"),
        (ANGLE, "5\n6\n7\n7.5\n8"),
        (ANGLE, "maybe 5, maybe 6, maybe 7, maybe 7.5"),
        (ANGLE, "angles like 5 foo 6 bar 7.5 baz 8 qux 9 quux 10 end"),
    ],
    "absent": [
        (ANGLE, ""),
        (ANGLE, "no idea"),
        (ANGLE, "15 minutes"),
        (ANGLE, "It isn't 7.5."),
        (BYTES, "it takes 3 days"),
        (DAYS, "97%"),
    ],
}


@pytest.mark.parametrize(
    ("expected", "numeric", "text"), [(status, n, text) for status, rows in SAID.items() for n, text in rows]
)
def test_what_an_answer_says(expected: str, numeric: Numeric, text: str) -> None:
    found = check(text, numeric)
    assert found.status == expected
    assert found.criterion_id == numeric.criterion
    assert found.expected == numeric.value
    assert (found.given is None) == (expected == "absent")
    assert found.quote in text


def test_what_was_given_is_in_the_unit_of_the_value() -> None:
    assert check("roughly six weeks", DAYS).given == 42
    assert check("32 KiB", BYTES).given == 32768
    assert check("31/32 so about 97%", COIN).given == 31 / 32
    assert check("44 days, no wait, 22", DAYS).given == 22


def test_another_expected_number_is_no_rival() -> None:
    text = "16 KiB or 512 KiB, per device or in total"
    assert check(text, BYTES).status == "ambiguous"
    assert check(text, BYTES, (TOTAL,)).status == "match"
    assert check(text, TOTAL, (BYTES,)).status == "match"
    assert check("16 KiB each, so the answer is 512 KiB", BYTES, (TOTAL,)).status == "match"


def test_the_quote_is_the_sentence_or_the_number_where_the_sentence_is_long() -> None:
    assert check("Let me think. It is 7.5 degrees. Done.", ANGLE).quote == "It is 7.5 degrees."
    assert check("well " * 60 + "it is 7.5 degrees", ANGLE).quote == "7.5 degrees"


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("97 %", "probability", 0.97),
        ("16 KiB", "bytes", 16384),
        ("C(180,4)/C(200,4)", "probability", 0.6538894),
        ("7.5 or 8", "degree", None),
        ("97 %", "day", None),
        ("none", "", None),
    ],
)
def test_value_of_a_text_that_is_one_number(text: str, unit: str, value: float | None) -> None:
    assert value_of(text, unit) == (None if value is None else pytest.approx(value, rel=1e-6))


def test_every_golden_answer_agrees_with_the_label_of_its_numeric_criterion() -> None:
    root = library.home()
    bank, wrong, count = library.load(root), [], 0
    for answer in golden.load(root).answers:
        item = bank.items[answer.question]
        text = canonical(answer.answer).text
        for numeric in item.numerics:
            found = check(text, numeric, tuple(n for n in item.numerics if n is not numeric))
            count += 1
            if (found.status == "match") != (answer.labels[numeric.criterion].level == "met"):
                wrong.append(f"{answer.id} {numeric.criterion}: {found.status}, {found.given}")
    assert wrong == []
    assert count >= 60


def test_every_model_answer_and_every_accepted_spelling_matches() -> None:
    bank = library.load(library.home())
    wrong = []
    for item in bank.askable:
        asked = [(item.numerics, bank.rubric_of(item).model_answer)]
        asked += [(item.variant.numerics, item.variant.model_answer)] if item.variant else []
        for numerics, model_answer in asked:
            for numeric in numerics:
                others = tuple(n for n in numerics if n is not numeric)
                said = [(model_answer, check(canonical(model_answer).text, numeric, others))]
                said += [(form, check(form, numeric, others)) for form in numeric.accepted]
                said += [(form, check(f"I think it is {form}.", numeric, others)) for form in numeric.accepted]
                wrong += [f"{item.id}: {text} -> {found.status}" for text, found in said if found.status != "match"]
    assert wrong == []


@given(st.floats(1, 1000), st.sampled_from(["{}", "It is {}.", "so {}", "= {}", "the answer is {} degrees", "({})"]))
def test_the_tolerance_is_what_decides(given_value: float, sentence: str) -> None:
    numeric = Numeric(500.0, 100.0, "degree", (), "value")
    shown = f"{given_value:.4f}"
    right = abs(float(shown) - 500.0) <= 100.0
    assert check(sentence.format(shown), numeric).status == ("match" if right else "mismatch")


HOSTILE = [
    *[
        "1 ",
        "7.5 ",
        "7.5 or ",
        "7.5, ",
        "the answer is 7 ",
        "no wait 7.5 ",
        "7.5 wait, 8 ",
        "7.5=",
        "7.5 so ",
        "not 7.5 ",
    ],
    *[
        "7",
        "15/2 ",
        "1,",
        "7.5\n",
        "seven and a half ",
        "actually ",
        "7.5 (8) ",
        "9^9^9",
        "((((",
        "1/1/1/1",
        "or ",
        "= ",
    ],
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_answers_are_checked_quickly(piece: str) -> None:
    text = "7.5 " + (piece * 20_000)[:19_990] + " 8"
    assert cpu_seconds(functools.partial(check, text, ANGLE)) < 0.5


@pytest.mark.parametrize("filler", ["or ", "so ", "is , ", "maybe or ", ", ", "= ", "about "])
def test_words_between_two_numbers_cannot_blow_up(filler: str) -> None:
    for number in ("7.5", "2^3"):
        assert cpu_seconds(functools.partial(check, f"{number} {filler * 4000}apples 8", ANGLE)) < 0.5


def test_a_fraction_between_is_no_hedge() -> None:
    """The stroke of 32/33 stands between 1 and 97 %, and offers neither."""
    coin = Numeric(32 / 33, 0.0005, "probability", ("32/33",), "value")
    said = "Prior one half each, the fair coin gives 1/32, the other 1. So it is 32/33, about 97%."
    assert check(said, coin).status == "match"
    assert check("It is 31/32 or 32/33, about 97%.", coin).status == "ambiguous"
