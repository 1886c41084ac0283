"""Makes tests_tails.csv beside this file: tails of distributions by mpmath 1.4 at 60 digits.

Usage: python3 make_tails.py (needs the Python package mpmath)
"""

import csv
import pathlib

import mpmath
from mpmath import mpf

mpmath.mp.dps = 60
target = pathlib.Path(__file__).parent / "tests_tails.csv"


def normal(x):
    return mpmath.erfc(mpf(x) / mpmath.sqrt(2)) / 2


def chi_square(x, df):
    return mpmath.gammainc(mpf(df) / 2, mpf(x) / 2, regularized=True)


def f(x, df1, df2):
    u = mpf(df2) / (mpf(df2) + mpf(df1) * mpf(x))
    return mpmath.betainc(mpf(df2) / 2, mpf(df1) / 2, 0, u, regularized=True)


def t(x, df):
    return f(mpf(x) ** 2, 1, df)


def mixture(x, first, second, df):
    """P(first X1 + second X2 > x Y / df): over the angle of two independent normals."""
    share = lambda angle: mpf(first) * mpmath.cos(angle) ** 2 + mpf(second) * mpmath.sin(angle) ** 2
    inside = lambda angle: (1 + mpf(x) / (mpf(df) * share(angle))) ** (-mpf(df) / 2)
    if df == float("inf"):
        inside = lambda angle: mpmath.exp(-mpf(x) / (2 * share(angle)))
    return mpmath.quad(inside, mpmath.linspace(0, mpmath.pi / 2, 65)) * 2 / mpmath.pi


rows = []
for x in [-5.0, -0.3, 0.0, 0.7, 2.5, 8.0, 20.0, 37.0]:
    rows.append(["normal", x, "", "", normal(x)])
for df in [0.3, 1.0, 1.5002042142507241, 2.0, 7.25, 40.0, 1000.0, 1e6]:
    for ratio in [0.1, 0.99, 1.01, 2.0, 9.0]:
        rows.append(["chi_square", ratio * df, df, "", chi_square(ratio * df, df)])
for x, df in [(1300.0, 1.5), (1350.0, 2.0), (1400.0, 30.0)]:
    rows.append(["chi_square", x, df, "", chi_square(x, df)])
for df1, df2 in [(1.0, 197.0), (1.4946397777074558, 20.924956887904383), (2.0, 14.0), (3.7, 0.6), (60.0, 3e4), (248.0, 12.5), (0.4, 1e9)]:
    for x in [1e-3, 0.5, 1.0, 3.0, 25.0]:
        rows.append(["f", x, df1, df2, f(x, df1, df2)])
for x, df1, df2 in [(6000.0, 1.0, 197.0), (1e60, 2.5, 10.0), (700.0, 2.0, 1e6), (40.0, 4.0, 1e7), (350.0, 4.0, 1e9)]:
    rows.append(["f", x, df1, df2, f(x, df1, df2)])
for x, df in [(0.1, 3.0), (2.0, 14.0), (60.0, 116.0), (36.0, 1e7), (1e20, 14.5)]:
    rows.append(["t", x, df, "", t(x, df)])
for first, second in [(1.0, 1.0), (1.8181, 0.48116), (1.0, 1e-3), (2e-7, 1e-7), (5e8, 4.9e8)]:
    for df in [1.0, 2.7, 20.925, 500.0, float("inf")]:
        for ratio in [1e-3, 0.5, 1.0, 4.0, 60.0]:
            rows.append(["mixture", ratio * first, f"{first!r} {second!r}", df, mixture(ratio * first, first, second, df)])
for ratio, df in [(1300.0, float("inf")), (1e4, 230.0), (1e30, 18.0)]:
    rows.append(["mixture", ratio, "1.0 0.25", df, mixture(ratio, 1.0, 0.25, df)])
with open(target, "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["of", "x", "first", "second", "p"])
    text = lambda value: str(value).replace("inf", "Inf")
    writer.writerows([*map(text, row[:4]), mpmath.nstr(row[4], 18, min_fixed=0, max_fixed=0)] for row in rows)
