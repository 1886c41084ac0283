//! Estimates for areas with few answers or none, by a model.
//!
//! **Model-based.** What comes from here leans on other areas through a regression: it is not a direct survey estimate, its error is
//! the model's, and it must be published as such.
//!
//! Notation: area i = 1…m has the direct estimate y_i with the sampling variance ψ_i > 0 and covariates x_i (1 first, p in all);
//! y_i = x_i′β + v_i + e_i with Var v_i = A, Var e_i = ψ_i; V_i = A + ψ_i, B_i = ψ_i / V_i, γ_i = 1 − B_i,
//! Q = (Σ x_i x_i′ / V_i)⁻¹, P = V⁻¹ − V⁻¹ X Q X′ V⁻¹.
//!
//! | what | formula |
//! |---|---|
//! | A by REML | Py·Py = tr P, scoring with ½ tr P² |
//! | A by ML | Py·Py = Σ 1/V_i, scoring with ½ Σ 1/V_i² |
//! | A by moments (Fay–Herriot) | Σ (y_i − x_i′β)² / V_i = m − p |
//! | estimate | x_i′β + γ_i (y_i − x_i′β), the empirical best linear unbiased predictor |
//! | MSE | g₁ + g₂ + 2 g₃ − b B_i²: g₁ = γ_i ψ_i, g₂ = B_i² x_i′Q x_i, g₃ = B_i² Var(A) / V_i |
//! | Var(A) | 2 / Σ V_i⁻² (REML, ML), 2 m / (Σ 1/V_i)² (moments) |
//! | b, the bias of A | 0 (REML); −tr(Q Σ x x′/V²) / Σ V⁻² (ML); 2 (m Σ V⁻² − (Σ V⁻¹)²) / (Σ V⁻¹)³ (moments) |
//!
//! An area without direct estimate gets x_i′β with the limit of that MSE for ψ → ∞: A + x_i′Q x_i − b.
//!
//! Sources: R. E. Fay and R. A. Herriot, JASA 74 (1979) 269; N. G. N. Prasad and J. N. K. Rao, JASA 85 (1990) 163; G. S. Datta and
//! P. Lahiri, Statistica Sinica 10 (2000) 613; G. S. Datta, J. N. K. Rao and D. D. Smith, Biometrika 92 (2005) 183; J. N. K. Rao and
//! I. Molina, *Small Area Estimation*, 2nd ed. (Wiley 2015), section 6.1–6.2; as `mseFH` in the R package `sae`.
//!
//! A is not negative: where the equation has its root below 0, A = 0 and [`FayHerriot::no_model_variance`] says so. Every estimate is
//! then all regression, and its MSE is too small.

mod variance;

use super::linear::Ldl;
use super::moments::Sum;
use variance::Model;

/// A covariate below this share of its length, after the ones before it, adds nothing.
const ALIASED: f64 = 1e-10;
const STEPS: u32 = 500;

/// How A is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Restricted maximum likelihood.
    #[default]
    Reml,
    /// Maximum likelihood.
    Ml,
    /// The moment equation of Fay and Herriot.
    Moments,
}

/// The direct estimate of an area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Direct {
    /// y_i.
    pub estimate: f64,
    /// ψ_i, its squared standard error.
    pub variance: f64,
}

/// What an estimate is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Direct estimate and regression.
    Composite,
    /// Regression alone: the area has no direct estimate.
    Synthetic,
}

/// The model's estimate of an area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaEstimate {
    /// What it is made of.
    pub kind: Kind,
    /// The estimate.
    pub estimate: f64,
    /// Its mean squared error; `None` where the approximation is below 0.
    pub mse: Option<f64>,
    /// x_i′β.
    pub regression: f64,
    /// γ_i, the share of the direct estimate.
    pub gamma: f64,
}

/// A regression coefficient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// β.
    pub value: f64,
    /// Its standard error √Q.
    pub se: f64,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct FayHerriot {
    /// One an area, in the order given.
    pub areas: Vec<AreaEstimate>,
    /// Intercept first, then the covariates in the order given.
    pub coefficients: Vec<Coefficient>,
    /// A.
    pub model_variance: f64,
    /// Whether the equation for A has its root below 0, so that A = 0 was taken.
    pub no_model_variance: bool,
    /// Areas with a direct estimate.
    pub sampled: u32,
    /// Steps to find A.
    pub iterations: u32,
    /// Log-likelihood at the solution.
    pub log_likelihood: f64,
}

