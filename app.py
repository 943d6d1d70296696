"""The interview in a browser: `python app.py`, or `gradio app.py` to watch the files. The page is `interviewer.ui`."""

import sys

from interviewer import settings, ui
from interviewer.errors import InterviewerError
from interviewer.wiring import Wiring

try:
    configured = settings.load()
    demo = ui.build(Wiring(configured).interview(), configured)
    if __name__ == "__main__":
        ui.launch(demo, configured)
except InterviewerError as error:
    print(f"interviewer: {error}", file=sys.stderr)
    raise SystemExit(2) from None
