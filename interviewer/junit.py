"""A gate's rulings in the XML that CI servers read (JUnit's, as Jenkins and GitLab take it). Pure."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml  # builds, and reads nothing

from interviewer.regression import Ruling

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""
_KINDS = {"regression": "failure", "cannot tell": "error"}


def report(baseline: str, rulings: Sequence[Ruling], trouble: str = "") -> str:
    """One test case a ruling; a regression is a failure, "cannot tell" an error, since neither may pass.

    Args:
        baseline: its name, which the suite bears.
        trouble: why there are no rulings, if there are none; becomes a test case of its own.
    """
    kinds = [_KINDS.get(r.status) for r in rulings] + ["error"] * bool(trouble)
    counts = {"tests": len(kinds), "failures": kinds.count("failure"), "errors": kinds.count("error")}
    told = {name: str(count) for name, count in counts.items()}
    whole = Xml.Element("testsuites", told)
    suite = Xml.SubElement(whole, "testsuite", {"name": _clean(f"interviewer eval gate {baseline}"), **told})
    for ruling in rulings:
        _case(suite, baseline, ruling.rule, _KINDS.get(ruling.status), ruling.status, ruling.reason)
    if trouble:
        _case(suite, baseline, "gate", "error", "not judged", trouble)
    Xml.indent(whole)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(whole, encoding="unicode")}\n'


def _case(suite: Xml.Element, baseline: str, name: str, kind: str | None, status: str, reason: str) -> None:
    case = Xml.SubElement(suite, "testcase", {"classname": _clean(f"gate.{baseline}"), "name": _clean(name)})
    if kind:
        found = Xml.SubElement(case, kind, {"type": status, "message": _clean(reason)})
        found.text = _clean(f"{name}: {reason}")
    else:
        Xml.SubElement(case, "system-out").text = _clean(reason)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("�", text)
