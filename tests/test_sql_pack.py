"""The example pack: complete, clean, asked and graded alone and on top; what its notes say of SQL holds in SQLite."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import ROOT, Shell
from sklearn.metrics import roc_auc_score

from interviewer import checkup, library, packs
from interviewer.bank import Bank
from interviewer.folders import Folders
from interviewer.labels import GoldenSet

PACK = ROOT / "examples" / "sql-pack"
ALONE, ON_TOP = ("--bank", PACK), ("--bank", f"+{PACK}")
IDS = ["where-versus-having", "not-in-with-null", "join-fan-out", "index-behind-function", "lost-update"]
SORTS = {"excellent", "short-right", "missing-one", "partial", "fluent-wrong", "keyword-salad"}
FAN_OUT = (
    "Each order is repeated once for each of the three addresses, so 12,000 euros come out. Leave out the address join."
)


@pytest.fixture(scope="module")
def bank() -> Bank:
    return packs.load(Folders(None, PACK))


@pytest.fixture(scope="module")
def golden(bank: Bank) -> GoldenSet:
    found, left_out = packs.load_golden(Folders(None, PACK), bank)
    assert left_out == []
    return found


@pytest.mark.parametrize("own", [None, library.home()], ids=["alone", "on top"])
def test_it_is_clean(own: Path | None) -> None:
    assert checkup.findings(Folders(own, PACK)) == []


def test_it_is_complete(bank: Bank, golden: GoldenSet) -> None:
    assert [item.id for item in bank.askable] == list(bank.items) == IDS
    assert {item.difficulty for item in bank.askable} == {1, 2, 3, 4}
    assert sum(bool(item.numerics) for item in bank.askable) == 1
    answers = Counter(a.question for a in golden.answers)
    assert set(answers) == set(IDS) and min(answers.values()) >= 6
    for question in IDS:
        theirs = [a for a in golden.answers if a.question == question]
        assert {a.sort for a in theirs} >= SORTS
        assert len({a.voice for a in theirs}) >= 6
    assert Counter(golden.split.values()) == {"train": 3, "dev": 1, "test": 1}


def test_the_card_says_how_many_there_are(golden: GoldenSet) -> None:
    labels = sum(len(a.labels) for a in golden.answers)
    card = (PACK / "evals" / "golden" / "sql.v1.md").read_text()
    assert f"{len(golden.answers)} answers to 5 questions, {labels} criterion labels" in card
    assert all(a.blind is None for a in golden.answers) and "blind labelling has not been made" in card


def test_length_alone_tells_little(golden: GoldenSet) -> None:
    words = [len(a.answer.split()) for a in golden.answers for _ in a.labels]
    met = [label.level == "met" for a in golden.answers for label in a.labels.values()]
    assert roc_auc_score(met, words) <= 0.65


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.mark.parametrize("bank_option", [ALONE, ON_TOP], ids=["alone", "on top"])
def test_it_is_listed_asked_and_graded(shell: Shell, bank_option: tuple[str, Path]) -> None:
    listed = shell.run(*bank_option, "bank", "--json").json
    assert [q["id"] for q in listed if q["topic"] == "sql"] == IDS
    assert len(listed) == (5 if bank_option == ALONE else 5 + len(library.load(library.home()).items))
    said = shell.run(*bank_option, "grade", "--question", "join-fan-out", "--json", stdin=FAN_OUT)
    assert (said.code, said.err) == (0, "")
    levels = {c["id"]: c["level"] for c in said.json["criteria"]}
    assert said.json["numeric"]["match"] and levels["sum-value"] == "met" and said.json["score"] >= 0.25
    asked = shell.run(*bank_option, "ask", "--topic", "sql", "--questions", "5", stdin=f"{FAN_OUT}\n.\n\n/end\n")
    assert (asked.code, asked.err) == (0, "")
    assert "Question 1 of 5 · SQL" in asked.out and "provisional" in asked.out


def test_it_is_measured(shell: Shell) -> None:
    run = shell.run(*ALONE, "eval", "run", "--data", "golden", "--out", "run", "--json")
    assert (run.code, run.err) == (0, "") and run.json["n"] == 38 and run.json["items"]["kappa"] > 0
    found = shell.run(*ALONE, "eval", "retrieval", "--json").json
    assert all(found[mode]["overall"]["hit_at_3"] == 1 for mode in ("words", "vectors", "hybrid"))


# What the notes claim, run.


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def note(bank: Bank, name: str, *said: str) -> str:
    """The text of a note, in which those words must still stand."""
    text = " ".join(bank.notes[name].text.split())
    assert all(words in text for words in said), (name, said)
    return text


def test_where_and_having(bank: Bank, db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE orders (city, status, amount)")
    for city, status, count in (("Lyon", "paid", 12), ("Nice", "paid", 9), ("Nice", "open", 8)):
        db.executemany("INSERT INTO orders VALUES (?, ?, 5)", [(city, status)] * count)
    text = note(bank, "aggregate-needs-groups", "misuse of aggregate", "12 paid orders in Lyon and 9 in Nice")
    query = re.search(r"(SELECT city, .* COUNT\(\*\) > 10)\.", text)
    assert query and db.execute(query[1]).fetchall() == [("Lyon", 12)]
    with pytest.raises(sqlite3.OperationalError, match="misuse of aggregate"):
        db.execute(" ".join(bank.items["where-versus-having"].text.split("writes: ")[1].split(".")[0].split()))
    note(bank, "where-before-grouping", "Nice has 9 paid orders and 8 open ones", "all 17 are counted")
    unfiltered = db.execute("SELECT city, COUNT(*) FROM orders GROUP BY city HAVING COUNT(*) > 10").fetchall()
    assert unfiltered == [("Lyon", 12), ("Nice", 17)]
    assert db.execute("SELECT COUNT(*) FROM orders WHERE amount > (SELECT AVG(amount) FROM orders)").fetchone() == (0,)


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("NULL = NULL", None), ("NULL <> 1", None), ("NULL < 1", None), ("NOT (NULL = 1)", None),
        ("1 = 1 AND NULL = 1", None), ("1 = 2 AND NULL = 1", 0),
        ("3 NOT IN (1, 2)", 1), ("3 NOT IN (1, 2, NULL)", None), ("1 NOT IN (1, 2, NULL)", 0),
        ("1 IN (1, 2, NULL)", 1), ("3 IN (1, 2, NULL)", None), ("3 NOT IN (SELECT 1 WHERE 1 = 2)", 1),
        ("EXISTS (SELECT NULL)", 1), ("COUNT(NULL)", 0), ("COUNT(*)", 1),
    ],
)  # fmt: skip
def test_three_valued_logic(db: sqlite3.Connection, condition: str, value: int | None) -> None:
    assert db.execute(f"SELECT {condition}").fetchone() == (value,)


def test_null_in_groups_and_constraints(bank: Bank, db: sqlite3.Connection) -> None:
    note(bank, "null-is-unknown", "of the values 1, 2 and NULL, the condition x <> 1 keeps only 2")
    db.execute("CREATE TABLE t (x CHECK (x > 0))")
    db.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (None,), (None,)])
    assert db.execute("SELECT x FROM t WHERE x <> 1").fetchall() == [(2,)]
    assert len(db.execute("SELECT DISTINCT x FROM t").fetchall()) == 3
    assert db.execute("SELECT COUNT(*) FROM t GROUP BY x ORDER BY x").fetchall() == [(2,), (1,), (1,)]


def test_four_ways_to_ask_for_customers_without_orders(bank: Bank, db: sqlite3.Connection) -> None:
    text = note(bank, "anti-join", "customers 1 to 5 and orders of 1, 2 and NULL", "returns 3, 4, 5")
    db.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY)")
    db.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id, coupon)")
    db.executemany("INSERT INTO customers VALUES (?)", [(n,) for n in range(1, 6)])
    db.executemany("INSERT INTO orders (customer_id) VALUES (?)", [(1,), (2,), (None,)])
    exists = re.search(r"SELECT c\.id FROM customers c WHERE NOT EXISTS \(.*?\)", text)
    assert exists
    broken = "SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)"
    joined = "SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.{} IS NULL"
    assert db.execute(broken).fetchall() == []
    for sound in (exists[0], joined.format("customer_id"), broken[:-1] + " WHERE customer_id IS NOT NULL)"):
        assert [n for (n,) in db.execute(sound)] == [3, 4, 5], sound
    assert [n for (n,) in db.execute(joined.format("coupon"))] == [1, 2, 3, 4, 5], "the caveat on the column tested"


def numbers(pattern: str, text: str) -> list[int]:
    match = re.search(pattern, " ".join(text.split()))
    assert match, f"the question no longer says {pattern!r}"
    return [int(group) for group in match.groups()]


def test_join_fan_out(bank: Bank, db: sqlite3.Connection) -> None:
    item = bank.items["join-fan-out"]
    customers, orders, amount, addresses = numbers(
        r"(\d+) customers.*exactly (\d+) orders of (\d+) euros and exactly (\d+) stored", item.text
    )
    db.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY)")
    db.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id, amount)")
    db.execute("CREATE TABLE addresses (id INTEGER PRIMARY KEY, customer_id)")
    for customer in range(customers):
        db.execute("INSERT INTO customers VALUES (?)", (customer,))
        db.executemany("INSERT INTO orders (customer_id, amount) VALUES (?, ?)", [(customer, amount)] * orders)
        db.executemany("INSERT INTO addresses (customer_id) VALUES (?)", [(customer,)] * addresses)
    query = re.search(r"SELECT SUM.* ON a\.customer_id = c\.id", item.text)
    assert query
    assert db.execute(query[0]).fetchone() == (item.numerics[0].value,) == (12_000,)
    joined = query[0].replace("SUM(o.amount)", "{}")
    assert db.execute(joined.format("COUNT(*)")).fetchone() == (1_200,)
    assert db.execute(joined.format("SUM(DISTINCT o.amount)")).fetchone() == (10,)
    assert db.execute(joined.format("COUNT(DISTINCT o.id)")).fetchone() == (400,)
    text = note(bank, "aggregate-before-joining", "adds 100 totals of 40 and gets 4,000")
    whole = re.search(r"SELECT c\.id, t\.total, n\.places .* n\.customer_id = c\.id", text)
    assert whole
    rows = db.execute(whole[0]).fetchall()
    assert len(rows) == 100 and {total for _, total, _ in rows} == {40} and sum(r[1] for r in rows) == 4_000
    filtered = (
        "SELECT SUM(amount) FROM orders o WHERE EXISTS (SELECT 1 FROM addresses a WHERE a.customer_id = o.customer_id)"
    )
    assert db.execute(filtered).fetchone() == db.execute("SELECT SUM(amount) FROM orders").fetchone() == (4_000,)
    db.execute("DELETE FROM addresses WHERE customer_id = 0")
    assert db.execute(query[0]).fetchone() == (12_000 - 120,), "the caveat: without an address the orders vanish"


def test_the_variant_of_join_fan_out(bank: Bank, db: sqlite3.Connection) -> None:
    variant = bank.items["join-fan-out"].variant
    assert variant
    classes, pupils, teachers = numbers(r"(\d+) classes with (\d+) pupils and (\d+) teachers", variant.text)
    for table in ("classes", "pupils", "teachers"):
        db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, class_id)")
    for n in range(classes):
        db.execute("INSERT INTO classes (id) VALUES (?)", (n,))
        db.executemany("INSERT INTO pupils (class_id) VALUES (?)", [(n,)] * pupils)
        db.executemany("INSERT INTO teachers (class_id) VALUES (?)", [(n,)] * teachers)
    query = re.search(r"SELECT COUNT.* ON t\.class_id = k\.id", " ".join(variant.text.split()))
    assert query and db.execute(query[0]).fetchone() == (variant.numerics[0].value,)
    assert db.execute(query[0].replace("*", "DISTINCT p.id")).fetchone() == (classes * pupils,)


def plan(db: sqlite3.Connection, condition: str) -> str:
    return " ".join(str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN SELECT * FROM orders WHERE {condition}"))


def test_which_conditions_use_the_index(bank: Bank, db: sqlite3.Connection) -> None:
    note(bank, "index-order-and-functions", "DATE(created_at) = '2024-03-05' is planned by SQLite as SCAN")
    db.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, created_at TEXT, email TEXT, amount INT)")
    for column in ("created_at", "email", "amount"):
        db.execute(f"CREATE INDEX by_{column} ON orders ({column})")
    day = "DATE(created_at) = '2024-03-05'"
    for scanned in (day, "LOWER(email) = 'a'", "amount * 2 > 10", "email LIKE '%a'"):
        assert plan(db, scanned) == "SCAN orders", scanned
    half_open = "created_at >= '2024-03-05' AND created_at < '2024-03-06'"
    assert half_open in note(bank, "half-open-date-range")
    assert plan(db, half_open).startswith("SEARCH orders USING INDEX by_created_at")
    expression = re.search(r"CREATE INDEX ON (orders \(DATE\(created_at\)\))", note(bank, "index-on-expression"))
    assert expression
    db.execute(f"CREATE INDEX by_day ON {expression[1]}")
    assert plan(db, day).startswith("SEARCH orders USING INDEX by_day")
    with pytest.raises(sqlite3.OperationalError, match="non-deterministic"):
        db.execute("CREATE INDEX by_chance ON orders (RANDOM())")


def test_which_moments_a_day_holds(bank: Bank, db: sqlite3.Connection) -> None:
    text = note(bank, "half-open-date-range", "keeps the first two", "keeps all three", "loses the second")
    moments = re.findall(r"2024-03-0\d \d\d:\d\d:\d\d(?:\.5)?", text.partition("Example: with rows at ")[2])[:3]
    db.execute("CREATE TABLE orders (created_at TEXT)")
    db.executemany("INSERT INTO orders VALUES (?)", [(m,) for m in moments])

    def kept(condition: str) -> list[str]:
        return [m for (m,) in db.execute(f"SELECT created_at FROM orders WHERE {condition} ORDER BY 1")]

    assert len(moments) == 3
    assert kept("created_at >= '2024-03-05 00:00:00' AND created_at < '2024-03-06 00:00:00'") == moments[:2]
    assert kept("created_at BETWEEN '2024-03-05 00:00:00' AND '2024-03-06 00:00:00'") == moments
    assert kept("created_at BETWEEN '2024-03-05 00:00:00' AND '2024-03-05 23:59:59'") == moments[:1]
    assert kept("created_at = '2024-03-05 00:00:00'") == moments[:1]
    assert kept("DATE(created_at) = '2024-03-05'") == moments[:2]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Two sessions on one account of 100."""
    sessions = [sqlite3.connect(tmp_path / "bank.db", isolation_level=None, timeout=0) for _ in range(2)]
    sessions[0].execute("PRAGMA journal_mode = WAL")
    sessions[0].execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INT, version INT)")
    sessions[0].execute("INSERT INTO accounts VALUES (1, 100, 7)")
    yield sessions[0], sessions[1]
    for session in sessions:
        session.close()


