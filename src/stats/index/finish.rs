//! From sums to the table: standard errors, design effects, flags.

use super::state::State;
use super::tally::Tally;
use super::variance::Domain;
use super::{Estimate, Flag, Index};
use rayon::prelude::*;

/// A standard error below this share of the largest score is the rounding of an exact 0.
const ROUNDING: f64 = 1e-12;

/// By domain and measure. With the rows at hand (`index`), variances that rounding has eaten are made again from them.
pub(super) fn estimates(state: &State, index: Option<&Index<'_>>) -> Vec<Estimate> {
    let by_domain: Vec<Vec<Estimate>> = (0..state.domains).into_par_iter().map(|domain| of_domain(state, index, domain)).collect();
    by_domain.concat()
}

fn of_domain(state: &State, index: Option<&Index<'_>>, number: u32) -> Vec<Estimate> {
    let terms = &state.terms;
    let domain = Domain::new(state, index, number);
    let n = state.rows[number as usize];
    let (df_design, df_domain) = (state.frame.degrees_of_freedom(), domain.degrees_of_freedom());
    let sums = state.domain(number);
    let one = |measure: usize| {
        let tally = &state.tallies[number as usize * terms.measures() + measure];
        let mut linear = vec![[0.0; 2]; terms.of(measure).len()];
        let estimate = terms.linearise(measure, sums, &mut linear);
        let mut row =
            Estimate { estimate, se: None, n, n_valid: tally.valid, df_design, df_domain, deff: None, effective_n: None, flag: Flag::Ok };
        match (estimate, domain.policy()) {
            _ if n == 0 => row.flag = Flag::EmptyDomain,
            (None, _) => row.flag = Flag::ZeroDenominator,
            (_, None) => row.flag = Flag::LonelyPsu,
            (Some(_), Some(factor)) => {
                let variance = factor * domain.variance(measure, &linear, tally.own);
                spread(&mut row, variance.max(0.0), tally, terms.reach(measure));
            }
        }
        row
    };
    (0..terms.measures()).into_par_iter().with_min_len(16).map(one).collect()
}

/// Fills standard error, design effect and effective n.
fn spread(row: &mut Estimate, variance: f64, tally: &Tally, reach: f64) {
    let se = variance.sqrt();
    let se = if se <= ROUNDING * reach { 0.0 } else { se };
    row.se = Some(se);
    let valid = tally.valid as f64;
    let simple = tally.weight * tally.squares / (valid - 1.0);
    if tally.valid > 1 && simple.sqrt() > ROUNDING * reach {
        let deff = se * se / simple;
        row.deff = Some(deff);
        row.effective_n = (deff > 0.0).then_some(valid / deff);
    }
}
