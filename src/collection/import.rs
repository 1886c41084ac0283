//! Responses from a CSV file: all or nothing, every mistake with its line, the same file importable again without doubling.

use std::io::Read;

use chrono::{NaiveDate, NaiveDateTime};
use uuid::Uuid;

use super::response::{Origin, Response};
use super::store::{self, Outcome};
use super::validate;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::questionnaires::codes;
use crate::questionnaires::model::Answers;
use crate::surveys::{Mode, Open, Status, Stream};
use crate::units::Place;
use crate::web::cells::unguarded;

/// Columns that are not questions.
pub const COLUMNS: [&str; 11] =
    ["id", "unit", "place", "stream", "stratum", "psu", "weight", "mode", "language", "submitted_on", "demonstration"];

/// First cell of the line that closes an exported file; the second is the number of rows.
pub const CLOSING: &str = "#rows";

/// How to read a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Our column ← the file's column, for files that name them otherwise.
    pub map: Vec<(String, String)>,
    /// Columns of the file that are left out.
    pub ignore: Vec<String>,
    /// Cells that mean "no answer", besides empty ones.
    pub missing: Vec<String>,
    /// Stream of rows without a `stream` column; the survey's first when none.
    pub stream: Option<Stream>,
}

/// One mistake in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column of the file.
    pub column: String,
    /// A stable word.
    pub code: String,
    /// What is wrong and what is allowed.
    pub detail: String,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Responses stored.
    pub stored: u64,
    /// Responses that were stored before.
    pub replays: u64,
}

/// What each column of the file is.
enum Column {
    Ours(&'static str),
    Question(usize),
    Ignored,
}

/// Reads and checks a file.
///
/// # Errors
/// Every mistake; none of the rows is then used.
pub fn read(
    open: &Open,
    places: &[Place],
    input: impl Read,
    options: &Options,
    now: NaiveDateTime,
    mut progress: impl FnMut(u64),
) -> std::result::Result<Vec<Response>, Vec<Mistake>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let header = match reader.headers() {
        Ok(h) => h.clone(),
        Err(e) => return Err(vec![mistake(1, "", "unreadable", e.to_string())]),
    };
    let columns = columns(open, &header, options)?;
    let file = File { open, places, options, header: &header, columns: &columns, now };
    let mut responses: Vec<Response> = Vec::new();
    let mut mistakes = Vec::new();
    let mut closed = false;
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Err(e) => {
                let line = e.position().map_or(0, csv::Position::line);
                mistakes.push(mistake(
                    line,
                    "",
                    "unreadable",
                    format!("{e}; the file must be UTF-8 with the same number of cells in every line"),
                ));
                break;
            }
            Ok(true) => {}
        }
        let line = record.position().map_or(0, csv::Position::line);
        if closed {
            mistakes.push(mistake(line, "", "after_end", "there is a line after the closing count".to_owned()));
        } else if record.get(0) == Some(CLOSING) {
            closed = true;
            let said = record.get(1).and_then(|n| n.parse::<usize>().ok());
            if mistakes.is_empty() && said != Some(responses.len()) {
                let detail = format!(
                    "the closing line says {} rows, there are {}: the file was cut or changed",
                    record.get(1).unwrap_or(""),
                    responses.len()
                );
                mistakes.push(mistake(line, CLOSING, "wrong_count", detail));
            }
        } else if record.len() != header.len() {
            let detail = format!("{} cells where the header has {}", record.len(), header.len());
            mistakes.push(mistake(line, "", "wrong_cells", detail));
        } else {
            match file.row(line, &record) {
                Ok(response) => responses.push(response),
                Err(wrong) => mistakes.extend(wrong),
            }
        }
        progress(line);
    }
    if mistakes.is_empty() { Ok(responses) } else { Err(mistakes) }
}

