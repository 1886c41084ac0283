"""Makes the small reference tables beside this file from the full reference set.

Usage: python3 make.py REFERENCE_FOLDER

REFERENCE_FOLDER holds figures computed with R 4.2.2 and the package `survey` 4.5 at 17 digits (see README.md for the calls),
as CSV and JSON. Nothing is computed here: columns and cases are chosen and written in a shorter form.
"""

import csv
import json
import math
import pathlib
import re
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
for name in ["ciprop.json", "sipas_demo_ci.json", "calib.json", "reps.json"]:
    for case in cases(name):
        if "method" not in case or (name == "reps.json" and case["method"] == "logit"):
            continue
        ends = case.get("ci") or [None]
        if case["method"] == "likelihood" or None in ends or case["se"] == 0:
            continue
        figures = [case["level"], case["df"], case["estimate"], case["se"], case["n_rows"], *ends]
        intervals.append([case["id"], case["method"], *(repr(f) if isinstance(f, float) else f for f in figures)])
write("intervals.csv", ["id", "method", "level", "df", "estimate", "se", "n", "low", "high"], intervals)

columns = ["stratum", "psu", "id", "w", "y", "b", "x", "dom", "npsu", "mpsu"]
write("lonely.csv", columns, ([row[c] for c in columns] for row in rows("lonely.csv")))
schools = ["stype", "dnum", "pw", "api00", "api99", "sw", "ci", "aw", "comp.imp", "sch.wide", "enroll", "api.stu"]
for name, more in {"apisrs": ["fpc"], "apistrat": ["fpc"], "apiclus1": ["fpc"], "apiclus2": ["snum", "fpc1", "fpc2"]}.items():
    columns = schools + more
    write(f"{name}.csv", columns, ([row[c] for c in columns] for row in rows(f"{name}.csv")))
for name, columns in {
    "election_pps": ["Bush", "Kerry", "Nader", "win", "p", "wt"],
    "fpc": ["stratid", "psuid", "weight", "Nh", "x"],
    "hospital": ["oblevel", "weighta", "tothosp", "births"],
    "mu284": ["id1", "n1", "id2", "n2", "y1"],
    "scd": ["ESA", "ambulance", "arrests", "alive"],
}.items():
    write(f"{name}.csv", columns, ([row[c] for c in columns] for row in rows(f"{name}.csv")))
for name in ["election_jointprob.csv", "election_jointHR.csv"]:
    (target / name).write_text((source / name).read_text())

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


# Estimates by design, one a line: what was asked in plain columns, then the reference figures.
def asked(call):
    """Kind, condition and deff kind of an R call; None for calls that are not compared this way."""
    call = re.sub(r"\s+", " ", call)
    kind = {"svymean": "mean", "svytotal": "total", "svyratio": "ratio", "svyvar": "variance"}
    where = re.search(r"subset\(\w+, (.*?)\)[,)]", call)
    deff = "srswr" if 'deff="replace"' in call else "srswor" if "deff=TRUE" in call else ""
    head = re.match(r"(svymean|svytotal|svyratio|svyvar)\(~([^,]*)", call)
    if head:
        return kind[head[1]], head[2], (where[1] if where else "").replace('"', ""), deff
    by = re.match(r"svyby\(~([\w.+]+), ~([\w.+]+),(?: denominator=~([\w.]+),)? \w+, (\w+)", call)
    if by:
        variables = f"{by[1]}/{by[3]}" if by[3] else by[1]
        return kind[by[4]], variables, "", deff
    return None


def lines(case):
    found = asked(case["call"])
    if not found or not case.get("estimates"):
        return
    kind, variables, where, deff = found
    options = case.get("options") or {}
    for row in case["estimates"]:
        domain = ";".join(f"{k}={v}" for k, v in (row.get("domain") or {}).items())
        variable, level = row["name"], ""
        if row.get("domain") is not None:
            variable = variable.split(":")[1] if ":" in variable else variables
        if kind == "ratio" and "/" not in variable:
            variable = variables
        if factor := re.match(r"(?:factor|interaction)\(([^)]*)\)(.*)", row["name"]):
            variable, level = factor[1].replace(", ", "+"), factor[2]
        yield [
            case["id"], case["design"], options.get("survey.lonely.psu", ""), int(options.get("survey.adjust.domain.lonely", False)),
            kind, variable, level, domain or where, repr(row["estimate"]), repr(row["se"]), row["df"],
            (row.get("ci_t_domain") or {}).get("df", ""), repr(row["deff"]) if row.get("deff") is not None else "", deff,
        ]


