"""What is looked up for a question. Pure; one place, so that grading and the measurement of retrieval ask the same."""

from interviewer.item import Item
from interviewer.rubric import Rubric


def query_for(item: Item, rubric: Rubric) -> str:
    """The question and the claims of its criteria, one a line.

    Never the answer: a candidate would steer what the grader reads, and two trials could not be compared.
    """
    return "\n".join([item.text, *(criterion.claim for criterion in rubric.criteria)])
