//! The weighting chain: base weights, then post-stratification by unit to the units' known totals.

use std::collections::BTreeMap;

use super::table::ResponseTable;
use crate::stats::design::{Design, DesignSpec, LonelyPsu};
use crate::stats::poststratify::Poststratified;

/// The total each unit's weights are brought to, by unit code; none leaves the base weights as they are.
pub type Totals = Option<BTreeMap<String, f64>>;

/// Post-stratifies by unit. Units without responses cannot be represented; they are left out of the figures and counted in the report. Without any
/// response there is nothing to weight, and none is given.
///
/// # Errors
/// A unit with responses but without a total.
pub fn poststratified<'a>(table: &'a ResponseTable, totals: &Totals) -> Result<Option<Poststratified<'a>>, String> {
    let Some(totals) = totals.as_ref().filter(|_| table.rows() > 0) else { return Ok(None) };
    let by_number: Vec<f64> = table
        .units
        .iter()
        .map(|code| {
            totals
                .get(code)
                .copied()
                .filter(|t| *t > 0.0)
                .ok_or_else(|| format!("unit {code} has no total to weight to; import it with the unit list"))
        })
        .collect::<Result<_, _>>()?;
    Poststratified::new(&table.weight, table.unit.as_slice(), &by_number).map(Some).map_err(|e| e.to_string())
}

/// The design: strata, PSUs where there are any, final weights.
///
/// # Errors
/// What does not fit, in words.
pub fn design<'a>(table: &'a ResponseTable, weights: &'a [f64], lonely: LonelyPsu) -> Result<Design<'a>, String> {
    Design::new(DesignSpec {
        weights: weights.into(),
        strata: Some(table.stratum.as_slice().into()),
        psus: table.clustered().then(|| table.psu.as_slice().into()),
        lonely,
    })
    .map_err(|e| e.to_string())
}
