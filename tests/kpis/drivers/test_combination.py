import numpy as np

from dash_kpi.kpis.drivers.combination import best_combination
from dash_kpi.kpis.drivers.contributions import of_sums


def test_the_combination_that_moved_is_found_and_not_a_longer_one() -> None:
    values = [(region, product, channel) for region in "NSEW" for product in "abc" for channel in "xy"]
    before = np.full(len(values), 100.0)
    after = np.array([40.0 if (region, product) == ("N", "b") else 100.0 for region, product, _ in values])
    cells = of_sums([None] * len(values), before, after)

    found = best_combination(("Region", "Product", "Channel"), values, cells, -120.0)

    assert found is not None
    assert found.conditions == (("Product", "b"), ("Region", "N"))
    assert (found.change, found.share) == (-120, 1)
    assert found.sentence == "Product b and Region N brought 100% of the change, with 6% of the whole."


def test_nothing_is_found_where_all_moved_alike() -> None:
    values = [(region,) for region in "NSEW"]
    cells = of_sums([None] * 4, np.full(4, 100.0), np.full(4, 110.0))

    assert best_combination(("Region",), values, cells, 40.0) is None
    assert best_combination(("Region",), values, cells, 0.0) is None
