"""What is wrong with a formula, and where."""

from dash_kpi.errors import Refused


class FormulaError(Refused):
    """A formula cannot be understood; `start` and `end` are the places, from 0, of what is wrong in its text.

    `suggestion` is what probably belongs there. `names_kpis` tells that the sentence says already in which
    KPIs the mistake is.
    """

    def __init__(
        self,
        sentence: str,
        start: int = 0,
        end: int | None = None,
        suggestion: str | None = None,
        *,
        names_kpis: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.start, self.end, self.suggestion = start, start + 1 if end is None else end, suggestion
        self.names_kpis = names_kpis

    def seen_at(self, start: int, end: int, kpi: str) -> "FormulaError":
        """Return the mistake in the formula of another KPI as it is seen where that KPI is used."""
        sentence = str(self) if self.names_kpis else f"The formula of '{kpi}' has a mistake: {self}"
        return FormulaError(sentence, start, end, names_kpis=True)
