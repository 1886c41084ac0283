//! The same table from rows that come in portions, in memory for cells, not for rows.
//!
//! A cell is a PSU of a domain, or a stratum of a domain where rows are PSUs. Beside Σ w t and Σ w v of every item a cell then keeps the
//! sums with w². Measures of several items need Σ w z² (rows as PSUs: Σ w² z²), a quadratic form in the products of answers of
//! two items, which are kept by domain (by cell). All of it adds up, so portions may be read on several threads and merged; in a
//! fixed order of merging the digits are fixed.
//!
//! A sum of squares that is the difference of numbers 1e13 times as large is taken as 0.

use super::cells::Cells;
use super::frame::Frame;
use super::gram::{self, Gram};
use super::kernel::{self, Column};
use super::measure::Terms;
use super::state::{State, by_domain};
use super::tally::Tally;
use super::{IndexError, IndexSums, IndexTable, Item, Measure, NO_DOMAIN, Scoring, StreamError, finish};
use crate::stats::design::LonelyPsu;
use crate::stats::moments::Sum;
use std::collections::{BTreeMap, HashMap};

/// A portion of rows; all columns have one entry a row.
#[derive(Clone, Copy, Debug)]
pub struct Portion<'a> {
    /// Weights, finite and above 0.
    pub weights: &'a [f64],
    /// Domain of each row, or [`NO_DOMAIN`]; `None` is domain 0.
    pub domains: Option<&'a [u32]>,
    /// Stratum of each row, any numbers; `None` is one stratum.
    pub strata: Option<&'a [u32]>,
    /// PSU of each row, any numbers, unique over all strata; `None` makes rows PSUs, then in every portion.
    pub psus: Option<&'a [u32]>,
    /// Codes of every item.
    pub codes: &'a [&'a [u8]],
}

/// Sums over the rows seen so far.
#[derive(Clone, Debug)]
pub struct IndexStream {
    scorings: Vec<Scoring>,
    terms: Terms,
    domains: u32,
    rows_are_psus: Option<bool>,
    /// Power of two that brings the largest weight near 1.
    scale: f64,
    /// Stratum of each PSU.
    psus: BTreeMap<u32, u32>,
    /// Rows of each stratum.
    strata: BTreeMap<u32, u64>,
    /// By (domain, PSU), or (domain, stratum) where rows are PSUs.
    cells: BTreeMap<(u32, u32), Cell>,
    /// By domain.
    products: Vec<Gram>,
    /// Valid answers by domain and used item.
    valid: Vec<u64>,
    /// By domain and measure: rows with a valid answer, and their weight.
    answered: Vec<(u64, Sum)>,
}

#[derive(Clone, Debug)]
struct Cell {
    rows: u64,
    sums: Vec<[Sum; 2]>,
    /// With w², where rows are PSUs.
    squares: Vec<[Sum; 2]>,
    products: Gram,
}

impl IndexStream {
    /// Nothing seen yet. `scorings` has one entry an item, and measures name items by their place in it.
    ///
    /// # Errors
    /// [`IndexError`] for measures that do not fit.
    pub fn new(scorings: Vec<Scoring>, measures: &[Measure], domains: u32) -> Result<Self, IndexError> {
        let items: Vec<Item<'_>> = scorings.iter().map(|scoring| Item { codes: &[], scoring }).collect();
        let terms = Terms::new(measures, &items)?;
        let count = domains as usize;
        Ok(Self {
            products: vec![Gram::default(); count],
            valid: vec![0; count * terms.used().len()],
            answered: vec![(0, Sum::default()); count * terms.measures()],
            scorings,
            terms,
            domains,
            rows_are_psus: None,
            scale: f64::INFINITY,
            psus: BTreeMap::new(),
            strata: BTreeMap::new(),
            cells: BTreeMap::new(),
        })
    }

    /// The same with nothing seen, for another thread.
    #[must_use]
    pub fn empty(&self) -> Self {
        Self {
            scorings: self.scorings.clone(),
            terms: self.terms.clone(),
            domains: self.domains,
            rows_are_psus: None,
            scale: f64::INFINITY,
            psus: BTreeMap::new(),
            strata: BTreeMap::new(),
            cells: BTreeMap::new(),
            products: vec![Gram::default(); self.products.len()],
            valid: vec![0; self.valid.len()],
            answered: vec![(0, Sum::default()); self.answered.len()],
        }
    }

