//! A weighted two-way table of the rows of a domain.

use super::{Categories, Estimator, HypothesisError, rows_where};
use crate::stats::estimate::{Domain, Request, Statistic};
use crate::stats::moments::Sum;

/// Levels and cells that hold no row are left out: a level needs a row with a weight where neither variable is missing.
pub(super) struct Table {
    /// Levels of both variables, ascending.
    pub(super) levels: [Vec<u32>; 2],
    /// Estimated population of each cell, row after row.
    pub(super) cells: Vec<f64>,
    /// Sums over the columns and over the rows.
    pub(super) margins: [Vec<f64>; 2],
    /// Σ of all cells.
    pub(super) total: f64,
    /// Rows used: nothing missing, weight not 0.
    pub(super) used: Vec<u32>,
    /// Cell of each row used.
    pub(super) cell_of: Vec<u32>,
    /// Rows of the domain, with missing values and with weight 0.
    pub(super) domain_size: usize,
}

impl Table {
    pub(super) fn new(design: &impl Estimator, [first, second]: [&Categories<'_>; 2], domain: Domain<'_>) -> Result<Self, HypothesisError> {
        let both = [("first", first), ("second", second)];
        let used = rows_where(design, domain, &both, |row| first.at(row).is_some() && second.at(row).is_some())?;
        let weights = design.weights();
        let levels = both.map(|(_, given)| {
            let mut levels: Vec<u32> = used.iter().map(|row| given.levels[*row as usize]).collect();
            levels.sort_unstable();
            levels.dedup();
            levels
        });
        for ((column, _), levels) in both.iter().zip(&levels) {
            if levels.len() < 2 {
                return Err(HypothesisError::Levels { column, found: levels.len(), needed: "2 or more" });
            }
        }
        let [r, c] = [levels[0].len(), levels[1].len()];
        let place = |levels: &[u32], level: u32| levels.binary_search(&level).unwrap_or(0);
        let mut sums = vec![Sum::default(); r * c];
        let mut cell_of = Vec::with_capacity(used.len());
        for row in used.iter().map(|row| *row as usize) {
            let cell = place(&levels[0], first.levels[row]) * c + place(&levels[1], second.levels[row]);
            sums[cell].add(weights[row]);
            cell_of.push(cell as u32);
        }
        let cells: Vec<f64> = sums.iter().map(Sum::value).collect();
        if let Some(cell) = cells.iter().position(|sum| !(sum.is_finite() && *sum >= 0.0)) {
            return Err(HypothesisError::Cell { row: levels[0][cell / c], column: levels[1][cell % c], value: cells[cell] });
        }
        let sum = |values: &mut dyn Iterator<Item = f64>| values.collect::<Sum>().value();
        let rows: Vec<f64> = cells.chunks_exact(c).map(|row| sum(&mut row.iter().copied())).collect();
        let columns: Vec<f64> = (0..c).map(|b| sum(&mut cells.iter().skip(b).step_by(c).copied())).collect();
        for (a, row) in rows.iter().enumerate() {
            if *row <= 0.0 {
                return Err(HypothesisError::Cell { row: levels[0][a], column: levels[1][0], value: *row });
            }
        }
        for (b, column) in columns.iter().enumerate() {
            if *column <= 0.0 {
                return Err(HypothesisError::Cell { row: levels[0][0], column: levels[1][b], value: *column });
            }
        }
        let total = sum(&mut rows.iter().copied());
        let domain_size = match domain {
            Domain::All => weights.len(),
            Domain::Rows(rows) => rows.len(),
        };
        Ok(Self { levels, cells, margins: [rows, columns], total, used, cell_of, domain_size })
    }

    /// (r − 1)(c − 1).
    pub(super) fn interactions(&self) -> usize {
        (self.levels[0].len() - 1) * (self.levels[1].len() - 1)
    }

    /// Pearson's Σ (O − E)² / E on the scale of shares, E of independence.
    pub(super) fn departure(&self) -> f64 {
        let [rows, columns] = &self.margins;
        let c = columns.len();
        let part = |(cell, found): (usize, &f64)| {
            let expected = rows[cell / c] / self.total * (columns[cell % c] / self.total);
            (found / self.total - expected).powi(2) / expected
        };
        self.cells.iter().enumerate().map(part).collect::<Sum>().value()
    }

    /// Every pair of a level of each variable but the one with the largest margin, which is given first: [row base, column base].
    pub(super) fn contrasts(&self) -> ([usize; 2], Vec<[usize; 2]>) {
        let [a, b] = [0, 1].map(|side: usize| {
            let largest = |best: usize, next: usize| if self.margins[side][next] > self.margins[side][best] { next } else { best };
            (0..self.margins[side].len()).fold(0, largest)
        });
        let pairs = |row: usize| (0..self.margins[1].len()).filter(|column| *column != b).map(move |column| [row, column]);
        ([a, b], (0..self.margins[0].len()).filter(|row| *row != a).flat_map(pairs).collect())
    }

    /// A column for all rows of the design: a value of its cell for each row used, missing elsewhere.
    pub(super) fn column(&self, of_cell: &[f64], rows: usize) -> Vec<f64> {
        let mut column = vec![f64::NAN; rows];
        for (row, cell) in self.used.iter().zip(&self.cell_of) {
            column[*row as usize] = of_cell[*cell as usize];
        }
        column
    }

    /// Covariance matrix of means or totals of such columns, and PSUs − strata among the rows of the domain.
    pub(super) fn covariance(
        &self,
        design: &impl Estimator,
        domain: Domain<'_>,
        columns: &[Vec<f64>],
        make: impl Fn(Vec<f64>) -> Statistic<'static>,
    ) -> Result<(Vec<f64>, u32), HypothesisError> {
        let rows = design.weights().len();
        let statistics: Vec<Statistic<'_>> = columns.iter().map(|of_cell| make(self.column(of_cell, rows))).collect();
        let requests: Vec<Request<'_>> = statistics.iter().map(|statistic| Request { statistic, domain }).collect();
        let joint = design.jointly(&requests)?;
        let df = joint.estimates.first().map_or(0, |estimate| estimate.df_domain);
        Ok((super::whole_covariance(&joint)?, df))
    }
}
