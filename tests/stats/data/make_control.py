"""Makes the reference tables control_*.csv beside this file.

Usage: python3 make_control.py        (needs scipy, and controlchartspy 0.1.3)

control_funnel.csv   limits of Spiegelhalter (2005): exact ones from scipy's binomial distribution, normal ones with both kinds of overdispersion from
                     scipy's normal distribution, written anew here from the paper; arcsine ones with additive overdispersion by controlchartspy, which
                     computes like the R package FunnelPlotR.
control_units.csv    the units: counts and sizes, spread more than chance.
control_chart.csv    p'-charts by controlchartspy (which is tested against the R package qicharts2) of simulated months, over- and underdispersed.
"""

import csv
import math
import pathlib
import random

import numpy
from controlchartspy import funnel, spc
from scipy.stats import binom, norm

target = pathlib.Path(__file__).parent


def write(name, header, lines):
    with open(target / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


rng = random.Random(20050)
units = []
for i in range(24):
    n = rng.choice([12, 35, 60, 90, 140, 260, 410, 800])
    p = min(0.99, max(0.05, rng.gauss(0.83, 0.06)))
    units.append((f"u{i:02}", sum(rng.random() < p for _ in range(n)), n))
write("control_units.csv", ["unit", "yes", "n"], units)

y = numpy.array([r / n for _, r, n in units])
size = numpy.array([n for _, _, n in units], dtype=float)
theta = sum(r for _, r, _ in units) / sum(n for _, _, n in units)
s = numpy.sqrt(theta * (1 - theta) / size)
z = (y - theta) / s
low, high = numpy.quantile(z, [0.1, 0.9])
phi = float(numpy.mean(numpy.clip(z, low, high) ** 2))
w = 1 / s**2
tau2 = float(max(0.0, (len(z) * phi - (len(z) - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def paper(n, p):
    """Spiegelhalter (2005), A.1.1."""
    r = int(binom.ppf(p, n, theta))
    here, before = binom.cdf(r, n, theta), binom.cdf(r - 1, n, theta)
    return (r - (here - p) / (here - before)) / n


def exact(n, tail):
    """Both limits; the upper one is a step above the paper's, as src/stats/control/funnel.rs says."""
    return max(0.0, paper(n, tail)), min(1.0, paper(n, 1 - tail) + 1 / n)


lines = []
for level in (0.95, 0.998):
    q = norm.ppf(0.5 + level / 2)
    tail = (1 - level) / 2
    for (name, _, n), error in zip(units, s):
        lines.append(["exact", "chance", level, name, *exact(n, tail), "", ""])
        for dispersion, half in [
            ("chance", q * error),
            ("multiplicative", q * error * math.sqrt(max(1.0, phi))),
            ("additive", q * math.sqrt(error**2 + tau2)),
        ]:
            lines.append(["normal", dispersion, level, name, max(0.0, theta - half), min(1.0, theta + half), phi, tau2])

for dispersion, adjust in [("chance", "no"), ("additive", "yes")]:
    found = funnel(
        {"key": [u[0] for u in units], "r": [u[1] for u in units], "n": [u[2] for u in units]},
        "key",
        "r",
        "n",
        funnel_settings={"chart_type": "PR", "od_adjust": adjust, "multiplier": 1, "perc_labels": "No"},
        return_objs="limits",
    )
    for row in found.limits:
        lines.append(["arcsine", dispersion, 0.95, row["group"], row["ll95"], row["ul95"], "", ""])
        lines.append(["arcsine", dispersion, 0.998, row["group"], row["ll99"], row["ul99"], "", ""])
write("control_funnel.csv", ["limits", "dispersion", "level", "unit", "low", "high", "phi", "tau2"], lines)

lines = []
for name, spread in [("over", 0.05), ("under", 0.0)]:
    counts = []
    for month in range(30):
        n = rng.randint(150, 900)
        p = rng.gauss(0.86, spread) if spread else 0.86
        # Underdispersed: a quota is filled to the answer.
        yes = sum(rng.random() < p for _ in range(n)) if spread else round(n * p) + month % 2
        counts.append((yes, n))
    for first in (30, 12):
        found = spc(
            {"key": [f"{m:02}" for m in range(30)], "r": [c[0] for c in counts], "n": [c[1] for c in counts]},
            "key",
            "r",
            "n",
            spc_settings={
                "chart_type": "pp",
                "multiplier": 1,
                "perc_labels": "No",
                "outliers_in_limits": True,
                "num_points_subset": None if first == 30 else first,
            },
            return_objs="limits",
        )
        for (yes, n), row in zip(counts, found.limits):
            lines.append([name, first, yes, n, row["target"], row["ll99"], row["ul99"]])
write("control_chart.csv", ["case", "baseline", "yes", "n", "centre", "low", "high"], lines)
