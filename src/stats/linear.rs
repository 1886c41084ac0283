//! Small dense symmetric matrices: Cholesky's decomposition and eigenvectors.
//!
//! Notation: A is symmetric of order p, stored row by row.
//!
//! | what | formula | source |
//! |---|---|---|
//! | [`Ldl`] | S A S = L D L′ with S scaling to a diagonal of ones, L unit lower triangular, D diagonal | Golub and Van Loan, section 4.1 |
//! | [`eigen`] | A = Q diag(λ) Q′ by cyclic Jacobi rotations | the same, section 8.5 |
//!
//! G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th ed. (Johns Hopkins 2013).

/// LDL′ of a scaled symmetric matrix. A column whose pivot is not above the tolerance is already contained in the ones before it:
/// it is passed over, and its coefficient is 0.
#[derive(Clone, Debug)]
pub(in crate::stats) struct Ldl {
    /// L, lower triangle.
    lower: Vec<f64>,
    /// D; 0 for a column that is passed over.
    diagonal: Vec<f64>,
    /// S; 0 where the diagonal of A is not above 0.
    scale: Vec<f64>,
    /// Smallest pivot before it was held against the tolerance, as a share of the diagonal; negative for an indefinite matrix.
    least: f64,
}

impl Ldl {
    /// Decomposes a matrix of order `p`, of which only the lower triangle is read; `tolerance` is a share of the diagonal.
    pub(in crate::stats) fn new(mut matrix: Vec<f64>, p: usize, tolerance: f64) -> Self {
        let scale: Vec<f64> = (0..p)
            .map(|c| {
                let length = matrix[c * p + c].sqrt();
                if length > 0.0 && length.is_finite() { length.recip() } else { 0.0 }
            })
            .collect();
        let (mut diagonal, mut least) = (vec![0.0; p], f64::INFINITY);
        for a in 0..p {
            for b in 0..=a {
                matrix[a * p + b] *= scale[a] * scale[b];
            }
        }
        let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        // Row a of L D, as far as it is known.
        let mut along = vec![0.0; p];
        for a in 0..p {
            let (before, rest) = matrix.split_at_mut(a * p);
            let own = &mut rest[..=a];
            for b in 0..a {
                let left = own[b] - dot(&before[b * p..b * p + b], &along);
                own[b] = if diagonal[b] > 0.0 { left / diagonal[b] } else { 0.0 };
                along[b] = own[b] * diagonal[b];
            }
            let left = own[a] - dot(&own[..a], &along);
            own[a] = 1.0;
            least = least.min(left);
            diagonal[a] = if left > tolerance { left } else { 0.0 };
        }
        Self { lower: matrix, diagonal, scale, least }
    }

    /// b with A b = `right`, where that has a solution.
    pub(in crate::stats) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let p = self.diagonal.len();
        let mut b: Vec<f64> = right.iter().zip(&self.scale).map(|(right, scale)| right * scale).collect();
        for a in 0..p {
            let done: f64 = (0..a).map(|c| self.lower[a * p + c] * b[c]).sum();
            b[a] = if self.diagonal[a] > 0.0 { b[a] - done } else { 0.0 };
        }
        for (b, d) in b.iter_mut().zip(&self.diagonal) {
            *b = if *d > 0.0 { *b / d } else { 0.0 };
        }
        for a in (0..p).rev() {
            if self.diagonal[a] > 0.0 {
                let done: f64 = (a + 1..p).map(|c| self.lower[c * p + a] * b[c]).sum();
                b[a] -= done;
            }
        }
        for (b, scale) in b.iter_mut().zip(&self.scale) {
            *b *= scale;
        }
        b
    }

    /// A⁻¹, row by row, for a matrix without columns passed over.
    pub(in crate::stats) fn inverse(&self) -> Vec<f64> {
        let p = self.diagonal.len();
        let unit = |c: usize| (0..p).map(|row| f64::from(u8::from(row == c))).collect::<Vec<f64>>();
        (0..p).flat_map(|c| self.solve(&unit(c))).collect()
    }

    /// First column that is passed over.
    pub(in crate::stats) fn dependent(&self) -> Option<usize> {
        self.diagonal.iter().position(|d| *d == 0.0)
    }

    /// The smallest pivot as a share of the diagonal; infinite without columns.
    pub(in crate::stats) fn least(&self) -> f64 {
        self.least
    }

    /// F, lower triangular, with F F′ = A.
    pub(in crate::stats) fn factor(&self) -> Vec<f64> {
        let p = self.diagonal.len();
        let mut factor = vec![0.0; p * p];
        for a in (0..p).filter(|a| self.scale[*a] > 0.0) {
            for b in 0..=a {
                factor[a * p + b] = self.lower[a * p + b] * self.diagonal[b].sqrt() / self.scale[a];
            }
        }
        factor
    }
}

/// Eigenvalues (in no order) and eigenvectors (column j belongs to value j, row by row) of a symmetric matrix of order `p` with
/// finite entries.
pub(in crate::stats) fn eigen(mut matrix: Vec<f64>, p: usize) -> (Vec<f64>, Vec<f64>) {
    const SWEEPS: usize = 60;
    let mut vectors = vec![0.0; p * p];
    (0..p).for_each(|c| vectors[c * p + c] = 1.0);
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for a in 0..p {
            for b in a + 1..p {
                let off = matrix[a * p + b];
                let (first, second) = (matrix[a * p + a], matrix[b * p + b]);
                if off.abs() <= f64::EPSILON * 0.01 * (first * second).abs().sqrt() || off == 0.0 {
                    continue;
                }
                rotated = true;
                let tau = (second - first) / (2.0 * off);
                let t = tau.signum() / (tau.abs() + tau.hypot(1.0));
                let c = t.hypot(1.0).recip();
                let s = t * c;
                for k in 0..p {
                    let (x, y) = (matrix[k * p + a], matrix[k * p + b]);
                    (matrix[k * p + a], matrix[k * p + b]) = (c * x - s * y, s * x + c * y);
                }
                for k in 0..p {
                    let (x, y) = (matrix[a * p + k], matrix[b * p + k]);
                    (matrix[a * p + k], matrix[b * p + k]) = (c * x - s * y, s * x + c * y);
                    let (x, y) = (vectors[k * p + a], vectors[k * p + b]);
                    (vectors[k * p + a], vectors[k * p + b]) = (c * x - s * y, s * x + c * y);
                }
                (matrix[a * p + b], matrix[b * p + a]) = (0.0, 0.0);
            }
        }
        if !rotated {
            break;
        }
    }
    ((0..p).map(|c| matrix[c * p + c]).collect(), vectors)
}
