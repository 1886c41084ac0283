//! Digests of responses and of weights, taken while they pass by in order of id.
//!
//! **Responses.** SHA-256 over the fields id (16 bytes), unit, place, stream, mode, language, stratum, PSU, weight, minute, codes; each as its length in bytes,
//! a colon and its bytes, one that is missing as `-`. The weight is written in the shortest decimal form, the minute as `2026-11-22T08:30`. Open answers
//! are left out: no figure comes from them, and a comment that names a person must be erasable without making a published figure unprovable.
//!
//! **Weights.** SHA-256 over lines `id,weight`, the id written as a UUID, the weight in the shortest decimal form that reads back as the same number.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::content::hexadecimal;
use crate::collection::response::Response;
use crate::db::types::Day;

/// Digests responses as they pass by.
#[derive(Default)]
pub struct Responses {
    all: Sha256,
    units: BTreeMap<String, Sha256>,
    /// Ids in order.
    pub ids: Vec<[u8; 16]>,
    /// First and last day by Vietnam's clock.
    pub days: Option<(Day, Day)>,
}

impl Responses {
    /// Takes the next response.
    ///
    /// # Errors
    /// An id that is not 16 bytes.
    pub fn add(&mut self, r: &Response) -> Result<(), String> {
        let id: [u8; 16] = r.id.as_slice().try_into().map_err(|_| format!("a response has an id of {} bytes instead of 16", r.id.len()))?;
        let weight = r.weight.map(|w| w.to_string());
        let minute = r.submitted_at.format("%Y-%m-%dT%H:%M").to_string();
        let fields: [Option<&[u8]>; 11] = [
            Some(&id),
            Some(r.unit.as_bytes()),
            r.place.as_deref().map(str::as_bytes),
            Some(r.stream.as_str().as_bytes()),
            Some(r.mode.as_str().as_bytes()),
            Some(r.language.as_bytes()),
            r.stratum.as_deref().map(str::as_bytes),
            r.psu.as_deref().map(str::as_bytes),
            weight.as_deref().map(str::as_bytes),
            Some(minute.as_bytes()),
            Some(&r.codes),
        ];
        let mut line = Vec::with_capacity(160);
        for field in fields {
            match field {
                Some(bytes) => {
                    line.extend_from_slice(bytes.len().to_string().as_bytes());
                    line.push(b':');
                    line.extend_from_slice(bytes);
                }
                None => line.push(b'-'),
            }
        }
        self.all.update(&line);
        match self.units.get_mut(&r.unit) {
            Some(sha) => sha.update(&line),
            None => self.units.entry(r.unit.clone()).or_default().update(&line),
        }
        self.ids.push(id);
        let day = Day::of_moment(r.submitted_at);
        self.days = Some(self.days.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
        Ok(())
    }

    /// The digest over all, and that of each unit.
    #[must_use]
    pub fn digests(&self) -> (String, BTreeMap<String, String>) {
        let of = |sha: &Sha256| hexadecimal(&sha.clone().finalize());
        (of(&self.all), self.units.iter().map(|(unit, sha)| (unit.clone(), of(sha))).collect())
    }
}

/// The digest of weights, one for each id.
#[must_use]
pub fn of_weights(ids: &[[u8; 16]], weights: &[f64]) -> String {
    let mut sha = Sha256::new();
    for (id, weight) in ids.iter().zip(weights) {
        sha.update(format!("{},{weight}\n", Uuid::from_bytes(*id)).as_bytes());
    }
    hexadecimal(&sha.finalize())
}
