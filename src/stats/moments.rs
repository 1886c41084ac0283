//! Sums and second moments that can be computed in parts and merged.
//!
//! Notation: n values x₁…xₙ with mean x̄ and M₂ = Σ (xᵢ − x̄)².
//!
//! * Adding a value and merging two parts follow T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating formulae and a
//!   pairwise algorithm for computing sample variances", Stanford CS-79-773 (1979), eq. 2.1:
//!   M₂ = M₂ᴬ + M₂ᴮ + δ² nᴬ nᴮ / n with δ = x̄ᴮ − x̄ᴬ, x̄ = x̄ᴬ + δ nᴮ / n.
//! * The sum carries its own rounding error: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
//!   endlicher Summen", ZAMM 54 (1974), 39–51, method IV.
//!
//! Merging parts in a fixed order gives the same digits for any number of threads.

/// A sum that keeps what rounding would lose (Neumaier 1974).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    /// Adds one value.
    pub fn add(&mut self, value: f64) {
        let total = self.total + value;
        self.lost += if self.total.abs() >= value.abs() { (self.total - total) + value } else { (value - total) + self.total };
        self.total = total;
    }

    /// The sum so far.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.total + self.lost
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut sum = Self::default();
        for value in values {
            sum.add(value);
        }
        sum
    }
}

/// Count, mean and sum of squared deviations of a set of values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// How many values; a float because it only enters formulas.
    pub count: f64,
    /// Their mean, 0 without values.
    pub mean: f64,
    /// Σ (x − mean)², never negative.
    pub m2: f64,
}

impl Moments {
    /// `count` values that are all equal to `value`.
    #[must_use]
    pub fn constant(count: f64, value: f64) -> Self {
        Self { count, mean: value, m2: 0.0 }
    }

    /// From sums of deviations d = x − shift: `sum` = Σ d, `squares` = Σ d².
    #[must_use]
    pub fn from_shifted(count: f64, shift: f64, sum: f64, squares: f64) -> Self {
        if count == 0.0 {
            return Self::default();
        }
        Self { count, mean: shift + sum / count, m2: (squares - sum * sum / count).max(0.0) }
    }

    /// Adds one value.
    pub fn push(&mut self, value: f64) {
        self.merge(&Self::constant(1.0, value));
    }

    /// Adds the values of another part.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        if self.count == 0.0 {
            *self = *other;
            return;
        }
        let count = self.count + other.count;
        let delta = other.mean - self.mean;
        self.mean += delta * other.count / count;
        self.m2 += other.m2 + delta * delta * self.count * other.count / count;
        self.count = count;
    }

    /// The same set with every value multiplied by `factor`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self { count: self.count, mean: self.mean * factor, m2: self.m2 * factor * factor }
    }

    /// The sum of the values.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.mean * self.count
    }
}