    /// Makes room for more domains, when their number shows only while rows come.
    pub fn grow(&mut self, domains: u32) {
        if domains > self.domains {
            let count = domains as usize;
            self.products.resize(count, Gram::default());
            self.valid.resize(count * self.terms.used().len(), 0);
            self.answered.resize(count * self.terms.measures(), (0, Sum::default()));
            self.domains = domains;
        }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`StreamError`]; then nothing of the portion was added.
    pub fn add(&mut self, portion: &Portion<'_>) -> Result<(), StreamError> {
        let part = self.part(portion)?;
        self.merge(part)
    }

    /// Adds the rows another part has seen.
    ///
    /// # Errors
    /// [`StreamError::Mixed`] or [`StreamError::PsuInTwoStrata`]; then nothing was added.
    pub fn merge(&mut self, other: Self) -> Result<(), StreamError> {
        if other.rows_are_psus.is_none() {
            return Ok(());
        }
        let alike = other.terms.slots == self.terms.slots && other.domains == self.domains && other.scorings == self.scorings;
        if !alike || self.rows_are_psus.is_some_and(|own| Some(own) != other.rows_are_psus) {
            return Err(StreamError::Mixed);
        }
        for (psu, second) in &other.psus {
            if let Some(first) = self.psus.get(psu).filter(|first| *first != second) {
                return Err(StreamError::PsuInTwoStrata { psu: *psu, first: *first, second: *second });
            }
        }
        self.rows_are_psus = other.rows_are_psus;
        let scale = self.scale.min(other.scale);
        let [own, others] = [self.scale, other.scale].map(|old| if old.is_finite() { scale / old } else { 1.0 });
        self.rescale(own);
        self.scale = scale;
        self.psus.extend(other.psus);
        for (stratum, rows) in other.strata {
            *self.strata.entry(stratum).or_default() += rows;
        }
        for (key, cell) in other.cells {
            let own = self.cells.entry(key).or_insert_with(|| Cell::empty(&cell));
            own.rows += cell.rows;
            add_sums(&mut own.sums, &cell.sums, others);
            add_sums(&mut own.squares, &cell.squares, others * others);
            own.products.merge(&cell.products, others * others);
        }
        self.products.iter_mut().zip(&other.products).for_each(|(own, products)| own.merge(products, others));
        self.valid.iter_mut().zip(&other.valid).for_each(|(own, valid)| *own += valid);
        for (own, (rows, weight)) in self.answered.iter_mut().zip(&other.answered) {
            own.0 += rows;
            own.1.add(weight.value() * others);
        }
        Ok(())
    }

    /// Multiplies all weights by a power of two.
    fn rescale(&mut self, factor: f64) {
        if factor == 1.0 {
            return;
        }
        let fresh = |sums: &[[Sum; 2]], factor: f64| {
            let mut scaled = vec![[Sum::default(); 2]; sums.len()];
            add_sums(&mut scaled, sums, factor);
            scaled
        };
        for cell in self.cells.values_mut() {
            cell.sums = fresh(&cell.sums, factor);
            cell.squares = fresh(&cell.squares, factor * factor);
            cell.products.scale(factor * factor);
        }
        self.products.iter_mut().for_each(|products| products.scale(factor));
        for (_, weight) in &mut self.answered {
            *weight = std::iter::once(weight.value() * factor).collect();
        }
    }

