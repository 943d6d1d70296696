"""The forms of the bank's files, checked once when they are read. Inside the program the frozen values of `item` and
`rubric` are used; these pydantic models also yield the JSON schemas for editors, which show the fields' docstrings."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from interviewer.item import Hint, Item, Kind, Numeric, Variant
from interviewer.rubric import Criterion, Rubric

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, frozen=True, use_attribute_docstrings=True)


class NumericForm(_Form):
    """A number the answer must come to."""

    value: float
    tolerance: Annotated[float, Field(ge=0)]
    """Largest distance from `value` that is still right, in its unit."""
    unit: str
    """What the number counts (degree, KiB, probability, day); "" for a bare number."""
    accepted: list[Text] = []
    """Other spellings of the same value, as people write them: 32/33."""
    criterion: Slug
    """Criterion of the rubric that is met exactly when the number is right."""

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
    """Share of the score that taking it costs; rises from hint to hint."""


class VariantForm(_Form):
    """The same knowledge with another surface."""

    text: Text
    """A new question with other numbers or another setting."""
    model_answer: Text
    numeric: NumericForm | list[NumericForm] | None = None

    def build(self) -> Variant:
        """The value used inside."""
        return Variant(self.text, self.model_answer, _numerics(self.numeric))


class SourceForm(_Form):
    """Where a question comes from."""

    list: Text
    """Name of the list that the question is taken from."""
    number: Annotated[int, Field(ge=1)]
    """Its number there."""


class ItemForm(_Form):
    """One question; everything below `time_limit_s` is demanded unless it is a draft."""

    id: Slug
    """Stable and readable; unique in the whole bank."""
    source: SourceForm | None = None
    """Leave it out for a question of your own."""
    title: Text
    company: str | None = None
    text: Text
    """The question as the candidate reads it."""
    kind: Kind
    difficulty: Annotated[int, Field(ge=1, le=5)]
    """1 (screening) to 5 (senior)."""
    time_limit_s: Annotated[int, Field(ge=30, le=3600)]
    draft: Literal[True] | None = None
    """Listed, never asked; what follows may then be missing."""
    rubric: Slug | None = None
    """Id of the rubric: rubrics/<topic>/<rubric>.yaml."""
    notes: list[Slug] = []
    """Passages that answer the question: every one that a criterion of the rubric names."""
    hints: list[HintForm] = []
    """Three, from a nudge to a near-giveaway."""
    follow_ups: dict[Slug, Text] = {}
    """For each criterion one question that gives a chance to earn exactly that one."""
    variant: VariantForm | None = None
    numeric: NumericForm | list[NumericForm] | None = None
    """Where the answer is a number, or several."""

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
    """The name of the folder."""
    title: Text
    """The topic as it is shown."""
    items: list[ItemForm]


class LevelsForm(_Form):
    """What earns each level, in words."""

    met: Text
    """What has to be said for the full weight, so that a second reader would decide alike."""
    partial: Text | None = None
    """What earns half; left out where there is no half."""


class CriterionForm(_Form):
    """One atomic claim."""

    id: Slug
    claim: Text
    """One thing that an answer says or does not say."""
    weight: Annotated[float, Field(gt=0, le=10)]
    """What an interviewer cares about; only the ratios within a rubric count."""
    optional: bool = False
    """Bonus depth: makes up for a loss elsewhere, never lifts a score above full."""
    levels: LevelsForm
    accepts: Annotated[list[Text], Field(min_length=2, max_length=6)]
    """Ways people really say it, short and informal ones too."""
    misconceptions: list[Text] = []
    """False claims; an answer that makes one is marked contradicted."""
    notes: Annotated[list[Slug], Field(min_length=1)]
    """Passages that settle it."""

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
    """The name of the file."""
    version: Annotated[int, Field(ge=1)]
    """Raised with every change that can move a score."""
    model_answer: Text
    """A full answer as a person would say it; shown after the attempt."""
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


Questions = Annotated[list[Slug], BeforeValidator(lambda given: [] if given is None else given)]


class SplitForm(_Form):
    """evals/golden/split.yaml: every question in one of the three, and for good."""

    train: Questions
    """To learn from."""
    dev: Questions
    """To try things out on."""
    test: Questions
    """For reporting only."""


class SlicesForm(RootModel[dict[str, list[str]]]):
    """evals/golden/slices.yaml: fixed parts of the golden answers by name, each a list of ids (question/01)."""
