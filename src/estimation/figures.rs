//! Figures of surveys in memory, made once for each state of the responses and shared by pages, files and the API.
//!
//! A figure is kept under what it is about (survey, stream, level, filter) together with the state it was made from: the number of the state of the
//! responses and the survey's units. When either has changed it is made again. Whoever asks for one that is being made waits for it instead of making it
//! twice. The figures looked at longest ago make room beyond `MOST`.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::analysis::Prepared;
use super::answers::{self, Answered};
use super::change::{self, Change};
use super::compare::{self, Comparison};
use super::filter::Filter;
use super::groups::{By, Grouping};
use super::measures::Level;
use super::priorities::{self, Gain, Priorities};
use super::quality::{self, Quality};
use super::ranking::{self, Ranking};
use super::rows::Row;
use crate::error::Result;
use crate::questionnaires::model::QuestionRole;
use crate::surveys::Stream;
use crate::surveys::cache::Frame;

/// Most figures kept: each is at most some thousands of numbers.
const MOST: usize = 512;

/// The index of a survey in all its groups.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexFigures {
    /// All units together: all figures.
    pub all: Vec<Row>,
    /// By kind of unit: all figures, where there is more than one kind.
    pub kinds: Vec<Row>,
    /// By unit: all figures.
    pub units: Vec<Row>,
    /// Ranks of the units by the overall figure; none when no unit has one.
    pub ranking: Option<Ranking>,
    /// What each item could still add to the index of each unit, by the unit's code; units without answers are not there.
    pub gains: BTreeMap<String, Vec<Gain>>,
}

impl IndexFigures {
    /// The overall figure of all units together.
    #[must_use]
    pub fn overall(&self) -> Option<&Row> {
        self.all.iter().find(|r| r.measure_level == Level::Overall)
    }

    /// The figures of one unit.
    pub fn of_unit<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a Row> {
        self.units.iter().filter(move |r| r.unit.as_deref() == Some(unit))
    }
}

/// A question about the respondent, with the index for each answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakdown {
    /// Position of the question.
    pub position: usize,
    /// Overall figure and parts by answer, and how the answers differ.
    pub comparison: Comparison,
}

/// What a figure is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    survey: i64,
    stream: Stream,
    level: u64,
    filter: Filter,
    kind: TypeId,
}

/// The state it was made from.
#[derive(Clone)]
struct State {
    generations: Vec<u64>,
    frame: Arc<Frame>,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.generations == other.generations && Arc::ptr_eq(&self.frame, &other.frame)
    }
}

type Held = Option<(State, Arc<dyn Any + Send + Sync>)>;

#[derive(Default)]
struct Places {
    by_key: HashMap<Key, (Arc<Mutex<Held>>, u64)>,
    looks: u64,
}

/// The figures; a copy is the same figures.
#[derive(Clone, Default)]
pub struct Figures(Arc<Mutex<Places>>);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Figures of the same survey that differ only by what they are compared with.
struct Changes(Vec<Change>);
struct Modes(Comparison);
struct Breakdowns(Vec<Breakdown>);
struct Months(Vec<Row>);

impl Figures {
    /// The index in all its groups.
    ///
    /// # Errors
    /// When weights or design do not fit, in words.
    pub fn index(&self, prepared: &Prepared) -> Result<Arc<IndexFigures>> {
        self.get(prepared, &[], || {
            let units = prepared.grouped(Grouping::By(By::Unit), Level::ALL, true)?;
            let overall: Vec<&Row> = units.rows.iter().filter(|r| r.measure_level == Level::Overall).collect();
            let ranking = ranking::rank(&overall, &units.covariance, prepared.level()).map_err(super::analysis::refused)?;
            let all = prepared.estimate(By::All, Level::ALL)?;
            let kinds = prepared.estimate(By::Kind, Level::ALL)?;
            let several = kinds.iter().filter(|r| r.measure_level == Level::Overall).count() > 1;
            let codes = overall.iter().filter_map(|r| r.unit.as_deref());
            let mut gains = BTreeMap::new();
            for (unit, weights) in codes.zip(&units.item_weights).filter(|(_, w)| !w.is_empty()) {
                let rows: Vec<&Row> = units.rows.iter().filter(|r| r.unit.as_deref() == Some(unit)).collect();
                gains.insert(unit.to_owned(), priorities::gains(prepared, &rows, weights)?);
            }
            Ok(IndexFigures { all, kinds: if several { kinds } else { Vec::new() }, ranking, gains, units: units.rows })
        })
    }