    /// The sums of one portion.
    fn part(&self, portion: &Portion<'_>) -> Result<Self, StreamError> {
        let largest = self.check(portion)?;
        let mut part = self.empty();
        if portion.weights.is_empty() {
            return Ok(part);
        }
        let rows_are_psus = portion.psus.is_none();
        part.rows_are_psus = Some(rows_are_psus);
        part.scale = (-largest.log2().floor().clamp(-1022.0, 1022.0)).exp2();
        let domain = |row: usize| portion.domains.map_or(0, |domains| domains[row]);
        let mut numbers: HashMap<(u32, u32, u32), u32> = HashMap::new();
        let of_row: Vec<u32> = (0..portion.weights.len())
            .map(|row| {
                let stratum = portion.strata.map_or(0, |strata| strata[row]);
                let next = numbers.len() as u32;
                *numbers.entry((domain(row), stratum, portion.psus.map_or(0, |psus| psus[row]))).or_insert(next)
            })
            .collect();
        let count = numbers.len();
        let rows = kernel::counts(&of_row, count);
        for ((_, stratum, psu), number) in &numbers {
            *part.strata.entry(*stratum).or_default() += rows[*number as usize];
            if !rows_are_psus {
                let first = *part.psus.entry(*psu).or_insert(*stratum);
                if first != *stratum {
                    let (first, second) = (first.min(*stratum), first.max(*stratum));
                    return Err(StreamError::PsuInTwoStrata { psu: *psu, first, second });
                }
            }
        }
        let columns: Vec<Column<'_>> = part.terms.used().iter().map(|item| (portion.codes[*item], part.scorings[*item].worth())).collect();
        let (slots, scale) = (columns.len(), part.scale);
        let weight = |row: usize| portion.weights[row] * scale;
        let found = kernel::sums(&of_row, count, &columns, weight);
        let squares = if rows_are_psus { kernel::weighted(&of_row, count, &columns, |row| weight(row) * weight(row)) } else { Vec::new() };
        let several: Vec<usize> = (0..part.terms.measures()).filter(|measure| !part.terms.simple(*measure)).collect();
        let mut products = if rows_are_psus && !several.is_empty() {
            gram::by_cell(&of_row, count, &columns, |row| weight(row) * weight(row))
        } else {
            vec![Gram::default(); count]
        };
        if !several.is_empty() {
            let of_domain: Vec<u32> = (0..of_row.len()).map(domain).map(|domain| domain.min(part.domains)).collect();
            part.products = gram::by_cell(&of_domain, part.domains as usize, &columns, weight);
            gram::answered(&of_domain, &columns, &part.terms, &several, weight, &mut part.answered);
        }
        let exact = |sums: &[[f64; 2]]| sums.iter().map(|pair| pair.map(|value| std::iter::once(value).collect())).collect();
        for ((domain, stratum, psu), number) in numbers.into_iter().filter(|((domain, ..), _)| *domain != NO_DOMAIN) {
            let place = number as usize * slots..(number as usize + 1) * slots;
            let valid = &mut part.valid[domain as usize * slots..][..slots];
            valid.iter_mut().zip(&found.valid[place.clone()]).for_each(|(valid, found)| *valid += u64::from(*found));
            let cell = Cell {
                rows: rows[number as usize],
                sums: exact(&found.sums[place.clone()]),
                squares: squares.get(place).map_or_else(Vec::new, exact),
                products: std::mem::take(&mut products[number as usize]),
            };
            part.cells.insert((domain, if rows_are_psus { stratum } else { psu }), cell);
        }
        Ok(part)
    }

    /// Checks a portion and gives its largest weight.
    fn check(&self, portion: &Portion<'_>) -> Result<f64, StreamError> {
        let expected = portion.weights.len();
        let length = |column, expected: usize, found: usize| {
            if found == expected { Ok(()) } else { Err(StreamError::Length { column, expected, found }) }
        };
        length("item", self.scorings.len(), portion.codes.len())?;
        portion.codes.iter().try_for_each(|codes| length("code", expected, codes.len()))?;
        for (column, given) in [("domain", portion.domains), ("stratum", portion.strata), ("PSU", portion.psus)] {
            given.map_or(Ok(()), |given| length(column, expected, given.len()))?;
        }
        if self.rows_are_psus.is_some_and(|own| own != portion.psus.is_none()) {
            return Err(StreamError::Mixed);
        }
        if let Some(row) = portion.weights.iter().position(|weight| !(weight.is_finite() && *weight > 0.0)) {
            return Err(StreamError::Weight { row, value: portion.weights[row] });
        }
        let outside = |domain: &u32| *domain >= self.domains && *domain != NO_DOMAIN;
        if let Some((domains, row)) = portion.domains.and_then(|all| all.iter().position(outside).map(|row| (all, row))) {
            return Err(StreamError::Domain { row, domain: domains[row], count: self.domains });
        }
        if portion.domains.is_none() && self.domains == 0 && expected > 0 {
            return Err(StreamError::Domain { row: 0, domain: 0, count: 0 });
        }
        Ok(portion.weights.iter().copied().fold(0.0, f64::max))
    }

