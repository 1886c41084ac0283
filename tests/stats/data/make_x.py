"""Makes the reference tables x_*.csv beside this file; usage and rules as in make.py."""

import csv
import json
import pathlib
import sys

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parent


def rows(name):
    with open(source / name, newline="") as file:
        return list(csv.DictReader(file))


def write(name, header, lines):
    with open(target / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def cases(name):
    return json.load(open(source / name))["cases"]


def short(cell):
    """The same number in as few digits as it takes."""
    return repr(float(cell)).removesuffix(".0")


def numbers(values):
    return " ".join(repr(float(value)) for value in values)


def flags(values):
    return " ".join(str(int(value)) for value in values)


# Ranks: estimates and covariance rows of three sets of units, then the confidence sets and the sets of the best and worst.
sets, lines = {}, []
for case in cases("x_ranks.json"):
    name, kind = case["id"].split("_", 2)[0], case["id"].split("_", 2)[2]
    sets.setdefault(name, case["inputs"])
    found = case["result"]
    if kind.startswith("tau"):
        lines.append([name, kind, "", "", "", "", flags(found["tau_best"]), flags(found["tau_worst"]), ""])
        continue
    side, coverage, step = kind.split("_")
    draws = case["call"].split("R=")[1].split(",")[0]
    lines.append([name, side, coverage, step, draws, *(flags(found[k]) for k in ["rank", "L", "U", "stable_over_seeds"])])
write("x_ranks_units.csv", ["set", "estimate", "covariance"], ([s, x, numbers(row)] for s, i in sets.items() for x, row in zip(i["x"], i["Sigma"])))
write("x_ranks.csv", ["set", "side", "coverage", "step", "draws", "rank", "low", "high", "stable"], lines)

# Relative importance: the data and the measures.
for name in ["drivers5", "drivers8"]:
    data = rows(f"{name}.csv")
    write(f"x_{name}.csv", list(data[0]), (map(short, row.values()) for row in data))
measures = ["lmg", "last", "first", "betasq", "pratt", "genizi", "car", "johnson_raw", "johnson_pct", "lm_coef"]
write(
    "x_drivers.csv",
    ["data", "weights", "r2", *measures],
    (
        ["x_" + c["inputs"]["data"], c["inputs"]["weights"] or "", repr(c["result"]["R2"]), *(numbers(c["result"].get(m) or []) for m in measures)]
        for c in cases("x_drivers.json")
    ),
)

# Cronbach's alpha: the columns and weights of each design, and the figures.
kept = {}
raked = next(c for c in cases("calib.json") if c["id"] == "rk1_weights")["result"]["weights"]
items = ["ell", "mobility", "emer", "meals", "sw", "ci", "aw"]
for name, data, weights in [("strat", "apistrat.csv", None), ("clus1", "apiclus1.csv", None), ("clus2", "apiclus2.csv", None), ("rk1", "apiclus1.csv", raked)]:
    for place, row in enumerate(rows(data)):
        weight = repr(weights[place]) if weights else short(row["pw"])
        kept.setdefault(name, []).append([name, weight, *(row[i] for i in items)])
write("x_alpha_data.csv", ["design", "weight", *items], (line for lines in kept.values() for line in lines))
write(
    "x_alpha.csv",
    ["design", "items", "alpha"],
    ([c["design"], c["call"].split("~")[1].split(",")[0], repr(c["result"]["alpha"])] for c in cases("misc.json") if c["id"].startswith("alpha")),
)

# Fay-Herriot: simulated areas, and the estimates by method.
data = rows("fh_sim.csv")
write("x_fh_sim.csv", list(data[0]), (map(short, row.values()) for row in data))
columns = ["eblup", "mse", "beta", "beta_se"]
write(
    "x_fh.csv",
    ["method", "refvar", "loglike", *columns],
    (
        [c["id"].split("_")[1], repr(c["result"]["refvar"]), repr(c["result"]["loglike"]), *(numbers(c["result"][k]) for k in columns)]
        for c in cases("x_sae_fh.json")
        if c["inputs"]["data"] == "fh_sim.csv"
    ),
)
