"""How the page looks: a calm theme on system fonts, one style sheet and one script, both carried in the page."""

from functools import cache
from pathlib import Path

import gradio as gr

_HERE = Path(__file__).parent
_FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")

PAPER, PAPER_DARK = "#f6f5f1", "#14181c"
SURFACE, SURFACE_DARK = "#ffffff", "#1c2227"
INK, INK_DARK = "#1c242b", "#e7eaec"
MUTED, MUTED_DARK = "#55606a", "#a7b1ba"
LINE, LINE_DARK = "#dcd9d1", "#343d45"
ACCENT, ACCENT_DARK = "#1d5c63", "#7cc8cf"
ACCENT_DEEP, ACCENT_PALE = "#15454b", "#9bdae0"
SOFT, SOFT_DARK = "#e6f0f0", "#20343a"


@cache
def theme() -> gr.themes.Base:
    """The theme, light and dark; every text on its ground passes WCAG AA."""
    base = gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        text_size="lg",
        radius_size="md",
        font=list(_FONT),
        font_mono=list(_MONO),
    )
    return base.set(**_grounds(), **_inputs(), **_buttons())


def _grounds() -> dict[str, str]:
    return {
        "body_background_fill": PAPER,
        "body_background_fill_dark": PAPER_DARK,
        "body_text_color": INK,
        "body_text_color_dark": INK_DARK,
        "body_text_color_subdued": MUTED,
        "body_text_color_subdued_dark": MUTED_DARK,
        "background_fill_primary": SURFACE,
        "background_fill_primary_dark": SURFACE_DARK,
        "background_fill_secondary": PAPER,
        "background_fill_secondary_dark": PAPER_DARK,
        "border_color_primary": LINE,
        "border_color_primary_dark": LINE_DARK,
        "color_accent": ACCENT,
        "color_accent_soft": SOFT,
        "color_accent_soft_dark": SOFT_DARK,
        "block_background_fill": SURFACE,
        "block_background_fill_dark": SURFACE_DARK,
        "block_border_color": LINE,
        "block_border_color_dark": LINE_DARK,
        "block_shadow": "none",
        "block_title_text_color": INK,
        "block_title_text_color_dark": INK_DARK,
        "block_title_text_weight": "600",
        "block_info_text_color": MUTED,
        "block_info_text_color_dark": MUTED_DARK,
    }


def _inputs() -> dict[str, str]:
    return {
        "input_background_fill": SURFACE,
        "input_background_fill_dark": PAPER_DARK,
        "input_border_color": "#8a9299",
        "input_border_color_dark": "#6b757e",
        "input_border_color_focus": ACCENT,
        "input_border_color_focus_dark": ACCENT_DARK,
        "input_border_width": "1px",
        "input_placeholder_color": MUTED,
        "input_placeholder_color_dark": MUTED_DARK,
        "slider_color": ACCENT,
        "slider_color_dark": ACCENT_DARK,
        "checkbox_background_color_selected": ACCENT,
        "checkbox_background_color_selected_dark": ACCENT,
        "checkbox_border_color": "#8a9299",
        "checkbox_border_color_selected": ACCENT,
        "checkbox_border_color_selected_dark": ACCENT_DARK,
        "checkbox_label_background_fill": SURFACE,
        "checkbox_label_background_fill_dark": SURFACE_DARK,
        "checkbox_label_background_fill_hover": SOFT,
        "checkbox_label_background_fill_hover_dark": SOFT_DARK,
        "checkbox_label_background_fill_selected": SOFT,
        "checkbox_label_background_fill_selected_dark": SOFT_DARK,
        "checkbox_label_border_color": LINE,
        "checkbox_label_border_color_dark": LINE_DARK,
        "checkbox_label_border_color_selected": ACCENT,
        "checkbox_label_border_color_selected_dark": ACCENT_DARK,
        "checkbox_label_border_width": "1px",
        "checkbox_label_text_color": INK,
        "checkbox_label_text_color_dark": INK_DARK,
        "checkbox_label_text_color_selected": INK,
        "checkbox_label_text_color_selected_dark": INK_DARK,
    }


def _buttons() -> dict[str, str]:
    return {
        "button_primary_background_fill": ACCENT,
        "button_primary_background_fill_dark": ACCENT_DARK,
        "button_primary_background_fill_hover": ACCENT_DEEP,
        "button_primary_background_fill_hover_dark": ACCENT_PALE,
        "button_primary_border_color": ACCENT,
        "button_primary_border_color_dark": ACCENT_DARK,
        "button_primary_text_color": "#ffffff",
        "button_primary_text_color_dark": "#0d1b1d",
        "button_secondary_background_fill": SURFACE,
        "button_secondary_background_fill_dark": SURFACE_DARK,
        "button_secondary_background_fill_hover": SOFT,
        "button_secondary_background_fill_hover_dark": SOFT_DARK,
        "button_secondary_border_color": "#8a9299",
        "button_secondary_border_color_dark": "#6b757e",
        "button_secondary_text_color": INK,
        "button_secondary_text_color_dark": INK_DARK,
        "button_border_width": "1px",
        "button_large_text_weight": "600",
        "button_large_text_size": "*text_md",
    }


@cache
def css() -> str:
    """The style sheet."""
    return (_HERE / "page.css").read_text(encoding="utf-8")


@cache
def head() -> str:
    """What goes into the page's head: the script."""
    return f"<script>{(_HERE / 'page.js').read_text(encoding='utf-8')}</script>"