Two = tuple[sqlite3.Connection, sqlite3.Connection]


def balance(session: sqlite3.Connection) -> int:
    return int(session.execute("SELECT balance FROM accounts WHERE id = 1").fetchone()[0])


@pytest.mark.parametrize(("order", "left"), [((0, 1), 50), ((1, 0), 70)])
def test_the_later_write_wins(two: Two, order: tuple[int, int], left: int) -> None:
    new = [balance(session) - withdrawn for session, withdrawn in zip(two, (30, 50), strict=True)]
    for who in order:
        two[who].execute("UPDATE accounts SET balance = ? WHERE id = 1", (new[who],))
    assert balance(two[0]) == left


def test_subtracting_in_the_database_loses_nothing(bank: Bank, two: Two) -> None:
    note(bank, "preventing-lost-updates", "$100 - 30 - 50 = 20$ is left in any order")
    for session, withdrawn in ((two[1], 50), (two[0], 30)):
        session.execute("UPDATE accounts SET balance = balance - ? WHERE id = 1", (withdrawn,))
    assert balance(two[0]) == 20


def test_a_version_check_notices_the_other(bank: Bank, two: Two) -> None:
    text = note(bank, "preventing-lost-updates", "changes 1 row and the second 0")
    check = re.search(r"balance = 70, version = 8 WHERE id = 1 AND version = 7", text)
    assert check
    changed = [session.execute(f"UPDATE accounts SET {check[0]}").rowcount for session in two]
    assert changed == [1, 0] and balance(two[1]) == 70


def test_a_stricter_level_refuses_the_second_writer(two: Two) -> None:
    for session in two:
        session.execute("BEGIN")
        assert balance(session) == 100
    two[0].execute("UPDATE accounts SET balance = 70 WHERE id = 1")
    two[0].execute("COMMIT")
    assert balance(two[1]) == 100, "its snapshot stands still"
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        two[1].execute("UPDATE accounts SET balance = 50 WHERE id = 1")
    two[1].execute("ROLLBACK")
    assert balance(two[1]) == 70, "so the whole must be tried again, from the read on"
