"""Makes the small reference tables beside this file from the full reference set.

Usage: python3 make.py REFERENCE_FOLDER

REFERENCE_FOLDER holds figures computed with R 4.2.2 and the package `survey` 4.5 at 17 digits (see README.md for the calls),
as CSV and JSON. Nothing is computed here: columns and cases are chosen and written in a shorter form.
"""

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


# 3,291 simulated answers; the 25 items as one string, 0 for a missing answer, 9 for not applicable.
columns = ["unit", "type", "commune", "urban", "sex", "age", "w0"]
items = [f"q{k:02}" for k in range(1, 26)]
write(
    "sipas_demo.csv",
    columns + ["answers"],
    ([row[c] for c in columns] + ["".join(row[q] or "0" for q in items)] for row in rows("sipas_demo_responses.csv")),
)
columns = [
    "scope", "key", "indicator", "n_valid", "estimate", "se", "df_design", "df_domain",
    "lo_t_domain", "hi_t_domain", "lo_logit_domain", "hi_logit_domain",
]
write(
    "sipas_demo_base.csv",
    columns,
    ([row[c] for c in columns] for row in rows("sipas_demo_expected.csv") if row["design"] == "base"),
)
vcov = next(c for c in cases("sipas_demo_units.json") if c["id"] == "total_vcov_base")["result"]
write("sipas_demo_vcov.csv", vcov["units"], vcov["vcov"])

intervals = []
for name in ["ciprop.json", "sipas_demo_ci.json"]:
    for case in cases(name):
        ends = case.get("ci") or [None]
        if case["method"] == "likelihood" or None in ends or case["se"] == 0:
            continue
        figures = [case["level"], case["df"], case["estimate"], case["se"], case["n_rows"], *ends]
        intervals.append([case["id"], case["method"], *(repr(f) if isinstance(f, float) else f for f in figures)])
write("intervals.csv", ["id", "method", "level", "df", "estimate", "se", "n", "low", "high"], intervals)

columns = ["stratum", "psu", "w", "y", "b", "dom"]
write("lonely.csv", columns, ([row[c] for c in columns] for row in rows("lonely.csv")))
columns = ["stype", "dnum", "pw", "api00", "api99", "sw", "ci", "aw", "comp.imp"]
write("apiclus1.csv", columns, ([row[c] for c in columns] for row in rows("apiclus1.csv")))
write("apistrat.csv", columns, ([row[c] for c in columns] for row in rows("apistrat.csv")))

chosen = []
for name, designs in {
    "lonely.json": ["lone"],
    "clus1.json": ["clus1_nofpc"],
    "strat.json": ["strat_nofpc"],
    "calib.json": ["ps1_nofpc"],
}.items():
    for case in cases(name):
        if case["design"] not in designs or not case.get("estimates"):
            continue
        wanted = (name == "lonely.json" and case["id"].split("_")[2:] in (["mean"], ["by"])) or case["id"].endswith(
            ("_deff_replace", "ps1_nofpc_mean", "ps1_nofpc_by", "ps1_nofpc_by2", "ps1_nofpc_subset")
        )
        if wanted:
            for row in case["estimates"]:
                domain = row.get("ci_t_domain") or {}
                chosen.append(
                    [case["id"], row["name"], repr(row["estimate"]), repr(row["se"]), row["df"],
                     domain.get("df", ""), row.get("deff", "")]
                )
write("estimates.csv", ["case", "name", "estimate", "se", "df", "df_domain", "deff"], chosen)
