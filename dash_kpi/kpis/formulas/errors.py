"""What is wrong with a formula, and where."""

from dash_kpi.errors import Refused


class FormulaError(Refused):
    """A formula cannot be understood; `start` and `end` are the places, from 0, of what is wrong in its text.

    `suggestion` is what probably belongs there.
    """

    def __init__(self, sentence: str, start: int = 0, end: int | None = None, suggestion: str | None = None) -> None:
        super().__init__(sentence)
        self.start, self.end, self.suggestion = start, start + 1 if end is None else end, suggestion
