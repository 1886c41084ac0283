//! Small symmetric matrices, row after row: Cholesky's decomposition and eigenvalues.
//!
//! Eigenvalues by cyclic Jacobi rotations (G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th ed., 2013, algorithm 8.5.3),
//! exact to rounding relative to the largest.

/// A pivot below this share of its diagonal element is a 0.
const DEPENDENT: f64 = 1e-12;

/// L with L L′ = A.
pub(super) struct Cholesky {
    factor: Vec<f64>,
    width: usize,
}

impl Cholesky {
    /// `None` unless `matrix` is positive definite to rounding.
    pub(super) fn new(matrix: &[f64], width: usize) -> Option<Self> {
        let mut factor = vec![0.0; width * width];
        for a in 0..width {
            for b in 0..=a {
                let mut left = matrix[a * width + b];
                for c in 0..b {
                    left -= factor[a * width + c] * factor[b * width + c];
                }
                if a == b {
                    let whole = matrix[a * width + a];
                    if !(whole > 0.0 && left > DEPENDENT * whole && left.is_finite()) {
                        return None;
                    }
                    factor[a * width + a] = left.sqrt();
                } else {
                    factor[a * width + b] = left / factor[b * width + b];
                }
            }
        }
        Some(Self { factor, width })
    }

    /// L⁻¹ y.
    pub(super) fn whiten(&self, y: &[f64]) -> Vec<f64> {
        let mut found: Vec<f64> = Vec::with_capacity(self.width);
        for (a, y) in y.iter().enumerate().take(self.width) {
            let row = &self.factor[a * self.width..a * self.width + a];
            let known: f64 = row.iter().zip(&found).map(|(l, x)| l * x).sum();
            found.push((y - known) / self.factor[a * self.width + a]);
        }
        found
    }

    /// L⁻¹ M L⁻ᵀ for a symmetric M.
    pub(super) fn whiten_both(&self, matrix: &[f64]) -> Vec<f64> {
        let once: Vec<Vec<f64>> = matrix.chunks_exact(self.width).map(|row| self.whiten(row)).collect();
        let mut twice = vec![0.0; self.width * self.width];
        for b in 0..self.width {
            let column: Vec<f64> = once.iter().map(|row| row[b]).collect();
            for (a, value) in self.whiten(&column).into_iter().enumerate() {
                twice[a * self.width + b] = value;
            }
        }
        twice
    }
}

/// Eigenvalues of a symmetric matrix, descending.
pub(super) fn eigenvalues(matrix: &[f64], width: usize) -> Vec<f64> {
    let mut m = matrix.to_vec();
    let size: f64 = m.iter().map(|value| value * value).sum();
    for _ in 0..60 {
        let off: f64 = (0..width).flat_map(|a| (0..a).map(move |b| (a, b))).map(|(a, b)| m[a * width + b].powi(2)).sum();
        if off <= f64::EPSILON * f64::EPSILON * size {
            break;
        }
        for a in 1..width {
            for b in 0..a {
                rotate(&mut m, width, b, a);
            }
        }
    }
    let mut values: Vec<f64> = (0..width).map(|a| m[a * width + a]).collect();
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    values
}

/// Makes the element (p, q) zero by a rotation from both sides.
fn rotate(m: &mut [f64], width: usize, p: usize, q: usize) {
    let off = m[p * width + q];
    if off == 0.0 {
        return;
    }
    let tau = (m[q * width + q] - m[p * width + p]) / (2.0 * off);
    let tangent = if tau >= 0.0 { 1.0 / (tau + tau.hypot(1.0)) } else { -1.0 / (-tau + tau.hypot(1.0)) };
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for k in 0..width {
        let (x, y) = (m[k * width + p], m[k * width + q]);
        m[k * width + p] = cosine * x - sine * y;
        m[k * width + q] = sine * x + cosine * y;
    }
    for k in 0..width {
        let (x, y) = (m[p * width + k], m[q * width + k]);
        m[p * width + k] = cosine * x - sine * y;
        m[q * width + k] = sine * x + cosine * y;
    }
}
