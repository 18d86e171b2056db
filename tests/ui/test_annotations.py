"""Notes on a chart and under it."""

from datetime import UTC, date, datetime

from dash_kpi.kpis.periods import Days, starts_between
from dash_kpi.reporting.annotations import Note
from dash_kpi.ui.annotations import layers, listed, with_layers
from dash_kpi.ui.markup import markup

NOW = datetime(2026, 3, 1, tzinfo=UTC)
END = date(2025, 6, 30)
MONTHS = starts_between(Days(date(2025, 1, 1), END), "month")


def note(
    first: date, last: date | None = None, text: str = "Strike", number: int = 1, kpi: str | None = "revenue"
) -> Note:
    return Note(number, kpi, first, last or first, text, "Ada", NOW, NOW.isoformat())


def test_a_day_is_a_flag_at_the_point_of_its_period():
    shapes, traces = layers([note(date(2025, 3, 14))], MONTHS, END)

    assert [(shape["type"], shape["x0"]) for shape in shapes] == [("line", "2025-03-01")]
    assert traces[0]["x"] == ["2025-03-01"]
    assert traces[0]["customdata"] == ["14 Mar 2025: Strike"]


def test_several_periods_are_shaded_as_far_as_they_are_drawn():
    shapes, traces = layers(
        [note(date(2024, 11, 5), date(2025, 2, 3)), note(date(2025, 5, 31), date(2026, 1, 1))], MONTHS, END
    )

    assert [(shape["x0"], shape["x1"]) for shape in shapes] == [
        ("2025-01-01", "2025-02-01"),
        ("2025-05-01", "2025-06-01"),
    ]
    assert traces[0]["x"] == ["2025-01-01", "2025-05-01"]


def test_what_lies_outside_is_not_drawn():
    assert layers([note(date(2024, 12, 31)), note(date(2025, 7, 1))], MONTHS, END) == ([], [])
    assert layers([note(date(2025, 1, 1))], (), END) == ([], [])


def test_the_last_day_of_the_last_period_is_drawn():
    assert layers([note(date(2025, 6, 30))], MONTHS, END)[1][0]["x"] == ["2025-06-01"]


def test_a_note_in_the_last_week_is_drawn_also_where_weeks_begin_on_sunday():
    sundays, saturday = (date(2025, 6, 15), date(2025, 6, 22)), date(2025, 6, 28)

    assert layers([note(date(2025, 6, 26))], sundays, saturday)[1][0]["x"] == ["2025-06-22"]


def test_notes_of_one_period_share_a_flag():
    found = [note(date(2025, 3, day), text=f"note {day}") for day in range(1, 7)]

    (flags,) = layers(found, MONTHS, END)[1]

    assert len(flags["x"]) == 1
    assert flags["customdata"][0].endswith("note 4<br>and 2 more")


def test_a_text_is_no_markup_in_the_tip_and_breaks_into_lines():
    text = "<b>bold</b> & " + "word " * 20

    (tip,) = layers([note(date(2025, 3, 1), text=text)], MONTHS, END)[1][0]["customdata"]

    assert "&lt;b&gt;bold&lt;/b&gt; &amp;" in tip
    assert max(len(line) for line in tip.split("<br>")) < 80


def test_the_figure_given_stays_as_it_is():
    figure = {"data": [{"name": "line"}], "layout": {"shapes": [{"type": "rect"}]}}

    drawn = with_layers(figure, [note(date(2025, 3, 1))], MONTHS, END)

    assert figure == {"data": [{"name": "line"}], "layout": {"shapes": [{"type": "rect"}]}}
    assert (len(drawn["data"]), len(drawn["layout"]["shapes"])) == (2, 2)
    assert with_layers(figure, [], MONTHS, END) is figure


def test_the_list_says_days_text_and_author_and_offers_to_edit_and_delete():
    html = markup(
        listed([note(date(2025, 3, 14), date(2025, 3, 20), '"<i>', kpi=None)], "revenue", "Revenue", Days(*MONTHS[:2]))
    )

    assert "14 – 20 Mar 2025" in html
    assert "&#34;&lt;i&gt;" in html
    assert "Ada · on every KPI" in html
    assert 'aria-label="Edit the note of 14 – 20 Mar 2025"' in html
    assert 'data-note-delete="1"' in html


def test_without_notes_only_the_place_of_new_ones_is_told():
    html = markup(listed([], "revenue", "Revenue", Days(date(2025, 1, 1), date(2025, 6, 30))))

    assert html.startswith("<div ")
    assert 'data-note-from="2025-01-01"' in html
    assert "<ul" not in html
