"""CSV files with named columns: found under their names, labels as people write them, faults by line and column."""

import csv
import io
from pathlib import Path

import pytest

from interviewer import datasets, textlines
from interviewer.errors import Finding, LibraryError
from interviewer.example import Example

HEAD = "question_id,question,answer,reference_answer,score,max_score"
RELU = "q1,What does ReLU do?,Zeroes what is negative.,It sets negative inputs to zero.,1,2"


def written(folder: Path, *lines: str, encoding: str = "utf-8", ends: str = "\n") -> Path:
    path = folder / "set.csv"
    path.write_bytes("".join(line + ends for line in lines).encode(encoding))
    return path


def read(folder: Path, *lines: str) -> list[Example]:
    return datasets.external(written(folder, *lines))


def faults(path: Path) -> list[Finding]:
    with pytest.raises(LibraryError) as caught:
        datasets.external(path)
    return caught.value.findings


def test_a_row_is_what_the_same_row_in_jsonl_is(tmp_path: Path) -> None:
    (example,) = read(tmp_path, f"{HEAD},split,dataset,teacher", f"{RELU},test,exam,Ms. B.")
    line = (
        '{"question_id": "q1", "question": "What does ReLU do?", "answer": "Zeroes what is negative.", "score": 1, '
        '"reference_answer": "It sets negative inputs to zero.", "max_score": 2, "split": "test", "dataset": "exam"}\n'
    )
    (tmp_path / "set.jsonl").write_text("\n" + line, encoding="utf-8")
    assert [example] == datasets.external(tmp_path / "set.jsonl")
    assert (example.id, example.score, example.split) == ("set/2", 0.5, "test")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_columns_have_many_names_in_any_case_and_order(tmp_path: Path, encoding: str, ends: str) -> None:
    head = "Student Answer, expectedAnswer ,POINTS,out-of,Prompt,colour"
    rows = (
        '"Größe, ""dann""\nGewicht",Größe und Gewicht zählen beide.,3,4,Was zählt?,red',
        ",Größe zählt hier.,,,Was zählt?,",
    )
    two, three = datasets.external(written(tmp_path, head, *rows, encoding=encoding, ends=ends))
    assert two.answer == 'Größe, "dann"\nGewicht' and two.score == 0.75
    assert two.item.text == "Was zählt?" and two.rubric.model_answer == "Größe und Gewicht zählen beide."
    assert three.answer == "" and three.score is None and three.id == "set/4"
    assert two.item.id == three.item.id and two.item.id.startswith("q-"), "one question, though nobody named it"


def test_the_first_of_several_names_counts(tmp_path: Path) -> None:
    (example,) = read(tmp_path, "input,question,output,answer,reference", "an input,a question,an output,an answer,R.")
    assert (example.item.text, example.answer) == ("a question", "an answer")


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("Correct", 1.0),
        ("pass", 1),
        ("1", 1),
        ("TRUE", 1),
        ("partially_correct", 0.5),
        ("0.5", 0.5),
        ("fail", 0),
        ("", None),
    ],
)
def test_a_label_is_a_score_in_one_word(tmp_path: Path, said: str, score: float | None) -> None:
    (example,) = read(tmp_path, "question,answer,reference,label", f"Q?,A.,R.,{said}")
    assert example.score == score


def test_a_score_counts_before_a_label(tmp_path: Path) -> None:
    (example,) = read(tmp_path, "question,answer,reference,label,score,max", "Q?,A.,R.,fail,3,4")
    assert example.score == 0.75


def test_criteria_stand_in_columns_of_their_own(tmp_path: Path) -> None:
    head = "question_id,question,answer,criterion: Says zero,Criterion:Says negative,criterion:Says slope,criterion:Any"
    rows = ["r,ReLU?,a,met,partial,,", "r,ReLU?,b,0,,,", "s,Sigmoid?,c,,,yes,", "s,Sigmoid?,d,,,,"]
    first, second, third, fourth = read(tmp_path, head, *rows)
    assert [(c.id, c.claim, c.levels) for c in first.rubric.criteria] == [
        ("criterion-1", "Says zero", ("missed", "met")),
        ("criterion-2", "Says negative", ("missed", "partial", "met")),
        ("criterion-4", "Any", ("missed", "met")),
    ], "nobody used the third for this question; the fourth is empty throughout, so it is asked everywhere"
    assert dict(first.labels) == {"criterion-1": "met", "criterion-2": "partial"}
    assert dict(second.labels) == {"criterion-1": "missed"} and second.rubric == first.rubric
    assert [c.claim for c in third.rubric.criteria] == ["Says slope", "Any"]
    assert dict(third.labels) == {"criterion-3": "met"} and dict(fourth.labels) == {}
    assert all(e.score is None for e in (first, second, third, fourth)), "none has a label for every criterion"
    (whole,) = read(tmp_path, "question,answer,criterion:A,criterion:B", "Q?,a,met,partial")
    assert whole.score == 0.75


