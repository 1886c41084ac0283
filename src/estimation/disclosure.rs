//! Whether a filter would give away what the table of groups hides.
//!
//! A figure of the responses that a filter takes is a part of a shown total, as a row of a table is: whoever asks for one mode after the other has the table of
//! modes. So it is hidden where that table would hide it, by the rule of [`super::suppress`], and a period where what lies outside it is too little.

use super::analysis::Prepared;
use super::filter::{Filter, service_question};
use super::groups::{By, Grouping, groups};
use super::suppress;
use crate::error::{Error, Result};
use crate::stats::index::NO_DOMAIN;

/// Whether the figures under the filter must be hidden.
///
/// # Errors
/// What the filter names and the survey does not have.
pub(super) fn gives_away(prepared: &Prepared) -> Result<bool> {
    let filter = prepared.filter();
    if filter.is_empty() || prepared.table().rows() == 0 {
        return Ok(false);
    }
    let valid = valid_rows(prepared)?;
    if let Some(unit) = &filter.unit {
        let wider = Filter { unit: None, ..filter.clone() };
        if hidden(prepared, &valid, &wider, Grouping::By(By::Unit), |g| g.unit.as_deref() == Some(unit))? {
            return Ok(true);
        }
    }
    if let Some(kind) = filter.kind.filter(|_| filter.unit.is_none()) {
        let wider = Filter { kind: None, ..filter.clone() };
        if hidden(prepared, &valid, &wider, Grouping::By(By::Kind), |g| g.kind == Some(kind))? {
            return Ok(true);
        }
    }
    if let Some(mode) = filter.mode {
        let wider = Filter { mode: None, ..filter.clone() };
        if hidden(prepared, &valid, &wider, Grouping::By(By::Mode), |g| g.category.as_deref() == Some(mode.as_str()))? {
            return Ok(true);
        }
    }
    if let Some(service) = &filter.service {
        let wider = Filter { service: None, ..filter.clone() };
        let questionnaire = prepared.open().questionnaire();
        let position = service_question(questionnaire).and_then(|q| questionnaire.position(&q.code));
        let grouping =
            position.map(Grouping::Answer).ok_or_else(|| Error::BadRequest("the questionnaire does not ask for the service".to_owned()))?;
        if hidden(prepared, &valid, &wider, grouping, |g| g.category.as_deref() == Some(service))? {
            return Ok(true);
        }
    }
    if filter.from.is_some() || filter.until.is_some() {
        let wider = Filter { from: None, until: None, ..filter.clone() };
        let (all, own) = (count(prepared, &valid, &wider)?, count(prepared, &valid, filter)?);
        return Ok((1..prepared.threshold()).contains(&all.saturating_sub(own)));
    }
    Ok(false)
}

/// Whether the table of a grouping hides this group.
fn hidden(
    prepared: &Prepared,
    valid: &[bool],
    wider: &Filter,
    grouping: Grouping,
    own: impl Fn(&super::groups::Group) -> bool,
) -> Result<bool> {
    let found = groups(prepared.open(), prepared.table(), wider, grouping).map_err(Error::BadRequest)?;
    let mut answers = vec![0u64; found.list.len()];
    for (group, _) in found.of_row.iter().zip(valid).filter(|(_, valid)| **valid) {
        if let Some(answers) = usize::try_from(*group).ok().and_then(|g| answers.get_mut(g)) {
            *answers += 1;
        }
    }
    let place = found.list.iter().position(own);
    let hides = |answers: &[u64], at: usize| suppress::hidden(answers, prepared.threshold()).get(at).copied().unwrap_or(false);
    let Some(place) = place else { return Ok(false) };
    if answers.get(place).is_some_and(|n| *n < prepared.threshold()) {
        return Ok(false); // Too few by itself, which says why.
    }
    if hides(&answers, place) {
        return Ok(true);
    }
    // A unit is also a part of its kind.
    let kind = found.list.get(place).and_then(|g| g.kind).filter(|_| grouping == Grouping::By(By::Unit));
    let Some(kind) = kind else { return Ok(false) };
    let same: Vec<usize> = found.list.iter().enumerate().filter(|(_, g)| g.kind == Some(kind)).map(|(at, _)| at).collect();
    let of_kind: Vec<u64> = same.iter().filter_map(|at| answers.get(*at).copied()).collect();
    Ok(same.iter().position(|at| *at == place).is_some_and(|at| hides(&of_kind, at)))
}

/// Valid forms that a filter takes.
fn count(prepared: &Prepared, valid: &[bool], filter: &Filter) -> Result<u64> {
    let found = groups(prepared.open(), prepared.table(), filter, Grouping::By(By::All)).map_err(Error::BadRequest)?;
    let taken = found.of_row.iter().zip(valid).filter(|(group, valid)| **group != NO_DOMAIN && **valid).count();
    Ok(u64::try_from(taken).unwrap_or(u64::MAX))
}

/// Whether each row has a valid answer to any item of the index.
fn valid_rows(prepared: &Prepared) -> Result<Vec<bool>> {
    let items = prepared.items()?;
    let counts: Vec<[bool; 256]> = items
        .iter()
        .map(|item| {
            let mut valid = [false; 256];
            (0u8..=255).zip(valid.iter_mut()).for_each(|(code, valid)| *valid = item.scoring.score(code).is_some());
            valid
        })
        .collect();
    let mut any = vec![false; prepared.table().rows()];
    for (item, valid) in items.iter().zip(&counts) {
        for (any, code) in any.iter_mut().zip(item.codes) {
            *any |= valid.get(usize::from(*code)).copied().unwrap_or(false);
        }
    }
    Ok(any)
}
