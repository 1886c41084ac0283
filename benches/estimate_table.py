"""The yardstick of `estimate_table`: polars groups by unit and makes every percentage, without any variance.

Arguments: folder with the columns as raw little-endian files, rows, items, rounds. Prints the polars version, then one line a way of
asking: name, median seconds. Loading is not timed.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

folder, rows, items, rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
columns = {"unit": np.fromfile(folder / "unit", "<u4"), "w": np.fromfile(folder / "weight", "<f8")}
codes = np.fromfile(folder / "codes", "u1").reshape(items, rows)
names = [f"q{item:02}" for item in range(items)]
columns |= {name: codes[item].copy() for item, name in enumerate(names)}
frame = pl.DataFrame(columns)
del codes, columns

w = pl.col("w")


def plain() -> pl.DataFrame:
    shares = [(w * pl.col(q).is_between(4, 5)).sum() / (w * pl.col(q).is_between(1, 5)).sum() * 100.0 for q in names]
    return frame.lazy().group_by("unit").agg(*(share.alias(q) for q, share in zip(names, shares))).collect()


def columns_first() -> pl.DataFrame:
    made = [(w * pl.col(q).is_between(4, 5)).alias(f"s{q}") for q in names] + [(w * pl.col(q).is_between(1, 5)).alias(f"v{q}") for q in names]
    sums = frame.lazy().select("unit", *made).group_by("unit").agg(pl.exclude("unit").sum())
    return sums.select("unit", *((pl.col(f"s{q}") / pl.col(f"v{q}") * 100.0).alias(q) for q in names)).collect()


def check(table: pl.DataFrame) -> None:
    table.sort("unit").select(names).to_numpy().astype("<f8").tofile(folder / "polars")


print("polars", pl.__version__, pl.thread_pool_size())
for way in (plain, columns_first):
    check(way())
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        way()
        times.append(time.perf_counter() - begin)
    print(way.__name__, statistics.median(times))