large = ("nhanesd", "yrbsd", "nh_", "nh14", "subset_nh")
header = ["case", "design", "lonely", "in_domains", "kind", "variable", "level", "domain", "estimate", "se", "df", "df_domain", "deff", "deff_kind"]
for name in ["srs", "strat", "clus1", "clus2", "lonely", "pps", "calib", "reps"]:
    kept = [c for c in cases(f"{name}.json") if not c["design"].startswith(large)]
    write(f"golden_{name}.csv", header, (line for case in kept for line in lines(case)))
    write(
        f"golden_{name}_vcov.csv",
        ["case", "vcov"],
        ([c["id"], " ".join(repr(v) for row in c.get("vcov", c.get("covmat")) for v in row)] for c in kept if (c.get("vcov") or c.get("covmat")) and asked(c["call"])),
    )
write(
    "golden_contrasts.csv",
    ["case", "name", "estimate", "se", "vcov"],
    (
        [c["id"], row["name"], repr(row["estimate"]), repr(row["se"]), " ".join(repr(v) for r in c.get("vcov") or [] for v in r)]
        for name in ["strat", "clus1", "reps"]
        for c in cases(f"{name}.json")
        if "svycontrast" in c["call"] and "quote" not in c["call"]
        for row in c["estimates"]
    ),
)
quantiles = [c for c in cases("misc.json") if c["id"].startswith("quant_") and c["id"].endswith("_math")]
write(
    "golden_quantiles.csv",
    ["design", "share", "estimate", "low", "high", "se"],
    ([c["design"], *("" if v is None else repr(v) for v in figures)] for c in quantiles for figures in zip(*(c["result"][k] for k in ["quantiles", "estimate", "lower", "upper", "se"]))),
)
likelihood = [
    [c["id"], c["level"], c["df"], repr(c["estimate"]), repr(c["se"]), c["n_rows"], *map(repr, c["ci"])]
    for name in ["ciprop.json", "calib.json"]
    for c in cases(name) if c.get("method") == "likelihood" and c.get("ci") and None not in c["ci"]
]
write("golden_likelihood.csv", ["id", "level", "df", "estimate", "se", "n", "low", "high"], likelihood)
weights = {c["design"]: c["result"]["weights"] for c in cases("calib.json") if c["id"].endswith("_weights")}
write("golden_weights.csv", ["design", "weights"], ([design, " ".join(repr(v) for v in values)] for design, values in weights.items()))
margins = {}
for row in rows("sipas_demo_population.csv"):
    for name in ["unit", "urban", "sex", "age"]:
        key = (name, row[name])
        margins[key] = margins.get(key, 0) + int(row["N"])
write("sipas_demo_margins.csv", ["margin", "level", "N"], ([*key, n] for key, n in margins.items()))
columns = ["design", "scope", "key", "indicator", "estimate", "se", "df_design", "df_domain"]
chosen = {"q01", "q13", "F1", "F2", "F3", "F4", "F5", "TOTAL"}
write(
    "sipas_demo_weighted.csv",
    columns,
    ([f"{float(row[c]):.12g}" if c in ("estimate", "se") else row[c] for c in columns] for row in rows("sipas_demo_expected.csv") if row["design"] != "base" and (row["scope"] != "unit" or row["indicator"] in chosen)),
)
for design in ["raked", "cal"]:
    vcov = next(c for c in cases("sipas_demo_units.json") if c["id"] == f"total_vcov_{design}")["result"]
    write(f"sipas_demo_vcov_{design}.csv", vcov["units"], vcov["vcov"])
# Final weights at the first person of every crossing of the margins; within a crossing all have one ratio to the base weight.
crossings = {}
for number, (person, weights) in enumerate(zip(rows("sipas_demo_responses.csv"), rows("sipas_demo_weights.csv"))):
    crossing = tuple(person[c] for c in ["unit", "urban", "sex", "age"])
    ratios = [float(weights[c]) / float(weights["w0"]) for c in ["w_raked", "w_cal", "w_cal_within"]]
    first = crossings.setdefault(crossing, (number, weights, ratios))
    assert all(abs(a / b - 1) < 1e-9 for a, b in zip(ratios, first[2]))
columns = ["w_raked", "w_cal", "w_cal_within"]
write("sipas_demo_final.csv", ["row", *columns], ([number, *(weights[c] for c in columns)] for number, weights, _ in crossings.values()))
within = {}
for row in rows("sipas_demo_population.csv"):
    for name in ["sex", "age"]:
        key = (row["unit"], name, row[name])
        within[key] = within.get(key, 0) + int(row["N"])
write("sipas_demo_within.csv", ["unit", "margin", "level", "N"], ([*key, n] for key, n in within.items()))
# Bootstrap factors, one line a PSU (all rows of a PSU have the same).
for name in ["boot1", "sub1"]:
    factors = {}
    for school, row in zip(rows("apiclus1.csv"), rows(f"rep_{name}.csv")):
        assert factors.setdefault(school["dnum"], list(row.values())) == list(row.values())
    write(f"rep_{name}.csv", ["dnum", *(f"r{k + 1}" for k in range(100))], ([psu, *values] for psu, values in factors.items()))