/// Stores what was read, in the caller's transaction; a dry run only looks what would happen.
///
/// # Errors
/// `id_taken` when another response has one of the ids: nothing is stored then.
pub fn store(conn: &mut Conn, open: &Open, responses: &[Response], dry_run: bool, mut progress: impl FnMut(u64)) -> Result<Done> {
    if open.survey.status == Status::Published {
        let code = &open.survey.code;
        return Err(Error::Refused(format!("survey {code} is published; close it first, because its figures would change")));
    }
    if dry_run {
        return count(responses, store::foresee(conn, responses)?);
    }
    let mut done = Done::default();
    for chunk in responses.chunks(2_000) {
        let counted = count(chunk, store::insert(conn, chunk)?)?;
        done.stored += counted.stored;
        done.replays += counted.replays;
        progress(done.stored + done.replays);
    }
    Ok(done)
}

fn count(responses: &[Response], outcomes: Vec<Outcome>) -> Result<Done> {
    let mut done = Done::default();
    for (response, outcome) in responses.iter().zip(outcomes) {
        match outcome {
            Outcome::New => done.stored += 1,
            Outcome::Replay => done.replays += 1,
            Outcome::Conflict => {
                let id = Uuid::from_slice(&response.id).unwrap_or_default();
                let why = format!(
                    "another response is stored under the id {id}, or the file has it twice with other answers; nothing was imported"
                );
                return Err(Error::Conflict("id_taken", why));
            }
        }
    }
    Ok(done)
}

fn mistake(line: u64, column: &str, code: &str, detail: String) -> Mistake {
    Mistake { line, column: column.to_owned(), code: code.to_owned(), detail }
}

fn columns(open: &Open, header: &csv::StringRecord, options: &Options) -> std::result::Result<Vec<Column>, Vec<Mistake>> {
    let mut wrong = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let columns: Vec<Column> = header
        .iter()
        .map(|name| {
            let ours = options.map.iter().find(|(_, theirs)| theirs == name).map_or(name, |(ours, _)| ours.as_str());
            if !seen.insert(ours.to_owned()) {
                wrong.push(mistake(1, name, "twice", format!("the column {ours:?} is there twice")));
            }
            if options.ignore.iter().any(|i| i == name) {
                Column::Ignored
            } else if let Some(known) = COLUMNS.into_iter().find(|c| *c == ours) {
                Column::Ours(known)
            } else if let Some(position) = open.questionnaire().position(ours) {
                Column::Question(position)
            } else {
                wrong.push(mistake(
                    1,
                    name,
                    "unknown_column",
                    format!(
                        "{name:?} is neither a question of {} nor one of {}; use --map ours={name} or --ignore {name}",
                        open.questionnaire().code,
                        COLUMNS.join(", ")
                    ),
                ));
                Column::Ignored
            }
        })
        .collect();
    for needed in ["id", "unit"] {
        if !columns.iter().any(|c| matches!(c, Column::Ours(n) if *n == needed)) {
            wrong.push(mistake(1, needed, "missing_column", format!("the file has no column {needed:?}; use --map {needed}=COLUMN")));
        }
    }
    if wrong.is_empty() { Ok(columns) } else { Err(wrong) }
}

/// A file being read.
struct File<'a> {
    open: &'a Open,
    places: &'a [Place],
    options: &'a Options,
    header: &'a csv::StringRecord,
    columns: &'a [Column],
    now: NaiveDateTime,
}

