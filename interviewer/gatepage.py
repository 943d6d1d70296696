"""What a gate says, in tables and as Markdown for a pull request. Pure."""

from collections.abc import Sequence

from interviewer import comparisonpage
from interviewer import comparisonwords as words
from interviewer.flips import Flip
from interviewer.markdown import Sheet, code, escaped, folded, page, sheet
from interviewer.regression import Gate, Ruling
from interviewer.trial import Run

NAMES = ("baseline", "run")
VERDICTS = {"fine": "no regression", "regression": "regression", "cannot tell": "cannot tell"}
MARKS = {"fine": "✅", "regression": "❌", "cannot tell": "❔"}
SHOWN_FLIPS = 10
ACCEPT = "If this change is meant, accept the run as the new baseline and commit the file:"


def title(gate: Gate, baseline: str) -> str:
    """The verdict in one line."""
    return f"Gate {baseline}: {VERDICTS[gate.status]}"


def rulings(gate: Gate) -> Sheet:
    """Every rule with what it says."""
    rows = [(r.rule, *_numbers(r), r.status, r.reason) for r in gate.rulings]
    return Sheet("", ("rule", *NAMES, "difference", "95 % interval", "allowed", "status", "why"), tuple(rows))


def _numbers(r: Ruling) -> tuple[str, ...]:
    whole = r.rule in ("invented_quotes", "attack_success")
    sides = (f"{r.before:,.0f}", f"{r.after:,.0f}") if whole else (words.number(r.before), words.number(r.after))
    risen = f"{r.after - r.before:+,.0f}" if whole else words.number(r.after - r.before, signed=True)
    return *sides, risen, words.span(r.difference) if r.difference else "–", f"{r.allowed:g}"


def flipped(flips: Sequence[Flip]) -> Sheet:
    """The worst of the flipped levels, in one line each."""
    rows = [
        (f.change, f.example, f.criterion, f.human or "–", f.a or "unscored", f.b or "unscored", f.reason_b or "–")
        for f in flips[:SHOWN_FLIPS]
    ]
    head = ("change", "answer", "criterion", "people", *NAMES, "the run's reason")
    shown = f", the worst {SHOWN_FLIPS} of them" if len(flips) > SHOWN_FLIPS else ""
    return Sheet(f"Levels that flipped: {len(flips):,}{shown}", head, tuple(rows))


def markdown(gate: Gate, baseline: str, described: tuple[Run, Run], warnings: Sequence[str], command: str) -> str:
    """The summary for a pull request.

    Args:
        described: the baseline's run and the run.
        command: that accepts the run.
    """
    flips = gate.compared.flips
    return page(
        (
            f"### {MARKS[gate.status]} {escaped(title(gate, baseline))}",
            *(f"⚠ {escaped(warning)}" for warning in warnings),
            sheet(rulings(gate)),
            escaped(words.counted(gate.compared, NAMES)),
            comparisonpage.slices(gate.compared),
            sheet(flipped(flips)) if flips else "No level flipped.",
            folded("What was asked", sheet(words.asked(*described, NAMES))),
            *((escaped(ACCEPT), code(command)) if moved(gate) else ()),
        )
    )


def failed(baseline: str, trouble: str) -> str:
    """The summary where no ruling could be made."""
    return page((f"### {MARKS['regression']} {escaped(f'Gate {baseline}: not judged')}", escaped(trouble)))


def moved(gate: Gate) -> bool:
    """Whether there is anything that could be accepted."""
    return gate.status != "fine" or bool(gate.compared.flips)
