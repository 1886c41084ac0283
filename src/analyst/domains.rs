//! Rows by the values of some columns: domains, cells of margins, crossings of proportions.

use std::collections::HashMap;

use super::job::Job;
use super::refusal::Result;
use super::spec::Placed;
use super::table::Levels;

/// Combinations of the values of some columns, numbered.
#[derive(Debug)]
pub struct Crossing<'a> {
    columns: Vec<(String, &'a Levels)>,
    /// Combination of each row; `None` where a value is missing.
    rows: Vec<Option<u32>>,
    /// The texts of each combination.
    labels: Vec<Vec<String>>,
    known: HashMap<Vec<u32>, u32>,
}

impl<'a> Crossing<'a> {
    /// The combinations that occur, in order of first appearance.
    ///
    /// # Errors
    /// A column that is not there as texts.
    pub fn new(job: &'a Job, columns: &[Placed]) -> Result<Self> {
        super::estimates::once(job, columns)?;
        let columns = columns.iter().map(|column| Ok((column.value.clone(), job.levels(column)?))).collect::<Result<Vec<_>>>()?;
        let mut crossing = Self { columns, rows: Vec::new(), labels: Vec::new(), known: HashMap::new() };
        if let [(_, levels)] = crossing.columns.as_slice() {
            let levels = *levels;
            crossing.labels = levels.names.iter().map(|name| vec![name.clone()]).collect();
            let ids: Vec<Option<u32>> = (0..u32::try_from(levels.names.len()).unwrap_or(u32::MAX)).map(Some).collect();
            crossing.known = (0..u32::try_from(levels.names.len()).unwrap_or(u32::MAX)).map(|id| (vec![id], id)).collect();
            crossing.rows = levels.translated(&ids, None);
            return Ok(crossing);
        }
        let mut key = Vec::new();
        let (mut last, mut last_id) = (Vec::new(), None);
        for row in 0..job.table.rows() {
            key.clear();
            key.extend(crossing.columns.iter().map_while(|(_, levels)| levels.of(row)));
            if key.len() < crossing.columns.len() {
                crossing.rows.push(None);
                continue;
            }
            if last_id.is_none() || last != key {
                last_id = Some(crossing.number(&key));
                last.clone_from(&key);
            }
            crossing.rows.push(last_id);
        }
        Ok(crossing)
    }

    fn number(&mut self, key: &[u32]) -> u32 {
        if let Some(id) = self.known.get(key) {
            return *id;
        }
        let id = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        let label = |((_, levels), level): (&(String, &Levels), &u32)| levels.names.get(*level as usize).cloned().unwrap_or_default();
        self.labels.push(self.columns.iter().zip(key).map(label).collect());
        self.known.insert(key.to_vec(), id);
        id
    }

    /// Combination of each row.
    #[must_use]
    pub fn ids(&self) -> Vec<Option<u32>> {
        self.rows.clone()
    }

    /// Number of combinations.
    #[must_use]
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// The combination of these texts, added when no row has it.
    pub fn place(&mut self, labels: &[String]) -> usize {
        let key: Option<Vec<u32>> = self.columns.iter().zip(labels).map(|((_, levels), label)| levels.find(label)).collect();
        if let Some(id) = key.and_then(|key| self.known.get(&key).copied()) {
            return id as usize;
        }
        if let Some(place) = self.labels.iter().position(|known| known == labels) {
            return place;
        }
        self.labels.push(labels.to_vec());
        self.labels.len() - 1
    }

    /// `column=value, column=value` of each combination.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let name = |labels: &Vec<String>| {
            let parts: Vec<String> = self.columns.iter().zip(labels).map(|((column, _), label)| format!("{column}={label}")).collect();
            parts.join(", ")
        };
        self.labels.iter().map(name).collect()
    }

    /// The combinations that occur in sort order, each with its texts.
    #[must_use]
    pub fn sorted(&self) -> Vec<(u32, Vec<String>)> {
        let ranks: Vec<HashMap<u32, usize>> = self
            .columns
            .iter()
            .map(|(_, levels)| levels.sorted().into_iter().enumerate().map(|(rank, level)| (level, rank)).collect())
            .collect();
        let mut all: Vec<(Vec<usize>, u32)> = self
            .known
            .iter()
            .map(|(key, id)| (key.iter().zip(&ranks).map(|(level, ranks)| ranks.get(level).copied().unwrap_or(0)).collect(), *id))
            .collect();
        all.sort();
        all.into_iter().map(|(_, id)| (id, self.labels.get(id as usize).cloned().unwrap_or_default())).collect()
    }
}
