"""Makes the reference tables changes.csv and changes_holm.csv beside this file.

Usage: python3 make_changes.py        (standard library only)

changes.csv        differences of two independent figures: standard error, Satterthwaite's degrees of freedom, two-sided p value, interval. The tail of Student's t is
                   the integral of its density by Simpson's rule after x = tan(u), the quantile is found by bisection.
changes_holm.csv   p values of families of at most eight tests, adjusted: the largest, over all sets of hypotheses with the one in question, of Bonferroni's p value of the
                   set (closed testing), which is what Holm's procedure is a short cut for.
"""

import csv
import itertools
import math
import pathlib
import random

target = pathlib.Path(__file__).parent
STEPS = 20_000


def write(name, header, lines):
    with open(target / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def two_sided(t, df):
    """2 P(T > t): the density is c (1 + x^2/df)^(-(df + 1)/2); with x = sqrt(df) tan(u) what is left is cos(u)^(df - 1)."""
    c = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(math.pi)
    low, high = math.atan(t / math.sqrt(df)), math.pi / 2
    h = (high - low) / STEPS
    inner = (math.cos(low + i * h) ** (df - 1) * (4 if i % 2 else 2) for i in range(1, STEPS))
    ends = math.cos(low) ** (df - 1) + (1.0 if df == 1 else 0.0)
    return 2 * c * h / 3 * math.fsum([ends, *inner])


def quantile(level, df):
    low, high = 0.0, 1000.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided(middle, df) > 1 - level else (low, middle)
    return (low + high) / 2


rng = random.Random(1946)
lines = []
for case in range(24):
    now, before = (round(rng.uniform(60, 99), 3) for _ in range(2))
    se, se_before = (round(rng.uniform(0.2, 4), 3) for _ in range(2))
    df, df_before = (rng.choice([2, 3, 5, 9, 14, 30, 80, 400]) for _ in range(2))
    level = rng.choice([0.9, 0.95, 0.99])
    v, u = se**2, se_before**2
    both = math.sqrt(v + u)
    nu = 1 / ((v / (v + u)) ** 2 / df + (u / (v + u)) ** 2 / df_before)
    half = quantile(level, nu) * both
    d = now - before
    lines.append([now, se, df, before, se_before, df_before, level, d, both, nu, two_sided(abs(d) / both, nu), d - half, d + half])
header = ["now", "se", "df", "before", "se_before", "df_before", "level", "difference", "se_difference", "nu", "p", "low", "high"]
write("changes.csv", header, lines)

lines = []
for family in range(8):
    p = [round(rng.random() ** 3, 6) for _ in range(rng.randint(1, 8))]
    if family == 7:
        p = [0.0, 0.01, 0.01, 0.04, 0.04, 1.0]
    for i, own in enumerate(p):
        others = [j for j in range(len(p)) if j != i]
        sets = ([i, *rest] for size in range(len(p)) for rest in itertools.combinations(others, size))
        lines.append([family, own, max(min(1.0, len(s) * min(p[j] for j in s)) for s in sets)])
write("changes_holm.csv", ["family", "p", "adjusted"], lines)