BAD: list[tuple[str, int, str, str]] = [
    ("q,Q?,A,R.,nan,1", 3, "score", "finite number"),
    ("q,Q?,A,R.,inf,1", 3, "score", "finite number"),
    ("q,Q?,A,R.,good,1", 3, "score", "valid number"),
    ("q,Q?,A,R.,2.5,2", 3, "score", "a score of 0 to 2 (max_score) expected; got 2.5"),
    ("q,Q?,A,R.,2,", 3, "score", "a score of 0 to 1 (max_score) expected; got 2"),
    ("q,Q?,A,R.,-1,2", 3, "score", "a score of 0 to 2 (max_score) expected; got -1"),
    ("q,Q?,A,R.,1,0", 3, "max_score", "greater than 0"),
    ("q,,A,R.,1,1", 3, "question", "under one of the names question, prompt, query"),
    ("q,Q?,A,,1,1", 3, "", "rubric_items or a reference_answer expected"),
    ("q,Q?,A,R.,1", 3, "", "6 cells, as in line 1, expected; found 5"),
    ("q,Q?,A,R.,1,1,1", 3, "", "6 cells, as in line 1, expected; found 7"),
    ('q,"Q"?,A,R.,1,1', 3, "", "closed double quotes expected (',' expected after '\"'"),
    ('q,Q?,"A,R.,1,1', 3, "", "closed double quotes expected (unexpected end of data, in the record that begins here)"),
    ('q,Q?,"' + "A\n" * textlines.LONGEST_LINE, 3, "", "field larger than field limit (1000000)"),
    ("q,Q?," + "A" * textlines.LONGEST_LINE + ",R.,1,1", 3, "", "a line of at most 1,000,000 bytes expected"),
]


@pytest.mark.parametrize(
    ("line", "number", "column", "expected"), BAD, ids=[f"{c or e[:20]}-{n}" for n, (_, _, c, e) in enumerate(BAD)]
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, line: str, number: int, column: str, expected: str) -> None:
    (finding,) = faults(written(tmp_path, HEAD, RELU, line))
    assert (finding.file, finding.line, finding.field) == ("set.csv", number, column)
    assert expected in finding.expected


def test_faults_are_named_as_the_file_names_them_and_all_at_once(tmp_path: Path) -> None:
    head = "id,Prompt,output,reference,Points,out of,criterion:Says A"
    rows = [
        "a,Q?,A,R.,x,1,perhaps",
        'a,Q?,"two\nlines",R.,1,1,met',
        "b,Q?,A,R.,7,2,",
        "c,,A,R.,1,1,1",
        "a,Q?,A,R.,1,1,0",
    ]
    found = [(f.line, f.field, f.expected) for f in faults(written(tmp_path, head, *rows))]
    assert [(line, field) for line, field, _ in found] == [
        (2, "criterion:Says A"),
        (2, "Points"),
        (5, "Points"),
        (6, "question"),
        (7, "id"),
    ]
    assert found[0][2].startswith("met, partial or missed (or 1, 0.5, 0, yes,") and "'perhaps'" in found[0][2]
    assert "set/a is that of set.csv:3 too" in found[4][2]


@pytest.mark.parametrize(
    ("head", "column", "expected"),
    [
        ("question;answer;score", "answer", "found: question;answer;score"),
        ("question,score", "answer", "one of them answer (or student_answer, candidate_answer"),
        ("answer,score", "question", "one of them question (or prompt, query"),
        ("question,answer,score,score", "score", "columns with a name of their own each expected"),
    ],
)
def test_a_first_line_without_the_columns_is_one_fault(tmp_path: Path, head: str, column: str, expected: str) -> None:
    found = faults(written(tmp_path, head, "1,2", "3,4"))
    finding = next(f for f in found if f.field == column)
    assert expected in finding.expected
    assert all(f.line == 1 for f in found)


@pytest.mark.parametrize(("encoding", "line"), [("latin-1", 3), ("cp1252", 3), ("utf-16", 1)])
def test_another_encoding_is_said_not_guessed(tmp_path: Path, encoding: str, line: int) -> None:
    path = written(tmp_path, HEAD, RELU, "q,Was?,Größe,R.,1,1", encoding=encoding)
    (finding,) = faults(path)
    assert (finding.line, finding.expected) == (line, textlines.NOT_UTF8)


def test_a_line_of_100_mb_is_refused_and_never_held(tmp_path: Path) -> None:
    import tracemalloc

    for name in ("set.csv", "set.jsonl"):
        with (tmp_path / name).open("wb") as file:
            file.write(b"question,answer,reference\nQ?,A.,R.\n" if name == "set.csv" else b"")
            for _ in range(100):
                file.write(b"x" * 1_000_000)
        tracemalloc.start()
        (finding,) = faults(tmp_path / name)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert "a line of at most 1,000,000 bytes expected" in finding.expected
        assert peak < 10_000_000


def test_blank_rows_are_passed_over_and_a_file_of_none_is_said(tmp_path: Path) -> None:
    assert len(read(tmp_path, HEAD, "", RELU, ",,,,,", " , ,,,,")) == 1
    assert read(tmp_path, HEAD) == []
    assert read(tmp_path) == []


def test_what_a_spreadsheet_wrote_comes_back_as_it_was(tmp_path: Path) -> None:
    answers = ['He said "no", then\nleft.', "=1+1", "a,b;c\td", "'quoted'", " spaces ", "Ω"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["question", "answer", "reference"])
    writer.writerows(["Q?", answer, "R."] for answer in answers)
    (tmp_path / "set.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    assert [e.answer for e in datasets.external(tmp_path / "set.csv")] == answers
