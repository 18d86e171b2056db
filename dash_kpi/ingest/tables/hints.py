"""What the words around a table say: its measure, what its segments are, its period."""

import re
from dataclasses import dataclass

from dash_kpi.ingest import vocabulary
from dash_kpi.ingest.headings import has, normalised, understand
from dash_kpi.ingest.months import plain
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cells, text_of
from dash_kpi.ingest.tables.heads import Heads
from dash_kpi.ingest.tables.periods import Period, period_of, split_period

TITLE = "the title"
TOP = "the top of the sheet"
_LONGEST_NAME = 3  # words
_SCALE = re.compile(
    r"\bin (?:thousands|millions|tausend|mio)\b"
    r"|[(\[ ](?:in )?(?:t€|k€|teur|keur|kusd|tsd|mio|000s?|thousands?|millions?|milliers|miles|milhares|migliaia|тыс)"
    r"\b[^)\]]{0,20}[)\]]|'000\b|\b(?:t€|k€|teur|keur|tsd\. ?(?:€|eur)|mio\.? ?(?:€|eur))(?!\w)|"
    r"\b(?:millions|thousands) of (?:dollars|euros)\b|\b(?:en|em) (?:milliers|miles|milhares|millones|milhoes)\b"
)
_BY = re.compile(r"\s(?:by|per|nach|je|pro|por|par|für|za|по|wg|göre)\s+", re.IGNORECASE)
_METRICS = """
kpi kpis measure measures metric metrics kennzahl kennzahlen messgrosse indicator indicators indicateur indicateurs
indicador indicadores metrica metricas metrique metriques indicatore indicatori показатель показатели wskaznik gosterge
"""
_SCENARIO_ACTUAL = "actual actuals ist real realizado realise reel effettivo consuntivo werkelijk факт fakt gerceklesen"
_SCENARIO_OTHER = (
    """
variance var abw delta diff difference abweichung ecart desviacion variacao variacion scostamento afwijking forecast
prognose vorschau prevision_rolling py ly prior previous vorjahr vj n_1 yoy mom growth change percent veranderung
"""
    + vocabulary.MARGIN
)


@dataclass(frozen=True, slots=True)
class Words:
    """The texts around a table, the nearest first, and what each is: a title, the sheet's name, the file's."""

    texts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    @property
    def _own(self) -> list[str]:
        """Return the texts that are about this table; what stands on top of the sheet may be about another."""
        return [text for text, kind in zip(self.texts, self.origins, strict=True) if kind != TOP]

    def measure(self) -> str | None:
        """Return the words that name what the amounts are: "Sales" of "Sales by region 2023"."""
        for text in self._own:
            head = _name_in(text)
            if head and understand(head).measure is not None:
                return head
        # "Headcount by department" names its amounts with a word that we do not know.
        for text in self._own:
            if _BY.search(text) and 0 < len(_name_in(text).split()) <= _LONGEST_NAME:
                return _name_in(text)
        return None

    def says_only_measure(self) -> bool:
        """Tell whether a title is a word for a measure and nothing else: "Sales 2023", as against "Sales report"."""
        titles = (text for text, kind in zip(self.texts, self.origins, strict=True) if kind == TITLE)
        words = (normalised(split_period(text)[1]).split() for text in titles)
        return any(found and all(understand(word).measure is not None for word in found) for found in words)

    def segment(self) -> str | None:
        """Return what the amounts are split by: "Region" of "Sales by region"."""
        for text in self._own:
            parts = _BY.split(f" {split_period(text)[1]} ")
            if len(parts) > 1 and (tail := " ".join(parts[-1].split()[:2])):
                return tail[:1].upper() + tail[1:]
        return None

    def period(self) -> tuple[Period | None, str]:
        """Return the period that the nearest text with one names, and which text that is.

        A year may come from a later text.
        """
        found: Period | None = None
        origin = ""
        for text, kind in zip(self.texts, self.origins, strict=True):
            one = _inside(text)
            if one is None:
                continue
            found, origin = (one, kind) if found is None else (found.within(one) or found, origin)
            if found.is_whole:
                break
        return found, origin


def _name_in(text: str) -> str:
    """Return the first words of a title, without its period, its units and what it is split by."""
    return _BY.split(f" {split_period(text)[1]} ")[0].rpartition(":")[2].partition("(")[0].partition("[")[0].strip()


NO_WORDS = Words()


def scale_note(around: Words, units: str) -> tuple[Finding, ...]:
    """Say that the amounts are written in thousands or millions, where a title or a row of units does."""
    found = next(
        (match[0].strip(" ()[]") for text in (units, *around.texts) if (match := _SCALE.search(plain(text)))), None
    )
    if found is None:
        return ()
    return (Finding("scaled_amounts", f"The sheet says '{found}': the numbers are shown as they are written."),)


def words_around(cells: Cells, block: Block, heads: Heads) -> Words:
    """Gather the texts around a table: the lines above its headings, the sheet's name, the file's."""
    inside = (
        " ".join(filter(None, (cells.text(row, column) for column in range(block.left, block.right + 1))))
        for row in range(block.top, heads.top)
    )
    above = tuple(reversed((*block.titles, *filter(None, inside))))
    corners = (cells.at(row, block.left) for row in range(heads.top, heads.bottom + 1))
    corner = tuple((TITLE, text_of(cell)) for cell in corners if (one := period_of(cell)) and one.part == "year")
    on_top = tuple((TOP, text) for text in reversed(block.on_top))
    named = (("the sheet's name", cells.sheet),) if cells.sheet else ()
    pairs = (*corner, *((TITLE, title) for title in above), *on_top, *named, ("the file's name", cells.file))
    return Words(tuple(text for _, text in pairs), tuple(origin for origin, _ in pairs))


def is_actual(text: str) -> bool:
    """Tell whether a heading says that the amounts are what really happened."""
    return has(normalised(text), _SCENARIO_ACTUAL)


def is_comparison(text: str) -> bool:
    """Tell whether a heading says that the numbers compare or foresee, and so are no amounts of their own."""
    return has(normalised(text), _SCENARIO_OTHER) and not has(normalised(text), vocabulary.BUDGET)


def heads_measures(text: str) -> bool:
    """Tell whether a heading says that the labels below it are measures."""
    return has(normalised(text), _METRICS)


def names_measure(text: str) -> bool:
    """Tell whether a heading is a word for a measure."""
    heading = understand(text)
    return heading.measure is not None or heading.is_averaged


def _inside(text: str) -> Period | None:
    found, _ = split_period(text)
    if found is not None:
        return found
    spaced = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|[_]+", " ", text)
    found, _ = split_period(spaced)
    if found is not None:
        return found
    for word in re.findall(r"[^\W\d_]+", text):
        month = period_of(word)
        if month is not None and len(word) > 2:
            return month
    return None
