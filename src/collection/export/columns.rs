//! Responses as columns of a Parquet file: row groups gathered as stored bytes, turned into cells column by column.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use chrono::NaiveDate;
use uuid::Uuid;

use super::cells::{self, Cell, Source};
use super::lines::date;
use crate::collection::import::COLUMNS;
use crate::collection::store::Line;
use crate::db::types::Day;
use crate::error::{Error, Result};
use crate::exchange::parquet::{ByteArray, Cells, Column, Kind as Holds, TableWriter};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Answer, Kind, Question};
use crate::surveys::{Mode, Open, Stream};

/// Rows of a row group.
const GROUP: usize = 65_536;

/// A file of columns being written.
pub(super) struct ColumnFile<'a, W: Write + Send> {
    questionnaire: &'a Questionnaire,
    sources: Vec<Source<ByteArray>>,
    demonstration: ByteArray,
    writer: TableWriter<W>,
    group: Group,
}

/// The rows gathered for the next row group.
#[derive(Default)]
struct Group {
    ids: Vec<Uuid>,
    units: Words,
    places: Words,
    streams: Vec<Stream>,
    strata: Words,
    psus: Words,
    weights: Vec<Option<f64>>,
    modes: Vec<Mode>,
    languages: Words,
    days: Vec<Day>,
    codes: Vec<u8>,
    /// Position of the question → row within the group and answer, rows ascending.
    open: BTreeMap<usize, Vec<(usize, Answer)>>,
}

/// A column of texts that repeat, each kept once.
#[derive(Default)]
struct Words {
    cells: Vec<Option<u32>>,
    known: HashMap<String, u32>,
    texts: Vec<ByteArray>,
}

impl Words {
    fn push(&mut self, text: Option<String>) {
        let number = text.map(|text| {
            let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            if let Some(number) = self.known.get(&text) {
                return *number;
            }
            self.texts.push(ByteArray::from(text.as_str()));
            self.known.insert(text, next);
            next
        });
        self.cells.push(number);
    }

    fn fill(&self, cells: &mut Cells<'_>) -> Result<()> {
        let text = |number: &u32| usize::try_from(*number).ok().and_then(|n| self.texts.get(n)).cloned();
        self.cells.iter().try_for_each(|number| cells.text(number.as_ref().and_then(text)))
    }
}