for name in ["scd_brr", "scd_fay", "scd_man"]:
    (target / f"rep_{name}.csv").write_text((source / f"rep_{name}.csv").read_text())
# Half samples of a design with 14 strata: stratum, PSU and the factors, one line a PSU in order of appearance.
halves = {}
for person, row in zip(rows("nhanes14.csv"), rows("rep_nh_brr.csv")):
    halves.setdefault((person["SDMVSTRA"], person["SDMVPSU"]), list(row.values()))
write("rep_nh_brr.csv", ["stratum", "psu", *(f"r{k + 1}" for k in range(16))], ([*psu, *values] for psu, values in halves.items()))

# On replicates R's logit and likelihood methods use the variance of the log-odds over the replicates.
write(
    "golden_reps_logit.csv",
    ["design", "method", "level", "df", "low", "high"],
    ([c["design"], c["method"], c["level"], c["df"], *map(repr, c["ci"])] for c in cases("reps.json") if c.get("method") in ("logit", "likelihood")),
)

# Large samples: people alike in everything asked about on one line, with their number and the sum of their weights. The sums are all
# that estimates and standard errors rest on; design effects need the number too.
def alike(name, keys, weight):
    groups = {}
    for person in rows(name):
        count, total = groups.get(key := tuple(person[k].replace(",", "-") for k in keys), (0, []))
        groups[key] = (count + 1, total + [float(person[weight])])
    return {key: (count, math.fsum(total)) for key, (count, total) in groups.items()}


keys = ["SDMVSTRA", "SDMVPSU", "race", "agecat", "HI_CHOL"]
people = alike("nhanes.csv", keys, "WTMEC2YR")
paired = alike("nhanes14.csv", keys, "WTMEC2YR")
assert all(people[key] == value for key, value in paired.items()) and {key[0] for key in people} - {key[0] for key in paired} == {"86"}
write("nhanes.csv", ["stratum", "psu", "race", "agecat", "chol", "people", "weight"], ([*key, n, repr(w)] for key, (n, w) in people.items()))
pupils = alike("yrbs.csv", ["stratum", "psu", "qn8"], "weight")
write("yrbs.csv", ["stratum", "psu", "qn8", "people", "weight"], ([*key, n, repr(w)] for key, (n, w) in pupils.items()))
header = ["case", "design", "domain", "estimate", "se", "df", "df_domain", "deff"]
write(
    "golden_large.csv",
    header,
    (
        [
            c["id"], c["design"], ";".join(f"{k}={v.replace(',', '-')}" for k, v in (row.get("domain") or {}).items()),
            repr(row["estimate"]), repr(row["se"]), row["df"], (row.get("ci_t_domain") or {}).get("df", ""), row.get("deff") or "",
        ]
        for name in ["strat", "reps"]
        for c in cases(f"{name}.json")
        if c["design"] in ("nhanesd", "yrbsd", "nh_brr", "nh_fay", "nh_jkn")
        for row in c.get("estimates") or []
    ),
)

# Bootstrap factors of rows: numbers of draws r of factor r n / (n - 1), and places in a list of the row's few different factors.
sizes = {}
for school in rows("apistrat.csv"):
    sizes[school["stype"]] = sizes.get(school["stype"], 0) + 1
draws = []
for school, row in zip(rows("apistrat.csv"), rows("rep_sub_st.csv")):
    n = sizes[school["stype"]]
    draws.append([round(float(v) * (n - 1) / n) for v in row.values()])
    assert all(abs(r * n / (n - 1) - float(v)) < 1e-14 for r, v in zip(draws[-1], row.values()))
write("rep_sub_st.csv", ["draws"], (["".join(map(str, line))] for line in draws))
places = []
for row in rows("rep_mrb.csv"):
    values = sorted(set(row.values()))
    places.append([" ".join(values), "".join(str(values.index(v)) for v in row.values())])
write("rep_mrb.csv", ["factors", "places"], places)

# Quantiles with other intervals of the share up to them.
write(
    "golden_quantile_intervals.csv",
    ["method", "share", "estimate", "low", "high", "se"],
    (
        [c["id"].split("_")[2], *map(repr, figures)]
        for c in cases("misc.json")
        if c["id"] in ("quant_clus1_beta", "quant_clus1_xlogit", "quant_clus1_asin")
        for figures in zip(*(c["result"][k] for k in ["quantiles", "estimate", "lower", "upper", "se"]))
    ),
)

# Ratios of calibrated to base weights by another program, which stops at an error of about 1e-6.
write("calib60.csv", ["d", "x1", "x2", "x3", "y"], (row.values() for row in rows("calib60.csv")))
write(
    "golden_ratios.csv",
    ["method", "total", "ratios"],
    ([c["id"].removeprefix("g_"), repr(c["result"]["cal_total"]), " ".join(f"{g:.9g}" for g in c["result"]["g"])] for c in cases("x_calib_g.json")),
)