impl File<'_> {
    fn row(&self, line: u64, record: &csv::StringRecord) -> std::result::Result<Response, Vec<Mistake>> {
        let mut wrong = Vec::new();
        let mut answers = Answers::default();
        let mut ours: std::collections::BTreeMap<&str, &str> = std::collections::BTreeMap::new();
        for ((column, cell), name) in self.columns.iter().zip(record).zip(self.header) {
            let given = !cell.is_empty() && !self.options.missing.iter().any(|m| m == cell);
            match column {
                Column::Ours(field) if given => {
                    ours.insert(field, cell);
                }
                Column::Question(position) if given => match self.answer(*position, cell) {
                    Ok(Some(answer)) => {
                        answers.given.insert(*position, answer);
                    }
                    Ok(None) => {}
                    Err(what) => wrong.push(mistake(line, name, what.code(), format!("{}: {:?}", what.sentence(), cell))),
                },
                _ => {}
            }
        }
        let questionnaire = self.open.questionnaire();
        // What `today()` meant to those who answered.
        answers.day = ours.get("submitted_on").and_then(|d| d.parse().ok()).or(Some(self.now.date()));
        let answers = questionnaire.calculate(answers);
        if wrong.is_empty() {
            let found = validate::problems(questionnaire, &answers, 0..questionnaire.questions.len());
            wrong.extend(found.into_iter().map(|p| mistake(line, &p.question, p.what.code(), p.what.sentence())));
        }
        let response = self.response(line, &ours, &answers, &mut wrong);
        if wrong.is_empty() { response.ok_or_else(Vec::new) } else { Err(wrong) }
    }

    fn answer(&self, position: usize, cell: &str) -> std::result::Result<Option<crate::questionnaires::model::Answer>, validate::What> {
        use crate::questionnaires::model::Kind;
        let Some(question) = self.open.questionnaire().questions.get(position) else { return Ok(None) };
        let texts: Vec<&str> = if matches!(question.kind, Kind::Multiple { .. } | Kind::Ranking { .. }) {
            cell.split_whitespace().collect()
        } else {
            vec![unguarded(cell)]
        };
        validate::from_texts(question, &texts)
    }

    fn response(
        &self,
        line: u64,
        ours: &std::collections::BTreeMap<&str, &str>,
        answers: &Answers,
        wrong: &mut Vec<Mistake>,
    ) -> Option<Response> {
        let survey = &self.open.survey;
        let mut refuse = |column: &str, code: &str, detail: String| wrong.push(mistake(line, column, code, detail));
        let id = match ours.get("id") {
            Some(text) => Uuid::parse_str(text)
                .unwrap_or_else(|_| Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("urn:sipas:{}:{text}", survey.code).as_bytes())),
            None => {
                refuse("id", "required", "every row needs an id".to_owned());
                return None;
            }
        };
        let unit = ours.get("unit").copied().unwrap_or("");
        if self.open.unit(unit).is_none() {
            refuse("unit", "unknown_unit", format!("the unit {unit:?} is not in survey {}", survey.code));
        }
        let place = ours.get("place").copied();
        if let Some(code) = place
            && !self.places.iter().any(|p| p.code == code && p.unit == unit)
        {
            refuse("place", "unknown_place", format!("there is no place {code:?} of unit {unit}"));
        }
        let stream = match ours.get("stream") {
            Some(word) => word.parse().map_err(|e| refuse("stream", "unknown_stream", e)).ok()?,
            None => self.options.stream.or(survey.streams().first().copied())?,
        };
        if !survey.streams().contains(&stream) {
            refuse("stream", "unknown_stream", format!("survey {} has no stream {stream}", survey.code));
        }
        let mode = ours.get("mode").map_or(Ok(Mode::Import), |w| w.parse()).map_err(|e| refuse("mode", "unknown_mode", e)).ok()?;
        let weight = match ours.get("weight").map(|w| w.parse::<f64>()) {
            None => None,
            Some(Ok(w)) if w.is_finite() && w > 0.0 => Some(w),
            Some(_) => {
                refuse("weight", "wrong_type", "a weight is a number above 0".to_owned());
                None
            }
        };
        let languages = &self.open.questionnaire().languages;
        let language = ours.get("language").copied().or(languages.first().map(String::as_str)).unwrap_or("vi");
        if !languages.iter().any(|l| l == language) {
            refuse("language", "unknown_language", format!("one of {}", languages.join(", ")));
        }
        let submitted = match ours.get("submitted_on").map(|d| d.parse::<NaiveDate>()) {
            None => self.now,
            Some(Ok(day)) => day.and_time(chrono::NaiveTime::MIN),
            Some(Err(_)) => {
                refuse("submitted_on", "wrong_type", "a day as 2026-11-21".to_owned());
                self.now
            }
        };
        if ours.get("demonstration") == Some(&"yes") && !survey.demonstration {
            refuse("demonstration", "simulated", "these answers are simulated and must not enter a real survey".to_owned());
        }
        let stored = codes::encode(self.open.questionnaire(), answers);
        let mut response = Response::new(id, Origin { survey_id: survey.id, unit, stream, mode, language }, submitted, stored);
        response.place = place.map(str::to_owned);
        response.stratum = ours.get("stratum").map(|s| (*s).to_owned());
        response.psu = ours.get("psu").map(|s| (*s).to_owned());
        response.weight = weight;
        Some(response)
    }
}