/// Why there is no model. Areas and covariates are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SmallAreaError {
    /// A covariate of another length.
    #[error("covariate {covariate} has {found} values for {areas} areas; give one an area, also for areas without answers")]
    Length {
        /// The covariate.
        covariate: usize,
        /// Areas.
        areas: usize,
        /// Values found.
        found: usize,
    },
    /// A covariate without a value.
    #[error(
        "area {area} has the value {value} of covariate {covariate}; every area needs a finite one, leave out the covariate or the area"
    )]
    Covariate {
        /// The covariate.
        covariate: usize,
        /// First area concerned.
        area: usize,
        /// Its value.
        value: f64,
    },
    /// A direct estimate that is not a number.
    #[error("area {area} has the direct estimate {value}; give none for an area without answers")]
    Estimate {
        /// First area concerned.
        area: usize,
        /// Its estimate.
        value: f64,
    },
    /// A variance that is not above 0.
    #[error(
        "area {area} has the sampling variance {value}; it must be finite and above 0, smooth the variances or give no direct estimate"
    )]
    Variance {
        /// First area concerned.
        area: usize,
        /// Its variance.
        value: f64,
    },
    /// Too few areas to fit.
    #[error("{found} areas with a direct estimate for {coefficients} coefficients; the model needs at least {}", coefficients + 1)]
    TooFewAreas {
        /// Areas with a direct estimate.
        found: usize,
        /// p.
        coefficients: usize,
    },
    /// A covariate that the others already contain.
    #[error("among the sampled areas covariate {0} follows from the intercept and the covariates before it; leave it out")]
    Dependent(usize),
    /// Sums overflow.
    #[error("variances and estimates are too large, too small or too far apart to compute with; give them in another unit")]
    OutOfRange,
    /// A was not found.
    #[error("the variance of the model was not found in {STEPS} steps; look for areas with extreme variances")]
    NotConverged,
}

/// Fits the model and estimates every area; `covariates` are columns of one value an area, without the intercept.
///
/// # Errors
/// One [`SmallAreaError`] variant for each thing that does not fit.
pub fn fay_herriot(direct: &[Option<Direct>], covariates: &[&[f64]], method: Method) -> Result<FayHerriot, SmallAreaError> {
    let p = covariates.len() + 1;
    check(direct, covariates)?;
    let row = |area: usize| -> Vec<f64> { std::iter::once(1.0).chain(covariates.iter().map(|column| column[area])).collect() };
    let sampled: Vec<(Vec<f64>, Direct)> = direct.iter().enumerate().filter_map(|(area, direct)| Some((row(area), (*direct)?))).collect();
    if sampled.len() <= p {
        return Err(SmallAreaError::TooFewAreas { found: sampled.len(), coefficients: p });
    }
    let model = Model { sampled: &sampled, p, method };
    if let Some(column) = Ldl::new(model.moment(|_| 1.0), p, ALIASED).dependent() {
        return Err(SmallAreaError::Dependent(column.saturating_sub(1)));
    }
    let (a, iterations, boundary) = model.variance()?;
    let at = model.at(a);
    let (var_a, bias) = model.error_of_variance(&at);
    let quadratic = |x: &[f64]| dot(x, &at.decomposed.solve(x));
    let estimate = |(area, direct): (usize, &Option<Direct>)| {
        let x = row(area);
        let regression = dot(&x, &at.beta);
        let Some(direct) = direct else {
            let mse = a + quadratic(&x) - bias;
            return AreaEstimate { kind: Kind::Synthetic, estimate: regression, mse: above(mse), regression, gamma: 0.0 };
        };
        let v = a + direct.variance;
        let (gamma, b) = (a / v, direct.variance / v);
        let mse = gamma * direct.variance + b * b * (quadratic(&x) + 2.0 * var_a / v - bias);
        let estimate = regression + gamma * (direct.estimate - regression);
        AreaEstimate { kind: Kind::Composite, estimate, mse: above(mse), regression, gamma }
    };
    let inverse = at.decomposed.inverse();
    let likelihood = |((_, direct), residual): (&(Vec<f64>, Direct), &f64)| {
        let v = a + direct.variance;
        -0.5 * ((std::f64::consts::TAU * v).ln() + residual * residual / v)
    };
    let fitted = FayHerriot {
        areas: direct.iter().enumerate().map(estimate).collect(),
        coefficients: (0..p).map(|c| Coefficient { value: at.beta[c], se: inverse[c * p + c].max(0.0).sqrt() }).collect(),
        model_variance: a,
        no_model_variance: boundary,
        sampled: sampled.len() as u32,
        iterations,
        log_likelihood: sampled.iter().zip(&at.residuals).map(likelihood).collect::<Sum>().value(),
    };
    let finite = fitted.areas.iter().all(|area| area.estimate.is_finite() && area.gamma.is_finite())
        && fitted.coefficients.iter().all(|c| c.value.is_finite() && c.se.is_finite())
        && fitted.log_likelihood.is_finite();
    if finite { Ok(fitted) } else { Err(SmallAreaError::OutOfRange) }
}

fn above(mse: f64) -> Option<f64> {
    (mse.is_finite() && mse >= 0.0).then_some(mse)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn check(direct: &[Option<Direct>], covariates: &[&[f64]]) -> Result<(), SmallAreaError> {
    for (covariate, column) in covariates.iter().enumerate() {
        if column.len() != direct.len() {
            return Err(SmallAreaError::Length { covariate, areas: direct.len(), found: column.len() });
        }
        if let Some(area) = column.iter().position(|value| !value.is_finite()) {
            return Err(SmallAreaError::Covariate { covariate, area, value: column[area] });
        }
    }
    for (area, direct) in direct.iter().enumerate() {
        let Some(direct) = direct else { continue };
        if !direct.estimate.is_finite() {
            return Err(SmallAreaError::Estimate { area, value: direct.estimate });
        }
        if !(direct.variance.is_normal() && direct.variance > 0.0) {
            return Err(SmallAreaError::Variance { area, value: direct.variance });
        }
    }
    Ok(())
}
