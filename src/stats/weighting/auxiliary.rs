//! The columns X of a calibration, kept sparse, and weighted least squares on them.
//!
//! Notation: row i has the vector xᵢ of p values, of which a block of levels has at most one that is not 0. X′VX is solved by
//! the decomposition LDL′ of `linear` on columns scaled to unit length; a pivot below 1e-10 marks a column that the ones before it
//! already contain, and its coefficient is 0.

use super::Problem;
pub(super) use crate::stats::linear::Ldl as Normal;
use crate::stats::moments::Sum;
use std::borrow::Cow;

/// Below this share of its length a column adds nothing to the ones before it.
const ALIASED: f64 = 1e-10;

/// Columns of a calibration.
#[derive(Clone, Debug)]
pub enum Term<'a> {
    /// 1 for every row: the population total.
    One,
    /// One column of values.
    Column(Cow<'a, [f64]>),
    /// An indicator column for each level below `count`; rows with a higher number are in none (the level left out).
    Levels {
        /// Level of each row.
        ids: Cow<'a, [u32]>,
        /// Number of columns.
        count: u32,
    },
}

impl Term<'_> {
    fn width(&self) -> usize {
        match self {
            Self::Levels { count, .. } => *count as usize,
            Self::One | Self::Column(_) => 1,
        }
    }

    /// Column within the term and value of a row; `None` where all are 0.
    fn entry(&self, row: usize) -> Option<(usize, f64)> {
        match self {
            Self::One => Some((0, 1.0)),
            Self::Column(values) => Some((0, values[row])),
            Self::Levels { ids, count } => (ids[row] < *count).then_some((ids[row] as usize, 1.0)),
        }
    }
}

/// All columns of a calibration.
#[derive(Clone, Debug)]
pub(super) struct Auxiliary {
    terms: Vec<(usize, Term<'static>)>,
    width: usize,
}

impl Auxiliary {
    /// Checks lengths, and that values are finite where weights are not 0.
    pub(super) fn new(terms: &[Term<'static>], weights: &[f64]) -> Result<Self, Problem> {
        let (mut placed, mut width) = (Vec::with_capacity(terms.len()), 0);
        for term in terms {
            let found = match term {
                Term::One => weights.len(),
                Term::Column(values) => values.len(),
                Term::Levels { ids, .. } => ids.len(),
            };
            if found != weights.len() {
                return Err(Problem::Length { rows: weights.len(), found });
            }
            if let Term::Column(values) = term {
                let bad = values.iter().zip(weights).position(|(value, weight)| *weight != 0.0 && !value.is_finite());
                if let Some(row) = bad {
                    return Err(Problem::Value { row, column: width, value: values[row] });
                }
            }
            placed.push((width, term.clone()));
            width += term.width();
        }
        if width == 0 {
            return Err(Problem::NoMargins);
        }
        Ok(Self { terms: placed, width })
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    fn entries(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.terms.iter().filter_map(move |(start, term)| term.entry(row).map(|(column, value)| (start + column, value)))
    }

    /// x′b of a row.
    pub(super) fn product(&self, row: usize, b: &[f64]) -> f64 {
        self.entries(row).map(|(column, value)| value * b[column]).sum()
    }

    /// Σ vᵢ xᵢ; rows with v = 0 are passed over.
    pub(super) fn totals(&self, v: impl Fn(usize) -> f64, rows: usize) -> Vec<f64> {
        let mut totals = vec![Sum::default(); self.width];
        for row in 0..rows {
            let v = v(row);
            if v != 0.0 {
                for (column, value) in self.entries(row) {
                    totals[column].add(v * value);
                }
            }
        }
        totals.iter().map(Sum::value).collect()
    }

    /// The decomposed X′VX.
    pub(super) fn normal(&self, v: impl Fn(usize) -> f64, rows: usize) -> Normal {
        let p = self.width;
        let mut matrix = vec![0.0; p * p];
        let mut entries: Vec<(usize, f64)> = Vec::with_capacity(self.terms.len());
        for row in 0..rows {
            let v = v(row);
            if v == 0.0 {
                continue;
            }
            entries.clear();
            entries.extend(self.entries(row));
            for (a, (first, x)) in entries.iter().enumerate() {
                for (second, y) in &entries[..=a] {
                    matrix[first * p + second] += v * x * y;
                }
            }
        }
        Normal::new(matrix, p, ALIASED)
    }
}
