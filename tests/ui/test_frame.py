from dash_kpi.ui import frame
from tests.ui.reading import parts, text


def test_the_index_has_a_language_and_loads_the_theme_before_anything_is_painted():
    head = frame.INDEX.partition("</head>")[0]
    assert '<html lang="en">' in head
    assert '<script src="%THEME%"></script>' in head


def test_every_field_has_a_label():
    shown = list(parts(frame.layout()))
    labelled = {part.htmlFor for part in shown if type(part).__name__ == "Label"}
    fields = {part.id for part in shown if type(part).__name__ in ("Select", "Input", "Textarea")}
    assert fields == labelled


def test_every_button_has_a_name():
    named = ("aria-label", "title", "id")  # those with an id alone get their name from a callback or the script
    buttons = [part for part in parts(frame.layout()) if type(part).__name__ == "Button"]
    assert all(text(button) or any(hasattr(button, name) for name in named) for button in buttons)


def test_the_navigation_holds_the_pages_that_exist():
    assert text(frame.navigation()) == "Dash KPI Overview Trends Drivers Data Alerts Thresholds Settings Shortcuts"
