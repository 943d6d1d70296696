"""The forms of the bank's files, checked once when they are read. Inside the program the frozen values of `item` and
`rubric` are used; these pydantic models also yield the JSON schemas for editors."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from interviewer.item import Hint, Item, Kind, Numeric, Variant
from interviewer.rubric import Criterion, Rubric

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class NumericForm(_Form):
    """A number the answer must come to."""

    value: float
    tolerance: Annotated[float, Field(ge=0)]
    unit: str
    accepted: list[Text] = []
    criterion: Slug

    def build(self) -> Numeric:
        """The value used inside."""
        return Numeric(self.value, self.tolerance, self.unit, tuple(self.accepted), self.criterion)


def _numerics(form: NumericForm | list[NumericForm] | None) -> tuple[Numeric, ...]:
    forms = form if isinstance(form, list) else [form] if form else []
    return tuple(f.build() for f in forms)


class HintForm(_Form):
    """A nudge and its cost as a share of the score."""

    text: Text
    cost: Annotated[float, Field(gt=0, le=1)]


class VariantForm(_Form):
    """The same knowledge with another surface."""

    text: Text
    model_answer: Text
    numeric: NumericForm | list[NumericForm] | None = None

    def build(self) -> Variant:
        """The value used inside."""
        return Variant(self.text, self.model_answer, _numerics(self.numeric))


class SourceForm(_Form):
    """Where a question comes from."""

    list: Text
    number: Annotated[int, Field(ge=1)]


class ItemForm(_Form):
    """One question; everything below `time_limit_s` is demanded unless it is a draft."""

    id: Slug
    source: SourceForm | None = None
    title: Text
    company: str | None = None
    text: Text
    kind: Kind
    difficulty: Annotated[int, Field(ge=1, le=5)]
    time_limit_s: Annotated[int, Field(ge=30, le=3600)]
    draft: Literal[True] | None = None
    rubric: Slug | None = None
    notes: list[Slug] = []
    hints: list[HintForm] = []
    follow_ups: dict[Slug, Text] = {}
    variant: VariantForm | None = None
    numeric: NumericForm | list[NumericForm] | None = None

    @model_validator(mode="after")
    def _draft_or_whole(self) -> "ItemForm":
        whole = self.rubric and self.notes and len(self.hints) == 3 and self.follow_ups and self.variant
        if self.draft and self.rubric:
            raise ValueError("a draft has no rubric; take one of the two out")
        if not self.draft and not whole:
            raise ValueError("rubric, notes, 3 hints, follow_ups and variant expected (or draft: true)")
        return self

    def build(self, topic: str) -> Item:
        """The value used inside."""
        return Item(
            id=self.id,
            topic=topic,
            kind=self.kind,
            difficulty=self.difficulty,
            title=self.title,
            text=self.text,
            time_limit_s=self.time_limit_s,
            rubric_id=self.rubric,
            source_list=self.source.list if self.source else "",
            number=self.source.number if self.source else None,
            company=self.company,
            notes=tuple(self.notes),
            hints=tuple(Hint(h.text, h.cost) for h in self.hints),
            follow_ups=tuple(self.follow_ups.items()),
            variant=self.variant.build() if self.variant else None,
            numerics=_numerics(self.numeric),
        )


class ItemsForm(_Form):
    """questions/<topic>/items.yaml"""

    topic: Slug
    title: Text
    items: list[ItemForm]


class LevelsForm(_Form):
    """What earns each level, in words."""

    met: Text
    partial: Text | None = None


class CriterionForm(_Form):
    """One atomic claim."""

    id: Slug
    claim: Text
    weight: Annotated[float, Field(gt=0, le=10)]
    optional: bool = False
    levels: LevelsForm
    accepts: Annotated[list[Text], Field(min_length=2, max_length=6)]
    misconceptions: list[Text] = []
    notes: Annotated[list[Slug], Field(min_length=1)]

    def build(self) -> Criterion:
        """The value used inside."""
        return Criterion(
            id=self.id,
            claim=self.claim,
            weight=self.weight,
            met=self.levels.met,
            partial=self.levels.partial,
            accepts=tuple(self.accepts),
            misconceptions=tuple(self.misconceptions),
            notes=tuple(self.notes),
            optional=self.optional,
        )


class RubricForm(_Form):
    """rubrics/<topic>/<id>.yaml"""

    id: Slug
    version: Annotated[int, Field(ge=1)]
    model_answer: Text
    criteria: Annotated[list[CriterionForm], Field(min_length=3, max_length=9)]

    @model_validator(mode="after")
    def _sound(self) -> "RubricForm":
        ids = [c.id for c in self.criteria]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"criterion ids expected once each; twice: {', '.join(twice)}")
        if all(c.optional for c in self.criteria):
            raise ValueError("at least one criterion that is not optional expected")
        return self

    def build(self, digest: str) -> Rubric:
        """The value used inside."""
        return Rubric(self.id, self.version, tuple(c.build() for c in self.criteria), self.model_answer.strip(), digest)