    /// What changed against another survey, figure by figure: all together and by unit.
    ///
    /// # Errors
    /// As [`Figures::index`].
    pub fn changes(&self, now: &Prepared, before: &Prepared) -> Result<Arc<Vec<Change>>> {
        let made = self.get(now, &[before.generation(), before.open().survey.id.unsigned_abs()], || {
            let (now_figures, then) = (self.index(now)?, self.index(before)?);
            let mut all = change::changes(&now_figures.all, &then.all, now.level()).map_err(super::analysis::refused)?;
            all.extend(change::changes(&now_figures.units, &then.units, now.level()).map_err(super::analysis::refused)?);
            Ok(Changes(all))
        })?;
        Ok(Arc::new(made.0.clone()))
    }

    /// How closed questions were answered.
    ///
    /// # Errors
    /// As [`Figures::index`].
    pub fn answers(&self, prepared: &Prepared) -> Result<Arc<Vec<Answered>>> {
        self.get(prepared, &[], || answers::distributions(prepared))
    }

    /// What to mend first.
    ///
    /// # Errors
    /// As [`Figures::index`].
    pub fn priorities(&self, prepared: &Prepared) -> Result<Arc<Priorities>> {
        self.get(prepared, &[], || priorities::priorities(prepared, &self.index(prepared)?.all))
    }

    /// How good the answers are.
    ///
    /// # Errors
    /// As [`Figures::index`].
    pub fn quality(&self, prepared: &Prepared) -> Result<Arc<Quality>> {
        self.get(prepared, &[], || quality::quality(prepared))
    }

    /// The index by means of answering.
    ///
    /// # Errors
    /// As [`Figures::index`].
    pub fn modes(&self, prepared: &Prepared) -> Result<Comparison> {
        let made = self.get(prepared, &[], || compare::within(prepared, Grouping::By(By::Mode), &[Level::Part]).map(Modes))?;
        Ok(made.0.clone())
    }

    /// The overall figure and the parts by month of sending.
    ///
    /// # Errors
    /// As [`Figures::index`].
    pub fn months(&self, prepared: &Prepared) -> Result<Vec<Row>> {
        Ok(self.get(prepared, &[], || prepared.estimate(By::Month, &[Level::Overall, Level::Part]).map(Months))?.0.clone())
    }

    /// The index by each question about the respondent.
    ///
    /// # Errors
    /// As [`Figures::index`].
    pub fn breakdowns(&self, prepared: &Prepared) -> Result<Vec<Breakdown>> {
        let made = self.get(prepared, &[], || {
            let questions = prepared.open().questionnaire().questions.iter().enumerate();
            let asked = questions.filter(|(_, q)| q.role == Some(QuestionRole::Respondent)).map(|(position, _)| position);
            let one = |position| {
                compare::within(prepared, Grouping::Answer(position), &[Level::Part]).map(|comparison| Breakdown { position, comparison })
            };
            asked.map(one).collect::<Result<Vec<_>>>().map(Breakdowns)
        })?;
        Ok(made.0.clone())
    }

    /// The figure of this type about this; made when there is none of this state. `others` are states of what else it depends on.
    fn get<T: Any + Send + Sync>(&self, prepared: &Prepared, others: &[u64], make: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let key = Key {
            survey: prepared.open().survey.id,
            stream: prepared.stream(),
            level: prepared.level().to_bits(),
            filter: prepared.filter().clone(),
            kind: TypeId::of::<T>(),
        };
        let generations = std::iter::once(prepared.generation()).chain(others.iter().copied()).collect();
        let state = State { generations, frame: Arc::clone(&prepared.open().frame) };
        let place = self.place(key);
        let mut held = lock(&place);
        if let Some((of, made)) = held.as_ref()
            && *of == state
            && let Ok(made) = Arc::clone(made).downcast::<T>()
        {
            return Ok(made);
        }
        // What is out of date goes before the new is made, so that both are never in memory.
        *held = None;
        let made = Arc::new(make()?);
        *held = Some((state, Arc::clone(&made) as Arc<dyn Any + Send + Sync>));
        Ok(made)
    }

    fn place(&self, key: Key) -> Arc<Mutex<Held>> {
        let mut places = lock(&self.0);
        places.looks += 1;
        let now = places.looks;
        let (held, looked_at) = places.by_key.entry(key).or_default();
        *looked_at = now;
        let held = Arc::clone(held);
        if places.by_key.len() > MOST
            && let Some(oldest) = places.by_key.iter().min_by_key(|(_, (_, looked_at))| *looked_at).map(|(k, _)| k.clone())
        {
            places.by_key.remove(&oldest);
        }
        held
    }
}
