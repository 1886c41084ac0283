"""Makes the reference tables association*.csv beside this file.

Usage: python3 make_association.py        (standard library only)

association_data.csv   answers of 400 simulated people: a weight, a group, an outcome on a scale of 1-5 and six items on different scales; empty = no answer.
association.csv        for each item, over all people or one group, held against the outcome or the other items: the weights of those who answered it, the
                       number of people with both sides, and the weighted correlation.
attitude.csv           Chatterjee and Price, Regression Analysis by Example (1977), section 3.7, as in R's data set `attitude`.

The correlation is computed in exact fractions from the definition by pairs of people,

    sum_ij w_i w_j (x_i - x_j)(y_i - y_j) / sqrt(sum_ij w_i w_j (x_i - x_j)^2 * sum_ij w_i w_j (y_i - y_j)^2),

which is the same as with deviations from the means but shares no step with the program. Only the last root is taken in floating point, of 50 digits.
"""

import csv
import pathlib
import random
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 50
target = pathlib.Path(__file__).parent

SCALES = {  # what the codes 1, 2, 3 ... are worth; fewer worths than codes: the rest is no valid answer
    "a": [0, 0, 0, 100, 100],
    "b": [0, 0, 0, 100, 100],
    "c": [1, 2, 3, 4, 5],
    "d": [0, 1],
    "e": [-3, -1, 0, 1, 7],
    "f": [1, 2, 3, 4, 5, 6, 7],
}
OUTCOME = [1, 2, 3, 4, 5]


def write(name, header, lines):
    with open(target / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def simulated():
    rng = random.Random(20261128)
    people = []
    for _ in range(400):
        mood = rng.gauss(0, 1)

        def answer(steps, missing):
            if rng.random() < missing:
                return None
            return min(steps, max(1, round((steps + 1) / 2 + steps / 5 * (mood + rng.gauss(0, 1.2)))))

        codes = [answer(len(worth), missing) for worth, missing in zip(SCALES.values(), [0, 0.1, 0.05, 0.3, 0.1, 0.6])]
        # Quarters, so that the weights written are exact.
        people.append((Fraction(rng.randint(1, 40), 4), rng.choice("xyz"), answer(5, 0.08), codes))
    return people


def correlation(triples):
    xx = yy = xy = Fraction(0)
    for i, (w, x, y) in enumerate(triples):
        for v, u, z in triples[:i]:
            xx += w * v * (x - u) ** 2
            yy += w * v * (y - z) ** 2
            xy += w * v * (x - u) * (y - z)
    if len(triples) < 3 or xx == 0 or yy == 0:
        return ""

    def decimal(f):
        return Decimal(f.numerator) / Decimal(f.denominator)

    return f"{decimal(xy) / (decimal(xx) * decimal(yy)).sqrt():.20f}"


people = simulated()
write(
    "association_data.csv",
    ["weight", "group", "outcome", *SCALES],
    [[float(w), g, y or "", *(c or "" for c in codes)] for w, g, y, codes in people],
)

lines = []
for group in ["", "x", "y"]:
    for against in ["outcome", "rest"]:
        for k, item in enumerate(SCALES):
            weight, triples = Fraction(0), []
            for w, g, y, codes in people:
                scores = [None if c is None else Fraction(worth[c - 1]) for c, worth in zip(codes, SCALES.values())]
                if scores[k] is None or (group and g != group):
                    continue
                weight += w
                others = [s for j, s in enumerate(scores) if j != k and s is not None]
                if against == "rest":
                    other = sum(others) / len(others) if others else None
                else:
                    other = None if y is None else Fraction(OUTCOME[y - 1])
                if other is not None:
                    triples.append((w, scores[k], other))
            lines.append([group, against, item, float(weight), len(triples), correlation(triples)])
write("association.csv", ["group", "against", "item", "weight", "rows", "correlation"], lines)
