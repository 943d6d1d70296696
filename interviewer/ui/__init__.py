"""The browser's face: draws Screens, sends Events. No rule of an interview lives here.

`python app.py`, `gradio app.py` and `interviewer serve` all come through this module. Gradio is imported only when a
page is built, and never with its analytics on.
"""

import os
from typing import TYPE_CHECKING

from interviewer.settings import Settings

if TYPE_CHECKING:
    import gradio as gr

    from interviewer.interview import Interview

# Gradio reads it when it is imported, which any module of this package may be the first to do.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def build(interview: "Interview", settings: Settings) -> "gr.Blocks":
    """The page over an interview.

    Raises:
        StoreError: the folder for the browser key cannot be written.
    """
    from interviewer.ui import layout, secret

    return layout.build(interview, secret.browser_secret(settings.home))


def serve(settings: Settings) -> None:
    """Serves the interview of these settings until it is interrupted.

    Raises:
        InterviewerError: a setting, the bank or the database cannot be used, or the port is taken.
    """
    from interviewer.wiring import Wiring

    launch(build(Wiring(settings).interview(), settings), settings)


def launch(demo: "gr.Blocks", settings: Settings) -> None:
    """Serves a page until it is interrupted; prints its address.

    Raises:
        SettingsError: the host or the port cannot be used.
    """
    from interviewer.ui import server

    server.launch(demo, settings.host, settings.port)