    /// The estimates from all rows seen.
    ///
    /// # Errors
    /// [`StreamError::NoRows`].
    pub fn finish(self, lonely: LonelyPsu) -> Result<IndexSums<'static>, StreamError> {
        let Some(rows_are_psus) = self.rows_are_psus else {
            return Err(StreamError::NoRows);
        };
        let stratum_number: BTreeMap<u32, u32> = self.strata.keys().copied().zip(0..).collect();
        let mut by_stratum: Vec<(u32, u32)> = self.psus.iter().map(|(psu, stratum)| (stratum_number[stratum], *psu)).collect();
        by_stratum.sort_unstable();
        let mut psus_in_stratum: Vec<u32> =
            if rows_are_psus { self.strata.values().map(|rows| *rows as u32).collect() } else { vec![0; self.strata.len()] };
        by_stratum.iter().for_each(|(stratum, _)| psus_in_stratum[*stratum as usize] += 1);
        let rank: HashMap<u32, u32> = by_stratum.iter().map(|(_, psu)| *psu).zip(0..).collect();
        let stratum_of_group = by_stratum.iter().map(|(stratum, _)| *stratum).collect();
        let frame = Frame { rows_are_psus, stratum_of_group, psus_in_stratum, lonely };

        let group = |name: &u32| if rows_are_psus { stratum_number[name] } else { rank[name] };
        let mut ordered: Vec<((u32, u32), &Cell)> =
            self.cells.iter().map(|((domain, name), cell)| ((*domain, group(name)), cell)).collect();
        ordered.sort_unstable_by_key(|(key, _)| *key);
        let (slots, count) = (self.terms.used().len(), self.domains as usize);
        let cells = Cells::sorted(Vec::new(), ordered.iter().map(|(key, _)| *key), count);
        let sums: Vec<[f64; 2]> = ordered.iter().flat_map(|(_, cell)| &cell.sums).map(|pair| pair.map(|sum| sum.value())).collect();
        let factor = |key: &(u32, u32)| if rows_are_psus { frame.factor(key.1)[0] } else { 0.0 };
        let squares: Vec<[f64; 2]> =
            ordered.iter().flat_map(|(key, cell)| cell.squares.iter().map(|pair| pair.map(|sum| factor(key) * sum.value()))).collect();
        let (mut rows, mut own_products) = (vec![0; count], vec![Gram::default(); count]);
        for (key, cell) in &ordered {
            rows[key.0 as usize] += cell.rows;
            own_products[key.0 as usize].merge(&cell.products, factor(key));
        }
        let mut state = State {
            of_domain: by_domain(&cells, &sums, slots),
            own: if rows_are_psus { by_domain(&cells, &squares, slots) } else { Vec::new() },
            frame,
            terms: self.terms,
            domains: self.domains,
            cells,
            sums,
            valid: self.valid,
            rows,
            tallies: Vec::new(),
            fit: None,
        };
        let linear = state.linear();
        let (all, measures) = (state.terms.slots.len(), state.terms.measures());
        let chosen: Vec<usize> = (0..measures).filter(|measure| !state.terms.simple(*measure)).collect();
        let mut tallies = Vec::with_capacity(count * chosen.len());
        for domain in 0..count {
            for measure in &chosen {
                let terms = state.terms.of(*measure);
                let (used, linear) = (&state.terms.slots[terms.clone()], &linear[domain * all..][terms]);
                let (valid, weight) = &self.answered[domain * measures + measure];
                let squares = self.products[domain].form(used, linear);
                let own = own_products[domain].form(used, linear);
                tallies.push(Tally { valid: *valid, weight: weight.value(), squares, own });
            }
        }
        state.complete(&chosen, &tallies, &linear);
        let rows = finish::estimates(&state, None);
        Ok(IndexSums { table: IndexTable { rows, measures }, state, index: None })
    }
}

impl Cell {
    /// Of the same kind as another, without rows.
    fn empty(like: &Self) -> Self {
        let zeros = |sums: &[[Sum; 2]]| vec![[Sum::default(); 2]; sums.len()];
        Self { rows: 0, sums: zeros(&like.sums), squares: zeros(&like.squares), products: Gram::default() }
    }
}

fn add_sums(own: &mut [[Sum; 2]], other: &[[Sum; 2]], factor: f64) {
    for (own, other) in own.iter_mut().zip(other) {
        own[0].add(other[0].value() * factor);
        own[1].add(other[1].value() * factor);
    }
}
