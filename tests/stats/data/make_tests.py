"""Makes the reference tables of hypothesis tests beside this file from the full reference set.

Usage: python3 make_tests.py REFERENCE_FOLDER

As make.py: nothing is computed, cases are chosen and written in a shorter form.
"""

import csv
import json
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parent


def write(name, header, lines):
    with open(target / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def figure(value):
    return "" if value is None else repr(value)


cases = [case for name in ["tests.json", "sipas_demo_tests.json"] for case in json.load(open(source / name))["cases"]]
# The nhanes data are too large to keep here.
cases = [case for case in cases if "nh" not in case["design"]]
chisq, ttest = [], []
for case in cases:
    result = case.get("result")
    if found := re.match(r'svychisq\(~([\w.]+)\+([\w.]+), \w+, statistic="(\w+)"\)', case["call"]):
        df = [figure(v) for v in result["parameter"]] + ["", ""]
        chisq.append([case["design"], *found.groups(), figure(result["statistic"]), *df[:2], figure(result["p_value"])])
    if found := re.match(r"svyttest\(([\w.]+)~([\w.]+), ", case["call"]):
        figures = [result["estimate"], result["statistic"], *result["parameter"], result["p_value"], *result["conf_int"]]
        ttest.append([case["design"], *found.groups(), *map(figure, figures)])
write("tests_chisq.csv", ["design", "first", "second", "statistic", "value", "df1", "df2", "p"], chisq)
write("tests_ttest.csv", ["design", "variable", "by", "estimate", "t", "df", "p", "low", "high"], ttest)
methods = ["holm", "BH", "bonferroni", "hochberg", "hommel", "BY"]
pairs = []
for case in cases:
    if found := re.match(r"svyby\(~([\w.]+), ~([\w.]+), .*pairwise", case["call"]):
        for pair in case["result"]:
            figures = [pair[key] for key in ["diff", "se", "t", "df", "p", *(f"p_{m}" for m in methods)]]
            pairs.append([case["design"], *found.groups(), pair["a"], pair["b"], *map(figure, figures)])
write("tests_pairs.csv", ["design", "variable", "by", "a", "b", "difference", "se", "t", "df", "p", *methods], pairs)
adjusted = next(case for case in cases if case["id"] == "p_adjust")["result"]
write("tests_adjust.csv", ["p", *methods], zip(*(map(repr, adjusted[key]) for key in ["p", *methods])))
# Contrasts over school types with t intervals; the coefficients of E, H and M.
schools = [case for name in ["strat", "clus1", "reps"] for case in json.load(open(source / f"{name}.json"))["cases"]]
contrasts = []
for case in schools:
    found = re.match(r"svycontrast\(svyby\(~(\w+), ~stype, \w+, svymean, covmat=TRUE\), (.*)\)$", case["call"])
    if not found or case["design"] in ("boot1", "sub1", "sub_st", "mrb"):
        continue
    for weights, row in zip(re.findall(r"c\(([EHM][^)]*)\)", found[2]), case["estimates"]):
        given = dict(part.split("=") for part in weights.split(","))
        coefficients = [given.get(level, "0") for level in "EHM"]
        interval = row["ci_t"]
        figures = [row["estimate"], row["se"], interval["df"], interval["lower"], interval["upper"]]
        contrasts.append([case["design"], found[1], *coefficients, *map(figure, figures)])
write("tests_contrasts.csv", ["design", "variable", "E", "H", "M", "estimate", "se", "df", "low", "high"], contrasts)
fit = next(case for case in cases if case["id"] == "gof_clus1")["result"]
write("tests_fit.csv", ["value", "scale", "df", "p"], [map(repr, [fit["statistic"], *fit["parameter"], fit["p_value"]])])
# Overall satisfaction 1-5 of the 3,291 simulated answers, a digit a person in the order of sipas_demo.csv.
with open(source / "sipas_demo_responses.csv", newline="") as file:
    overall = "".join(row["overall"] for row in csv.DictReader(file))
write("tests_overall.csv", ["overall"], [[overall]])
