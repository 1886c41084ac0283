"""Makes the small tables beside this file from the full reference set.

Usage: python3 make.py REFERENCE_FOLDER

REFERENCE_FOLDER holds figures computed with R 4.2.2 and the package `survey` 4.5 at 17 digits (see README.md for the calls), as CSV
and JSON. Nothing is computed from the samples, save for `panel.csv` and its figures: that sample is drawn at random here, and its
figures follow from the formulas written out below, not from the program they test.
"""

import csv
import json
import math
import pathlib
import random
import re
import sys

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parent
stats = target.parent.parent / "stats" / "data"
HEADER = ["example", "request", "domain", "variable", "level", "estimate", "se", "df", "ci_low", "ci_high", "deff", "tolerance"]
FIGURES = ["estimate", "se", "df", "ci_low", "ci_high", "deff"]


def cases(name):
    return {case["id"]: case for case in json.loads((source / f"{name}.json").read_text())["cases"]}


def write(name, header, lines):
    with open(target / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def text(value):
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


all_cases = {name: cases(name) for name in "srs strat clus1 clus2 pps lonely ciprop calib reps tests misc".split()}
lines, covariances, tests = [], [], []


def row(example, request, tolerance, domain="", variable="", level="", **figures):
    lines.append([example, request, domain, variable, level] + [text(figures.get(key)) for key in FIGURES] + [tolerance])


def plain(example, request, group, case, variables=None, level=None, interval=True, tolerance=1e-9, df="df"):
    """An svymean, svytotal, svyratio or svyby case; `level` names a proportion or count of that column."""
    found = all_cases[group][case]
    for place, e in enumerate(found["estimates"]):
        name, domain, own = e["name"], "", ""
        if "domain" in e:
            domain = ";".join(f"{column}={value}" for column, value in e["domain"].items())
            name = name.split(":")[1] if ":" in name else variables
        elif level:
            own = ":".join(re.sub(r"^\w+\(.*?\)", "", name).split("."))
            name = level
        ends = e["ci_t_domain"] if df == "domain" else e["ci_t"]
        known = {"ci_low": ends["lower"], "ci_high": ends["upper"]} if interval else {}
        row(example, request, tolerance, domain, name, own, estimate=e["estimate"], se=e["se"], df=ends["df"], deff=e.get("deff"), **known)
    for key in ("vcov", "covmat"):
        for a, entries in enumerate(found.get(key) or []):
            for b, value in enumerate(entries):
                covariances.append([example, request, a, b, text(value), tolerance])


def proportion(example, request, group, case, variable="aw", tolerance=1e-9):
    """An svyciprop case; the logit and likelihood intervals of R are good to 8 digits and to 0.3 % of their width."""
    c = all_cases[group][case]
    good = {"logit": 1e-7, "likelihood": 2e-3}.get(c["method"], tolerance)
    df = c["df"]
    row(example, request, max(good, tolerance), "", variable, "1", estimate=c["estimate"], df=df, ci_low=c["ci"][0], ci_high=c["ci"][1])


def test(example, request, group, case, tolerance=1e-8):
    r = all_cases[group][case]["result"]
    ends = r.get("conf_int") or [None, None]
    df = list(r["parameter"]) + [None, None]
    tests.append([example, request, "", text(r.get("estimate")), "", text(r["statistic"]), text(df[0]), text(df[1]),
                  text(r["p_value"]), text(ends[0]), text(ends[1]), "", tolerance])


def contrast(example, request, group, case, place=0):
    e = all_cases[group][case]["estimates"][place]
    tests.append([example, request, "", text(e["estimate"]), text(e["se"]), "", text(e["df"]), "", "",
                  text(e["ci_t"]["lower"]), text(e["ci_t"]["upper"]), "", 1e-9])


def pairs(example, request, column, case, adjusted):
    for pair in all_cases["tests"][case]["result"]:
        between = f"{column}={pair['a']} {column}={pair['b']}"
        tests.append([example, request, between, text(pair["diff"]), text(pair["se"]), text(pair["t"]), text(pair["df"]), "",
                      text(pair["p"]), "", "", text(pair[adjusted]), 1e-8])


ex = "simple_random_sample"
plain(ex, "score", "srs", "srs_mean")
plain(ex, "score_total", "srs", "srs_total")
plain(ex, "tested", "srs", "srs_ratio")
plain(ex, "kinds", "srs", "srs_fmean", level="stype", interval=False)
plain(ex, "kinds_by_programme", "srs", "srs_imean", level="stype:sw", interval=False)
plain(ex, "kinds_total", "srs", "srs_ftotal", level="stype")
plain(ex, "score_by_kind", "srs", "srs_by_num", variables="api00", df="domain")
proportion(ex, "met_target", "ciprop", "srs_sw_wilson_0.95_dfdefault", variable="sw")
plain(ex, "design_effect", "srs", "srs_deff_replace")
quantiles = all_cases["misc"]["quant_srs_math"]["result"]
for share, *figures in zip(quantiles["quantiles"], quantiles["estimate"], quantiles["se"], quantiles["lower"], quantiles["upper"]):
    row(ex, "quantiles", 1e-9, "", "api00", share, **dict(zip(["estimate", "se", "ci_low", "ci_high"], figures)))

ex = "stratified"
plain(ex, "score", "strat", "strat_deff")
plain(ex, "score_total", "strat", "strat_total")
plain(ex, "tested", "strat", "strat_ratio")
plain(ex, "score_by_kind", "strat", "strat_by_num", variables="api00")
plain(ex, "score_by_two", "strat", "strat_by_two", variables="api00")
plain(ex, "good_elementary", "strat", "strat_subset")
proportion(ex, "met_target_high", "ciprop", "strat_H_logit_0.95_dfdefault", variable="sw")
contrast(ex, "elementary_less_high", "strat", "strat_contrast")
contrast(ex, "the_same", "strat", "strat_contrast")
pairs(ex, "pairs_holm", "stype", "pairs_strat_api00", "p_holm")
pairs(ex, "pairs_bh", "stype", "pairs_strat_api00", "p_BH")
test(ex, "improved", "tests", "ttest_strat_api00_comp_imp")

ex = "cluster"
plain(ex, "score", "clus1", "clus1_deff")
plain(ex, "enrolled", "clus1", "clus1_subset")
plain(ex, "tested_by_kind", "clus1", "clus1_by_ratio", variables="api.stu/enroll")
plain(ex, "target_by_kind", "clus1", "clus1_covmat", variables="sw")
for method in ("logit", "likelihood", "asin", "beta", "wilson"):
    proportion(ex, f"award_{method}", "ciprop", f"clus1_aw_{method}_0.95_dfdefault")
proportion(ex, "award_90", "ciprop", "clus1_aw_beta_0.9_dfdefault")
proportion(ex, "target_df5", "ciprop", "clus1_sw_df5_logit_0.95_df5", variable="sw")
for request, case in (("F", "F"), ("chisq", "Chisq"), ("wald", "Wald"), ("adj_wald", "adjWald"), ("saddlepoint", "saddlepoint")):
    test(ex, request, "tests", f"chi_clus1_{case}")
test(ex, "improved", "tests", "ttest_clus1_api00_comp_imp")
contrast(ex, "average", "clus1", "clus1_contrast", 2)
pairs(ex, "pairs", "stype", "pairs_clus1_sw", "p_holm")

ex = "two_stage"
plain(ex, "score", "clus2", "clus2_mean")
plain(ex, "score_total", "clus2", "clus2_total")
plain(ex, "tested", "clus2", "clus2_ratio")
plain(ex, "target_by_kind", "clus2", "clus2_by_bin", variables="sw", df="domain")
plain(ex, "target_total_by_kind", "clus2", "clus2_by_tot", variables="sw")
proportion(ex, "award", "ciprop", "clus2_aw_logit_0.95_dfdefault")

for ex, design in (("unequal_probabilities", "pps_br"), ("joint_probabilities", "pps_jp_yg")):
    plain(ex, "votes", "pps", f"{design}_total")
    plain(ex, "mean", "pps", f"{design}_mean")
    plain(ex, "ratio", "pps", f"{design}_ratio")
plain("unequal_probabilities", "by_winner", "pps", "pps_br_by", variables="Bush")

for ex, design in (("replicates_given", "scd_brr"), ("half_samples_made", "scd_fay")):
    plain(ex, "survival", "reps", f"{design}_ratio")
    plain(ex, "totals", "reps", f"{design}_total")
    plain(ex, "mean", "reps", f"{design}_mean")
plain("replicates_jackknife_given", "mean", "reps", "jkn_mean")
plain("replicates_jackknife_given", "total", "reps", "jkn_total")

ex = "replicates_made"
plain(ex, "score", "reps", "calr_jk1_mean", tolerance=1e-7)
plain(ex, "score_total", "reps", "calr_jk1_total", tolerance=1e-7)
plain(ex, "tested", "reps", "calr_jk1_ratio", tolerance=1e-7)
plain(ex, "score_by_kind", "reps", "calr_jk1_by", tolerance=1e-7, df="domain")
proportion(ex, "award", "reps", "calr_jk1_ci_logit_0.95_dfdefault", tolerance=1e-7)

for ex, design in (("raked", "cal_rak2"), ("raked_as_r", "rk1"), ("calibrated", "cal_log3"), ("trimmed", "trim1s")):
    plain(ex, "score", "calib", f"{design}_mean", tolerance=1e-7)
    plain(ex, "enrolled", "calib", f"{design}_total", tolerance=1e-7)
    if ex != "trimmed":
        plain(ex, "tested", "calib", f"{design}_ratio", tolerance=1e-7)
    plain(ex, "by_kind", "calib", f"{design}_by", tolerance=1e-7)
plain("calibrated", "good", "calib", "cal_log3_subset", tolerance=1e-7)
proportion("calibrated", "award", "calib", "cal_log3_ci_aw_beta_0.95_dfdefault", tolerance=1e-7)
proportion("raked", "award", "calib", "cal_rak2_ci_aw_logit_0.95_dfdefault", tolerance=1e-7)
test("raked_as_r", "F", "tests", "chi_rk1_F", tolerance=1e-7)
test("raked_as_r", "improved", "tests", "ttest_rk1_api00_comp_imp", tolerance=1e-7)

# The policies for lonely PSUs: the same requests under each, as `lonely.POLICY`.
for policy in ("remove", "certainty", "adjust", "average"):
    for request, case in (("mean", "mean"), ("total", "total"), ("ratio", "ratio"), ("by_domain", "by")):
        plain(f"lonely.{policy}", request, "lonely", f"lone_fpc_{policy}_{case}", variables="y")


def panel():
    """A sample drawn at random, and its figures by the formulas.

    Weights: w1 = w * sum(w) / sum(w of respondents) within a cell of `visits`, 0 for nonrespondents; w2 = w1 * N / sum(w1) within an
    age; w3 = w2 cut at 10, what is cut spread equally over the respondents never cut, until none is above 10.
    Variance of a mean m: u = (y - m) / sum(w3); as R does it, t = u * w3 / w2, e = t less its mean over the age weighted with w1,
    z = w2 * e summed over the cluster, and the sum over the strata of n / (n - 1) * sum (z - mean z)^2. Of a total: u = y. Of a
    domain: u = 0 outside.
    """
    chance = random.Random(20)
    rows = []
    for region in range(4):
        for village in range(8):
            level = chance.gauss(0, 2)
            for _ in range(5):
                visits, age = chance.choice(["once", "often"]), chance.choice(["young", "old"])
                answered = chance.random() < (0.9 if visits == "once" else 0.55)
                score = round(10 + 3 * (visits == "once") + level + chance.gauss(0, 1), 2)
                rows.append([f"R{region}", f"R{region}-{village}", 3 + region, visits, "yes" if answered else "no", age, score if answered else ""])
    write("panel.csv", ["region", "village", "weight", "visits", "answered", "age", "score"], rows)
    n = range(len(rows))
    answered = [row[4] == "yes" for row in rows]
    w0 = [float(row[2]) for row in rows]
    sums = lambda weights, column, value, which: math.fsum(weights[i] for i in n if rows[i][column] == value and which[i])
    everyone = [True] * len(rows)
    w1 = [w0[i] * sums(w0, 3, rows[i][3], everyone) / sums(w0, 3, rows[i][3], answered) if answered[i] else 0.0 for i in n]
    known = {"young": 500.0, "old": 510.0}
    w2 = [w1[i] * known[rows[i][5]] / sums(w1, 5, rows[i][5], answered) for i in n]
    w3, cut = list(w2), [not answered[i] for i in n]
    while any(w3[i] > 10 for i in n):
        over = math.fsum(max(w3[i] - 10, 0) for i in n)
        cut = [cut[i] or w3[i] > 10 for i in n]
        w3 = [min(w3[i], 10) for i in n]
        free = sum(not c for c in cut)
        w3 = [w3[i] if cut[i] else w3[i] + over / free for i in n]
    assert 0 < sum(cut) < len(rows) and max(w3) <= 10
    y = [row[6] if row[6] != "" else 0.0 for row in rows]

    def se(u):
        t = [u[i] * w3[i] / w2[i] if answered[i] else 0.0 for i in n]
        means = {age: math.fsum(w1[i] * t[i] for i in n if rows[i][5] == age) / sums(w1, 5, age, answered) for age in known}
        z = {}
        for i in n:
            z[rows[i][0], rows[i][1]] = z.get((rows[i][0], rows[i][1]), 0.0) + w2[i] * (t[i] - means[rows[i][5]])
        variance = 0.0
        for region in sorted({row[0] for row in rows}):
            own = [value for (r, _), value in z.items() if r == region]
            mean = math.fsum(own) / len(own)
            variance += len(own) / (len(own) - 1) * math.fsum((value - mean) ** 2 for value in own)
        return math.sqrt(variance)

    def mean(inside):
        total = math.fsum(w3[i] for i in n if inside[i])
        m = math.fsum(w3[i] * y[i] for i in n if inside[i]) / total
        return m, se([(y[i] - m) / total if inside[i] else 0.0 for i in n])

    for request, domain, inside in [("score", "", answered)] + [("score_by_age", f"age={age}", [answered[i] and rows[i][5] == age for i in n]) for age in ("old", "young")]:
        m, error = mean(inside)
        row("nonresponse", request, 1e-9, domain, "score", estimate=m, se=error, df=28)
    row("nonresponse", "sum", 1e-9, "", "score", estimate=math.fsum(w3[i] * y[i] for i in n), se=se([y[i] if answered[i] else 0.0 for i in n]), df=28)


panel()
write("examples.csv", HEADER, lines)
write("covariances.csv", ["example", "request", "row", "column", "value", "tolerance"], covariances)
write("tests.csv", ["example", "request", "between", "estimate", "se", "statistic", "df1", "df2", "p_value", "ci_low", "ci_high", "p_adjusted", "tolerance"], tests)
with open(source / "scd.csv", newline="") as file:
    ambulances = list(csv.DictReader(file))
write("ambulances.csv", [*ambulances[0], "weight"], [[*line.values(), 1] for line in ambulances])
(target / "rep_jkn.csv").write_text((source / "rep_jkn.csv").read_text())
write("sch_wide.csv", ["sch.wide", "N"], [["No", 1072], ["Yes", 5122]])
