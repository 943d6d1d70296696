"""JSON schemas of the bank's files, for editors: they complete keys, show what a field means and mark what is wrong.

Made from the very forms that the files are read with; what one file says of another is `lint`'s job.
"""

import json

from pydantic import BaseModel

from interviewer.bankforms import ItemsForm, RubricForm, SlicesForm, SplitForm
from interviewer.labels import GoldenAnswer

FORMS: dict[str, type[BaseModel]] = {
    "items": ItemsForm,
    "rubric": RubricForm,
    "golden": GoldenAnswer,
    "split": SplitForm,
    "slices": SlicesForm,
}
"""Name of a schema -> the form it is made from; `golden` describes one line."""


def files() -> dict[str, str]:
    """Every schema as the text of its file, by the file's name (`items.schema.json`)."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        f"{name}.schema.json": json.dumps({**dialect, **form.model_json_schema()}, indent=1, ensure_ascii=False) + "\n"
        for name, form in FORMS.items()
    }
