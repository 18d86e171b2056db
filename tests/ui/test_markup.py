import dash_bootstrap_components as dbc
import pytest
from dash import html
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.markup import markup


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (None, ""),
        ("a < b & c", "a &lt; b &amp; c"),
        (["a", None, 2], "a2"),
        (html.Span("x", className="clip", title='a "b"'), '<span class="clip" title="a &#34;b&#34;">x</span>'),
        (html.Button("x", type="button", disable_n_clicks=True, key="k"), '<button type="button">x</button>'),
        (html.P("x", hidden=True), "<p hidden>x</p>"),
        (html.P("x", hidden=False), "<p>x</p>"),
        (html.Img(src="data:image/svg+xml,%3Csvg%3E", alt=""), '<img alt="" src="data:image/svg+xml,%3Csvg%3E">'),
        (html.Div([html.Br(), html.Time("now", dateTime="2025")]), '<div><br><time datetime="2025">now</time></div>'),
        (html.Td(1, **attributes(aria_hidden="true", data_value="1")), '<td aria-hidden="true" data-value="1">1</td>'),
    ],
)
def test_components_become_html(content, shown):
    assert markup(content) == shown


@given(st.text())
def test_no_text_leaves_its_place(text):
    shown = markup(html.Span(text, title=text, **attributes(data_where=text)))

    assert shown.count("<") == 2
    assert shown == f'<span data-where="{escape(text)}" title="{escape(text)}">{escape(text)}</span>'


def test_a_component_that_needs_dash_is_no_markup():
    with pytest.raises(TypeError, match="Select cannot be markup"):
        markup(dbc.Select(id="x"))
