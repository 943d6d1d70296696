"""The bank as a value: items, rubrics, notes, and where each was read.

Reading is `library`'s job, checking `lint`'s.
"""

from dataclasses import dataclass, field

from interviewer.errors import Finding
from interviewer.item import Item, Note
from interviewer.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Bank:
    """Everything that can be asked and everything that settles it; ids are unique within each kind."""

    items: dict[str, Item]
    rubrics: dict[str, Rubric]
    notes: dict[str, Note]
    topics: dict[str, str]
    """Topic id -> title as shown."""
    places: dict[tuple[str, ...], tuple[str, int]] = field(default_factory=dict, repr=False)
    """("item" | "rubric" | "note", id, field...) -> (file, line)."""
    left_out: tuple[Finding, ...] = ()
    """What of a pack could not be used and is not in here, and why."""

    @property
    def askable(self) -> list[Item]:
        """Items that are not drafts, in file order."""
        return [item for item in self.items.values() if not item.draft]

    def rubric_of(self, item: Item) -> Rubric:
        """The rubric of an item.

        Raises:
            KeyError: the item is a draft.
        """
        return self.rubrics[item.rubric_id or ""]

    def finding(self, place: tuple[str, ...], expected: str, warning: bool = False) -> Finding:
        """A finding at the deepest known place of `place`."""
        known = place
        while len(known) > 2 and known not in self.places:
            known = known[:-1]
        file, line = self.places.get(known, ("", 0))
        return Finding(file, line, ".".join(place[1:]), expected, warning)