/// What the cells of a question hold.
fn holds(question: &Question) -> Holds {
    match &question.kind {
        Kind::Number { .. } => Holds::Number,
        Kind::Calculated { calculation } if calculation.numeric => Holds::Number,
        Kind::Calculated { calculation } if calculation.day => Holds::Day,
        Kind::Date { .. } => Holds::Day,
        Kind::Text { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => Holds::Text,
        Kind::Single { .. } | Kind::Multiple { .. } | Kind::Ranking { .. } | Kind::Consent => Holds::Code,
    }
}

fn columns(questionnaire: &Questionnaire) -> Vec<Column> {
    let before = COLUMNS.iter().map(|name| {
        let (kind, optional) = match *name {
            "id" => (Holds::Text, false),
            "place" | "stratum" | "psu" => (Holds::Code, true),
            "weight" => (Holds::Number, true),
            "submitted_on" => (Holds::Day, false),
            _ => (Holds::Code, false),
        };
        Column { name: (*name).to_owned(), kind, optional }
    });
    let answers = questionnaire.questions.iter().map(|q| Column { name: name(questionnaire, &q.code), kind: holds(q), optional: true });
    before.chain(answers).collect()
}

/// The name of a question's column: its code, with `_answer` behind it where one of the first columns is called so, because no reader takes two columns of
/// one name.
fn name(questionnaire: &Questionnaire, code: &str) -> String {
    let mut name = code.to_owned();
    while COLUMNS.contains(&name.as_str()) || (name != code && questionnaire.position(&name).is_some()) {
        name.push_str("_answer");
    }
    name
}

impl<'a, W: Write + Send> ColumnFile<'a, W> {
    /// Begins a file on this output.
    pub(super) fn new(open: &'a Open, output: W) -> Result<Self> {
        let questionnaire = open.questionnaire();
        Ok(ColumnFile {
            questionnaire,
            sources: cells::sources(questionnaire, |text| ByteArray::from(text)),
            demonstration: ByteArray::from(if open.survey.demonstration { "yes" } else { "no" }),
            writer: TableWriter::begin(output, columns(questionnaire))?,
            group: Group::default(),
        })
    }

    /// Adds a response.
    ///
    /// # Errors
    /// `Storage` when what is stored is not an answer to this questionnaire; `Refused` when the output cannot be written.
    pub(super) fn response(&mut self, r: Line) -> Result<()> {
        if r.codes.len() != self.questionnaire.code_bytes {
            return Err(cells::unreadable(self.questionnaire, &r.codes, r.extra.as_deref()));
        }
        let group = &mut self.group;
        let row = group.ids.len();
        for (position, answer) in cells::open_answers(self.questionnaire, r.extra.as_deref())? {
            group.open.entry(position).or_default().push((row, answer));
        }
        group.ids.push(Uuid::from_slice(&r.id).map_err(|e| Error::Storage(e.to_string()))?);
        group.units.push(Some(r.unit));
        group.places.push(r.place);
        group.streams.push(r.stream);
        group.strata.push(r.stratum);
        group.psus.push(r.psu);
        group.weights.push(r.weight);
        group.modes.push(r.mode);
        group.languages.push(Some(r.language));
        group.days.push(r.day);
        group.codes.extend_from_slice(&r.codes);
        if group.ids.len() < GROUP { Ok(()) } else { self.write_group() }
    }

    fn write_group(&mut self) -> Result<()> {
        let group = std::mem::take(&mut self.group);
        let (questionnaire, sources, demonstration) = (self.questionnaire, &self.sources, &self.demonstration);
        self.writer.rows(|position, cells| match COLUMNS.get(position) {
            Some(name) => group.fill(name, demonstration, cells),
            None => {
                let at = position - COLUMNS.len();
                match questionnaire.questions.get(at).zip(sources.get(at)) {
                    Some((question, source)) => group.fill_answers(questionnaire, (at, question), source, cells),
                    None => Err(Error::Internal("a column has no question".to_owned())),
                }
            }
        })
    }

    /// Writes what is left and ends the file with what it says about itself.
    pub(super) fn finish(mut self, about: &[(&str, String)]) -> Result<()> {
        if !self.group.ids.is_empty() {
            self.write_group()?;
        }
        self.writer.end(about)
    }
}

impl Group {
    /// A column that is no question.
    fn fill(&self, name: &str, demonstration: &ByteArray, cells: &mut Cells<'_>) -> Result<()> {
        match name {
            "id" => self.ids.iter().try_for_each(|id| {
                let mut buffer = Uuid::encode_buffer();
                cells.text(Some(ByteArray::from(&*id.hyphenated().encode_lower(&mut buffer))))
            }),
            "unit" => self.units.fill(cells),
            "place" => self.places.fill(cells),
            "stream" => fill_words(&self.streams, Stream::ALL, Stream::as_str, cells),
            "stratum" => self.strata.fill(cells),
            "psu" => self.psus.fill(cells),
            "weight" => self.weights.iter().try_for_each(|w| cells.number(*w)),
            "mode" => fill_words(&self.modes, Mode::ALL, Mode::as_str, cells),
            "language" => self.languages.fill(cells),
            "submitted_on" => self.days.iter().try_for_each(|day| cells.day(Some(date(*day)?))),
            "demonstration" => self.ids.iter().try_for_each(|_| cells.text(Some(demonstration.clone()))),
            other => Err(Error::Internal(format!("the column {other} has no content"))),
        }
    }

    /// A question's column.
    fn fill_answers(
        &self,
        questionnaire: &Questionnaire,
        (position, question): (usize, &Question),
        source: &Source<ByteArray>,
        cells: &mut Cells<'_>,
    ) -> Result<()> {
        let rows = self.codes.chunks_exact(questionnaire.code_bytes.max(1));
        match source {
            Source::Byte(at, table) => {
                for stored in rows {
                    cells.text(match stored.get(*at).and_then(|byte| table.get(usize::from(*byte))) {
                        Some(Cell::Empty) => None,
                        Some(Cell::Is(text)) => Some(text.clone()),
                        Some(Cell::Misfit) | None => return Err(cells::unreadable(questionnaire, stored, None)),
                    })?;
                }
                Ok(())
            }
            Source::Bytes(..) | Source::Together => {
                let mut text = String::new();
                for stored in rows {
                    if !source.join(question, stored, &mut text) {
                        return Err(cells::unreadable(questionnaire, stored, None));
                    }
                    cells.text((!text.is_empty()).then(|| ByteArray::from(text.as_str())))?;
                }
                Ok(())
            }
            Source::Open => {
                let mut given = self.open.get(&position).into_iter().flatten().peekable();
                for row in 0..self.ids.len() {
                    let answer = given.next_if(|(at, _)| *at == row).map(|(_, answer)| answer);
                    open_cell(question, answer, cells)?;
                }
                Ok(())
            }
        }
    }
}

fn fill_words<T: Copy + PartialEq>(values: &[T], all: &[T], word: fn(T) -> &'static str, cells: &mut Cells<'_>) -> Result<()> {
    let words: Vec<(T, ByteArray)> = all.iter().map(|v| (*v, ByteArray::from(word(*v)))).collect();
    values.iter().try_for_each(|value| cells.text(words.iter().find(|(v, _)| v == value).map(|(_, text)| text.clone())))
}

/// An open answer as its column holds it.
fn open_cell(question: &Question, answer: Option<&Answer>, cells: &mut Cells<'_>) -> Result<()> {
    let misfit = || Error::Storage(format!("the stored answer to {} is not what the question takes", question.code));
    match (holds(question), answer) {
        (Holds::Number, None) => cells.number(None),
        (Holds::Number, Some(Answer::Number(n))) => cells.number(Some(*n)),
        (Holds::Day, None) => cells.day(None),
        (Holds::Day, Some(Answer::Date(day))) => cells.day(Some(*day)),
        // What is calculated as a day is kept as a text.
        (Holds::Day, Some(Answer::Text(text))) => cells.day(Some(text.parse::<NaiveDate>().map_err(|_| misfit())?)),
        (_, None) => cells.text(None),
        (Holds::Text, Some(Answer::Text(text))) => cells.text(Some(ByteArray::from(text.as_str()))),
        (Holds::Text, Some(Answer::Number(n))) => cells.text(Some(ByteArray::from(n.to_string().as_str()))),
        _ => Err(misfit()),
    }
}
