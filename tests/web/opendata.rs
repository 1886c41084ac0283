//! Files of responses and of figures: every format says what the API says, suppressed figures stay suppressed, demonstrations say so.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use actix_web::web::Bytes;
use calamine::{Data, DataType, Reader, Xlsx};
use chrono::{NaiveDate, Utc};
use diesel::prelude::*;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sipas::collection::{Origin, Response, export, import, store};
use sipas::db::schema::responses;
use sipas::estimation::Tables;
use sipas::estimation::analysis::{Request, prepare};
use sipas::questionnaires::model::{Answer, Kind};
use sipas::questionnaires::trial::respondents::Respondents;
use sipas::questionnaires::{self, codes};
use sipas::reports::formats::{self, Figures, json_stat, workbook};
use sipas::surveys::model::Step;
use sipas::surveys::{Mode, Open, Stream, Surveys};
use sipas::web::cells::guarded;
use sipas::web::locale::{Language, Words};
use uuid::Uuid;

use crate::support::{Server, answer, on_both, process, take};

// ---------------------------------------------------------------- responses

/// A questionnaire of every kind of question, one of them called as a column of the file.
const EVERY_KIND: &str = include_str!("../fixtures/every-kind.yaml");

fn opened(s: &Server, code: &str) -> Open {
    s.db.read_now(|conn| Surveys::default().by_code(conn, code)).unwrap()
}

/// A survey of every kind of question with random respondents.
fn varied(s: &Server, n: usize) -> Open {
    let today = Utc::now().date_naive();
    s.db.write_now(|conn| questionnaires::store::add(conn, &questionnaires::read(EVERY_KIND).unwrap(), EVERY_KIND, Utc::now().naive_utc()))
        .unwrap();
    crate::support::new_survey(&s.db, "varied", "every-kind", "1.0-beta", "[open, sample]", "base");
    let open = opened(s, "varied");
    let list: Vec<Response> = (0u16..)
        .zip(Respondents::new(open.questionnaire(), 7, today).take(n))
        .map(|(i, answers)| {
            let (unit, stream) = (["W1", "W2", "X1"][usize::from(i % 3)], if i % 2 == 0 { Stream::Open } else { Stream::Sample });
            let from =
                Origin { survey_id: open.survey.id, unit, stream, mode: Mode::ALL[usize::from(i) % Mode::ALL.len()], language: "vi" };
            let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(u64::from(i % 50));
            let mut made =
                Response::new(Uuid::new_v4(), from, day.and_hms_opt(23, 59, 0).unwrap(), codes::encode(open.questionnaire(), &answers));
            made.stratum = (i % 3 == 1).then(|| "tầng, \"một\"".to_owned());
            made.psu = (i % 4 == 1).then(|| format!("TDP {i}\nhai"));
            made.weight = (i % 5 > 0).then(|| 1.0 / f64::from(i));
            made
        })
        .collect();
    s.db.write_now(|conn| store::insert(conn, &list)).unwrap();
    open
}

/// The file as it was written when each response was decoded: by the reader of stored answers and a CSV library.
fn decoded(s: &Server, open: &Open) -> Vec<u8> {
    let questionnaire = open.questionnaire();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(import::COLUMNS.into_iter().chain(questionnaire.questions.iter().map(|q| q.code.as_str()))).unwrap();
    let rows =
        s.db.read_now(|conn| {
            store::for_each(conn, open.survey.id, |r| {
                let answers = codes::decode(questionnaire, &r.codes, r.extra.as_deref()).unwrap();
                let mut cells = vec![
                    Uuid::from_slice(&r.id).unwrap().to_string(),
                    r.unit.clone(),
                    r.place.clone().unwrap_or_default(),
                    r.stream.to_string(),
                    r.stratum.clone().unwrap_or_default(),
                    r.psu.clone().unwrap_or_default(),
                    r.weight.map(|w| w.to_string()).unwrap_or_default(),
                    r.mode.to_string(),
                    r.language.clone(),
                    r.day.date().unwrap().to_string(),
                    "no".to_owned(),
                ];
                cells.extend(questionnaire.questions.iter().enumerate().map(|(at, q)| match answers.get(at) {
                    None => String::new(),
                    Some(Answer::Number(n)) => n.to_string(),
                    Some(Answer::Text(t)) => guarded(t),
                    Some(Answer::Date(day)) => day.to_string(),
                    Some(closed) => q.answer_codes(closed).join(" "),
                }));
                writer.write_record(cells).unwrap();
                Ok(())
            })
        })
        .unwrap();
    writer.write_record(["#rows", &rows.to_string()]).unwrap();
    writer.into_inner().unwrap()
}

fn csv_of(s: &Server, open: &Open) -> Vec<u8> {
    let mut out = Vec::new();
    s.db.read_now(|conn| export::write(conn, open, &mut out, |_| ())).unwrap();
    out
}

fn parquet_of(s: &Server, open: &Open) -> Vec<u8> {
    let mut out = Vec::new();
    s.db.read_now(|conn| export::write_parquet(conn, open, &mut out, |_| ())).unwrap();
    out
}

/// Rows of a Parquet file, and what it says about itself.
fn read_parquet(bytes: Vec<u8>) -> (Vec<Row>, BTreeMap<String, String>) {
    let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
    let about = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let about = about.iter().map(|kv| (kv.key.clone(), kv.value.clone().unwrap())).collect();
    (reader.get_row_iter(None).unwrap().map(Result::unwrap).collect(), about)
}

/// A cell of a Parquet file as the CSV file writes it, texts unguarded.
fn spelled(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Double(n) => n.to_string(),
        Field::Long(n) => n.to_string(),
        Field::Date(days) => (NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new(u64::try_from(*days).unwrap())).to_string(),
        other => panic!("no column holds {other:?}"),
    }
}

on_both! {
    async fn the_streamed_file_is_byte_for_byte_what_decoding_each_response_wrote(s: Server) {
        let open = varied(&s, 400);
        let (streamed, decoded) = (csv_of(&s, &open), decoded(&s, &open));
        assert!(decoded.len() > 40_000, "respondents answered: {} bytes", decoded.len());
        assert_eq!(String::from_utf8(streamed).unwrap(), String::from_utf8(decoded).unwrap());
    }
}

on_both! {
    async fn the_columns_hold_every_cell_of_the_lines(s: Server) {
        let open = varied(&s, 300);
        let text = csv_of(&s, &open);
        let mut lines = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_slice());
        let mut lines: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).collect();
        assert_eq!(lines.pop().unwrap().iter().collect::<Vec<_>>(), ["#rows", "300"]);
        let (rows, about) = read_parquet(parquet_of(&s, &open));
        assert_eq!((rows.len(), lines.len()), (300, 300));
        let key = |n: usize| lines[n].get(0).unwrap().to_owned();
        let at: BTreeMap<String, usize> = (0..lines.len()).map(|n| (key(n), n)).collect();
        let mut compared = 0;
        for row in &rows {
            let cells: Vec<(&String, &Field)> = row.get_column_iter().collect();
            let line = &lines[at[&spelled(cells[0].1)]];
            assert_eq!(cells.len(), line.len());
            for ((name, field), cell) in cells.iter().zip(line) {
                assert_eq!(sipas::web::cells::unguarded(cell), spelled(field), "{name}");
                compared += usize::from(!cell.is_empty());
            }
        }
        assert!(compared > 3_000, "{compared} cells were filled");
        let names: Vec<&String> = rows[0].get_column_iter().map(|(name, _)| name).collect();
        assert!(names.contains(&&"place".to_owned()) && names.contains(&&"place_answer".to_owned()), "no two columns have one name: {names:?}");
        for (what, said) in [("survey", "varied"), ("questionnaire", "every-kind"), ("version", "1.0-beta"), ("demonstration", "no"), ("rows", "300")] {
            assert_eq!(about[&format!("sipas.{what}")], said);
        }
        assert_eq!(about["sipas.questionnaire_digest"].len(), 64);
    }
}

#[test]
fn coded_answers_are_dictionaries_and_numbers_and_days_have_their_types() {
    crate::support::run(
        |s: Server| async move {
            let open = varied(&s, 50);
            let reader = SerializedFileReader::new(Bytes::from(parquet_of(&s, &open))).unwrap();
            let group = reader.metadata().row_group(0);
            let mut seen = BTreeMap::new();
            for (column, question) in group.columns().iter().skip(import::COLUMNS.len()).zip(&open.questionnaire().questions) {
                let described = column.column_descr();
                let found = (described.physical_type().to_string(), described.logical_type_ref().map(|t| format!("{t:?}")));
                let dictionary = column.dictionary_page_offset().is_some();
                let (physical, logical, coded) = match &question.kind {
                    Kind::Number { .. } => ("DOUBLE", None, false),
                    Kind::Calculated { calculation } if calculation.numeric => ("DOUBLE", None, false),
                    Kind::Calculated { calculation } if calculation.day => ("INT32", Some("Date"), false),
                    Kind::Date { .. } => ("INT32", Some("Date"), false),
                    Kind::Single { .. } | Kind::Multiple { .. } | Kind::Ranking { .. } | Kind::Consent => {
                        ("BYTE_ARRAY", Some("String"), true)
                    }
                    _ => ("BYTE_ARRAY", Some("String"), false),
                };
                assert_eq!(found, (physical.to_owned(), logical.map(str::to_owned)), "{}", question.code);
                assert!(!coded || dictionary, "{} is a dictionary", question.code);
                *seen.entry(physical).or_insert(0) += 1;
            }
            assert_eq!(seen.len(), 3, "{seen:?}");
        },
        crate::support::Database::sqlite(),
    );
}

/// Takes so many bytes and then has no room left, as a full disk.
struct Full<'a> {
    room: usize,
    taken: &'a mut Vec<u8>,
}

impl Write for Full<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = bytes.len().min(self.room);
        if n == 0 && !bytes.is_empty() {
            return Err(std::io::Error::new(std::io::ErrorKind::StorageFull, "No space left on device"));
        }
        self.room -= n;
        self.taken.extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

on_both! {
    async fn a_file_that_could_not_be_written_whole_is_told_and_cannot_be_taken_for_whole(s: Server) {
        let open = varied(&s, 200);
        let (lines, columns) = (csv_of(&s, &open).len(), parquet_of(&s, &open).len());
        for room in [0, 1, lines / 2, lines - 1] {
            let mut taken = Vec::new();
            let told = s.db.read_now(|conn| export::write(conn, &open, Full { room, taken: &mut taken }, |_| ())).unwrap_err().to_string();
            assert!(told.contains("could not be written") && told.contains("No space left"), "{told}");
            assert!(!String::from_utf8_lossy(&taken).ends_with("#rows,200\n"), "{room} of {lines} bytes");
        }
        for room in [0, 4, columns / 2, columns - 1] {
            let mut taken = Vec::new();
            let told = s.db.read_now(|conn| export::write_parquet(conn, &open, Full { room, taken: &mut taken }, |_| ())).unwrap_err().to_string();
            assert!(told.contains("could not be written") && told.contains("No space left"), "{told}");
            assert!(SerializedFileReader::new(Bytes::from(taken)).is_err(), "{room} of {columns} bytes");
        }
    }
}

on_both! {
    async fn what_is_no_answer_of_the_questionnaire_stops_both_files(s: Server) {
        for _ in 0..3 {
            assert_eq!(s.submit("trial", &answer("5", "4")).await.0, StatusCode::CREATED);
        }
        let open = opened(&s, "trial");
        for (codes, extra, why) in [
            (vec![9u8, 0, 0, 0], None, "q1 has no option 9"),
            (vec![1, 0, 64, 0], None, "wrong has no option 7"),
            (vec![1, 0, 0], None, "3 bytes, expected 4"),
            (vec![1, 0, 0, 0], Some(r#"{"colour":"red"}"#), "\"colour\", which is no question"),
        ] {
            let from = Origin { survey_id: open.survey.id, unit: "W1", stream: Stream::Open, mode: Mode::Web, language: "vi" };
            let stored = codes::Stored { codes, extra: extra.map(str::to_owned) };
            let broken = Response::new(Uuid::new_v4(), from, Utc::now().naive_utc(), stored);
            s.db.write_now(|conn| store::insert(conn, std::slice::from_ref(&broken))).unwrap();
            let mut out = Vec::new();
            let told = s.db.read_now(|conn| export::write(conn, &open, &mut out, |_| ())).unwrap_err().to_string();
            assert!(told.contains(why) && !String::from_utf8_lossy(&out).contains("#rows"), "{told}");
            let told = s.db.read_now(|conn| export::write_parquet(conn, &open, std::io::sink(), |_| ())).unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
            let gone = |conn: &mut sipas::db::Conn| Ok(diesel::delete(responses::table.find(&broken.id)).execute(conn)?);
            assert_eq!(s.db.write_now(gone).unwrap(), 1);
        }
        assert!(String::from_utf8(csv_of(&s, &open)).unwrap().ends_with("#rows,3\n"));
    }
}

on_both! {
    async fn the_command_writes_both_kinds_of_file(s: Server) {
        for _ in 0..4 {
            assert_eq!(s.submit("trial", &answer("5", "4")).await.0, StatusCode::CREATED);
        }
        let folder = tempfile::tempdir().unwrap();
        let (url, out) = (s.database.url(), folder.path().join("answers.parquet"));
        let args = ["responses", "export", "--survey", "trial", "--format", "parquet", "--out", out.to_str().unwrap(), "--database-url", &url];
        let (code, _, said) = process::run(&args);
        assert!(code == 0 && said.contains("4 responses of trial are written"), "{said}");
        assert_eq!(read_parquet(std::fs::read(&out).unwrap()).0.len(), 4);
        let (code, data, said) = process::run(&["responses", "export", "--survey", "trial", "--database-url", &url]);
        assert!(code == 0 && data.ends_with("#rows,4\n"), "CSV to standard output when nothing else is said: {said}");
    }
}

// ---------------------------------------------------------------- figures

/// Ten answers in ward one, eight in ward two, three in the commune: too few to show.
async fn answered(s: &Server) {
    for (unit, good, bad) in [("W1", 8, 2), ("W2", 3, 5), ("X1", 3, 0)] {
        for (n, q1) in std::iter::repeat_n("5", good).chain(std::iter::repeat_n("1", bad)).enumerate() {
            let mut body = answer(q1, ["4", "2", "na"][n % 3]);
            body["unit"] = json!(unit);
            assert_eq!(s.submit("trial", &body).await.0, StatusCode::CREATED);
        }
    }
}

fn published(s: &Server) {
    take(&s.db, "trial", Step::Close);
    take(&s.db, "trial", Step::Publish);
}

/// Every row of the API by unit (empty for all units together) and figure.
async fn api(s: &Server, survey: &str) -> BTreeMap<(String, String), Value> {
    let mut rows = BTreeMap::new();
    for by in ["all", "unit"] {
        for measure in ["overall", "part", "factor", "item"] {
            let answer = s.json(&format!("/api/v1/surveys/{survey}/estimates?by={by}&measure={measure}")).await;
            for row in answer["items"].as_array().unwrap() {
                let key = (row["unit"].as_str().unwrap_or("").to_owned(), row["measure"].as_str().unwrap().to_owned());
                assert!(rows.insert(key, row.clone()).is_none());
            }
        }
    }
    rows
}

/// A number as it is after being written and read as JSON: this reader may differ in the last of 17 digits, so both sides go through it.
fn as_json(n: f64) -> Value {
    serde_json::from_str(&json!(n).to_string()).unwrap()
}

const STATISTICS: [&str; 7] = ["estimate", "se", "ci_low", "ci_high", "n", "n_valid", "deff"];

/// The figures of the trial survey: some given, some not, some without a standard error.
fn is_a_table(rows: &BTreeMap<(String, String), Value>) {
    assert_eq!(rows.len(), 4 * 6);
    let missing = rows.values().filter(|r| r["estimate"].is_null()).count();
    assert!((6..18).contains(&missing), "{missing} figures are missing");
}

async fn download(s: &Server, path: &str) -> (String, String, Vec<u8>) {
    let answer = s.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("cache-control"), "no-store");
    (header("content-type"), header("content-disposition"), answer.bytes().await.unwrap().to_vec())
}

on_both! {
    async fn json_stat_is_a_cube_of_every_figure_of_the_api(s: Server) {
        answered(&s).await;
        published(&s);
        let rows = api(&s, "trial").await;
        is_a_table(&rows);
        let (kind, name, body) = download(&s, "/reports/trial/table.json?lang=vi").await;
        assert_eq!((kind.as_str(), name.as_str()), ("application/json", "attachment; filename=\"trial.json\""));
        let cube: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&cube["version"], &cube["class"]), (&json!("2.0"), &json!("dataset")));
        let ids: Vec<&str> = cube["id"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        let sizes: Vec<usize> = cube["size"].as_array().unwrap().iter().map(|v| usize::try_from(v.as_u64().unwrap()).unwrap()).collect();
        let values = cube["value"].as_array().unwrap();
        assert_eq!(values.len(), sizes.iter().product::<usize>());
        let categories = |id: &str| -> Vec<String> {
            let category = &cube["dimension"][id]["category"];
            let index: Vec<String> = category["index"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
            let labels = category["label"].as_object().unwrap();
            assert!(index.iter().all(|c| labels[c].as_str().is_some()) && labels.len() == index.len(), "every category of {id} has a name");
            index
        };
        let all: Vec<Vec<String>> = ids.iter().map(|id| categories(id)).collect();
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
        for role in ["geo", "metric"] {
            assert!(cube["role"][role].as_array().unwrap().iter().all(|d| ids.contains(&d.as_str().unwrap())));
        }
        assert!(cube["dimension"]["statistic"]["category"]["unit"]["estimate"]["decimals"] == 2);
        let children = cube["dimension"]["measure"]["category"]["child"].as_object().unwrap();
        assert!(children.iter().all(|(parent, list)| all[1].contains(parent) && list.as_array().unwrap().iter().all(|c| all[1].contains(&c.as_str().unwrap().to_owned()))));
        assert_eq!(cube["dimension"]["unit"]["category"]["label"]["W1"], "Phường Một");

        let (mut at, mut withheld) = (0, 0);
        for unit in &all[0] {
            for measure in &all[1] {
                let row = &rows[&(unit.replace("_T", ""), measure.clone())];
                for statistic in &all[2] {
                    assert_eq!(values[at], row[statistic.as_str()], "{unit} {measure} {statistic}");
                    let status = cube["status"].get(at.to_string()).and_then(Value::as_str);
                    assert_eq!(status.is_some(), values[at].is_null(), "what is missing says why, nothing else does");
                    assert!(unit != "X1" || status.is_none_or(|why| why == "too_few"), "{status:?}");
                    let flag = row["flags"][0].as_str().filter(|flag| ["too_few", "withheld"].contains(flag));
                    assert!(status.is_none() || flag.is_none() || status == flag, "{unit} {measure}: {status:?}, the API says {flag:?}");
                    withheld += u32::from(status == Some("withheld"));
                    at += 1;
                }
            }
        }
        assert!(withheld > 0, "beside the commune a ward is withheld");
        assert_eq!(all[2], STATISTICS);
        assert_eq!(cube["extension"]["method"]["threshold"], 5);
        let reasons = &cube["extension"]["status"]["label"];
        assert_eq!((&reasons["too_few"], &reasons["withheld"]), (&json!("chưa đủ mẫu"), &json!("không hiển thị")));
        assert!(!String::from_utf8(body).unwrap().contains("minh ho"), "these answers are real");
    }
}

on_both! {
    async fn parquet_and_csv_have_the_rows_of_the_api(s: Server) {
        answered(&s).await;
        published(&s);
        let api = api(&s, "trial").await;
        let text = s.page("/reports/trial/table.csv?lang=vi").await;
        let mut lines = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header: Vec<String> = lines.headers().unwrap().iter().map(str::to_owned).collect();
        let lines: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).filter(|r| r.get(0) != Some("#rows")).collect();
        let (kind, name, body) = download(&s, "/reports/trial/table.parquet?lang=vi").await;
        assert_eq!((kind.as_str(), name.as_str()), ("application/vnd.apache.parquet", "attachment; filename=\"trial.parquet\""));
        let (rows, about) = read_parquet(body);
        assert_eq!((rows.len(), lines.len(), api.len()), (24, 24, 24));
        for (row, line) in rows.iter().zip(&lines) {
            let cells: BTreeMap<&str, &Field> = row.get_column_iter().map(|(name, field)| (name.as_str(), field)).collect();
            assert_eq!(row.get_column_iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), header, "the columns of the CSV file, in its order");
            for (name, cell) in header.iter().zip(line) {
                assert_eq!(sipas::web::cells::unguarded(cell), spelled(cells[name.as_str()]), "{name}");
            }
            let expected = &api[&(spelled(cells["unit"]), spelled(cells["measure"]))];
            for statistic in STATISTICS {
                let found = match cells[statistic] {
                    Field::Null => Value::Null,
                    Field::Double(n) => as_json(*n),
                    Field::Long(n) => json!(n),
                    other => panic!("{other:?}"),
                };
                assert_eq!(found, expected[statistic], "{statistic}");
            }
        }
        assert_eq!((about["sipas.rows"].as_str(), about["sipas.demonstration"].as_str()), ("24", "no"));
        assert!(about["sipas.method"].contains("Khoảng tin cậy: ") && about["sipas.method"].lines().count() > 12, "{}", about["sipas.method"]);
    }
}

type Workbook = Xlsx<Cursor<Vec<u8>>>;

/// The cells of a sheet, headings first.
fn sheet(book: &mut Workbook, name: &str) -> Vec<Vec<Data>> {
    book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn text(cell: &Data) -> String {
    cell.to_string()
}

/// Holds a workbook's figures against the API: columns from `first` on are estimate, low, high, se, valid forms, forms, design effect.
fn figures_are(row: &[Data], first: usize, expected: &Value) {
    // Beside the commune's few answers the smaller ward's are withheld.
    let missing = if expected["flags"][0] == "withheld" { "không hiển thị" } else { "chưa đủ mẫu" };
    for (at, statistic) in ["estimate", "ci_low", "ci_high", "se", "n_valid", "n", "deff"].into_iter().enumerate() {
        match (&row[first + at], &expected[statistic]) {
            (Data::Float(found), Value::Number(n)) => assert_eq!(as_json(*found).as_f64(), n.as_f64(), "{statistic}"),
            (Data::String(why), Value::Null) if expected["estimate"].is_null() => assert_eq!(why, missing, "{statistic}"),
            (Data::String(why), Value::Null) => assert_eq!(why, "chưa tính được", "{statistic}"),
            other => panic!("{statistic}: {other:?}"),
        }
    }
}

on_both! {
    async fn every_sheet_of_the_workbook_says_what_the_api_says(s: Server) {
        answered(&s).await;
        published(&s);
        let api = api(&s, "trial").await;
        is_a_table(&api);
        let (kind, name, body) = download(&s, "/reports/trial/table.xlsx?lang=vi").await;
        assert_eq!(kind, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        assert_eq!(name, "attachment; filename=\"trial.xlsx\"");
        let mut book: Workbook = Xlsx::new(Cursor::new(body)).unwrap();
        assert_eq!(book.sheet_names(), ["Tổng quan", "Đơn vị", "Biểu đồ đơn vị", "Câu hỏi", "Toàn bộ số liệu", "Bảng mã", "Phương pháp"]);
        for name in book.sheet_names() {
            assert!(book.worksheet_formula(&name).unwrap().rows().flatten().all(String::is_empty), "{name} has no formulas");
        }

        let all = sheet(&mut book, "Toàn bộ số liệu");
        assert_eq!(all.len(), 1 + api.len());
        for row in &all[1..] {
            let key = (text(&row[0]), text(&row[1]));
            figures_are(row, 5, &api[&key]);
            assert!(key.0 != "X1" || (5..9).all(|c| text(&row[c]) == "chưa đủ mẫu"), "a suppressed figure is words in all its cells");
        }

        let overview = sheet(&mut book, "Tổng quan");
        assert_eq!(text(&overview[0][0]), "Đợt trial");
        let first = overview.iter().position(|r| text(&r[0]) == "Chỉ số").unwrap();
        let table = &overview[first + 1..];
        assert_eq!(table.iter().map(|r| text(&r[1])).collect::<Vec<_>>(), ["index", "part", "factor_a", "factor_b"]);
        for row in table {
            figures_are(row, 3, &api[&(String::new(), text(&row[1]))]);
            let (Data::Float(value), Data::Float(low), Data::Float(below)) = (&row[3], &row[4], &row[11]) else { panic!("{row:?}") };
            assert!((value - low - below).abs() < 1e-9, "charts draw the interval");
        }

        let units = sheet(&mut book, "Đơn vị");
        assert_eq!(units[1..].iter().map(|r| text(&r[1])).collect::<Vec<_>>(), ["W1", "W2", "X1"], "the highest first, suppressed ones last");
        for row in &units[1..] {
            figures_are(row, 3, &api[&(text(&row[1]), "index".into())]);
            let part = &api[&(text(&row[1]), "part".into())]["estimate"];
            assert_eq!(row[13].get_float().map_or(Value::Null, as_json), *part);
        }

        let items = sheet(&mut book, "Câu hỏi");
        assert_eq!(items[1..].iter().map(|r| (text(&r[0]), text(&r[1]), text(&r[2]))).collect::<Vec<_>>(), [
            ("Câu một".into(), "q1".into(), "Yếu tố A".into()),
            ("Câu hai".into(), "q2".into(), "Yếu tố B".into()),
        ]);
        for row in &items[1..] {
            figures_are(row, 3, &api[&(String::new(), text(&row[1]))]);
        }

        let method: BTreeMap<String, String> = sheet(&mut book, "Phương pháp")[1..].iter().map(|r| (text(&r[0]), text(&r[1]))).collect();
        assert_eq!(method["Số phiếu đã dùng"], "21");
        assert!(method["Luồng mẫu"].contains("open") && method["Dữ liệu đọc lúc"].ends_with("UTC") && method["Dấu vân tay của phiếu hỏi (SHA-256)"].len() == 64);
        assert!(!method.contains_key("Dấu vân tay của bộ số liệu"), "figures that still move have no fingerprint");
        assert_eq!(method["Loại dữ liệu"], "Câu trả lời thật");
        let codebook = sheet(&mut book, "Bảng mã");
        assert!(["index", "part", "factor_a", "factor_b", "q1", "q2"].iter().all(|code| codebook.iter().any(|r| text(&r[0]) == *code)));
    }
}

/// What is in the archive that a workbook is.
fn part_of(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut found = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut found).unwrap();
    found
}

on_both! {
    async fn charts_are_drawn_from_the_cells_and_a_spreadsheet_program_reads_all_of_it(s: Server) {
        answered(&s).await;
        published(&s);
        let (_, _, body) = download(&s, "/reports/trial/table.xlsx?lang=en").await;
        let units = part_of(&body, "xl/charts/chart2.xml");
        for range in ["Units!$A$2<", "Units!$D$2<", "Units!$L$2<", "Units!$M$2<"] {
            assert!(units.contains(range), "{range} is drawn, what is hidden or withheld is not: {units}");
        }
        let names = units.split("<c:catAx>").nth(1).unwrap().split("</c:catAx>").next().unwrap();
        assert!(names.contains("orientation val=\"maxMin\""), "the highest stands on top");
        let values = units.split("<c:valAx>").nth(1).unwrap();
        assert!(values.contains("c:min val=\"0\"") && values.contains("c:max val=\"100\""), "bars start at zero");
        assert!(part_of(&body, "xl/charts/chart1.xml").contains("Overview!$A$"));

        let api = api(&s, "trial").await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("table.xlsx");
        std::fs::write(&file, &body).unwrap();
        let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
        let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
        for to in [filter, "pdf"] {
            let done = std::process::Command::new("soffice")
                .args([&profile, "--headless", "--convert-to", to, "--outdir"])
                .args([folder.path(), &file])
                .output()
                .expect("soffice is not installed: run the tests with `make test`");
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        let printed = std::fs::read(folder.path().join("table.pdf")).unwrap();
        assert!(printed.starts_with(b"%PDF") && printed.len() > 10_000);
        let all = std::fs::read_to_string(folder.path().join("table-All figures.csv")).unwrap();
        let mut reader = csv::Reader::from_reader(all.as_bytes());
        let mut compared = 0;
        for row in reader.records().map(Result::unwrap) {
            let expected = &api[&(row[0].to_owned(), row[1].to_owned())];
            for (cell, statistic) in row.iter().skip(5).zip(["estimate", "ci_low", "ci_high", "se", "n_valid", "n", "deff"]) {
                match (expected[statistic].as_f64(), cell.parse::<f64>()) {
                    (Some(ours), Ok(theirs)) => assert!((ours - theirs).abs() <= 1e-13 * ours.abs(), "{statistic}: {row:?}"),
                    (None, Err(_)) => assert!(["too few forms", "not shown", "not computable"].contains(&cell), "{statistic}: {row:?}"),
                    other => panic!("{statistic}: {other:?} {row:?}"),
                }
            }
            compared += 1;
        }
        assert_eq!(compared, api.len());
    }
}

on_both! {
    async fn the_description_for_archives_tells_the_survey_and_the_file_of_its_responses(s: Server) {
        answered(&s).await;
        published(&s);
        let (kind, name, body) = download(&s, "/reports/trial/codebook.xml").await;
        assert_eq!((kind.as_str(), name.as_str()), ("application/xml", "attachment; filename=\"trial-codebook.xml\""));
        let body = String::from_utf8(body).unwrap();
        let document = roxmltree::Document::parse(&body).unwrap();
        let texts = |element: &str| -> Vec<String> {
            document.descendants().filter(|n| n.tag_name().name() == element).map(|n| n.text().unwrap_or("").to_owned()).collect()
        };
        assert_eq!(texts("titl"), ["Đợt trial", "Đợt trial"]);
        assert_eq!(texts("parTitl")[0], "Survey trial");
        assert_eq!(texts("caseQnty"), ["21"]);
        assert_eq!(texts("fileName"), ["trial.csv"]);
        assert_eq!(texts("collDate").len(), 2);
        assert!(texts("geogCover").contains(&"Phường Một (W1)".to_owned()) && texts("geogCover").len() == 6);
        assert!(texts("sampProc").iter().any(|t| t.starts_with("open: ")) && texts("sampProc").iter().any(|t| t.starts_with("sample: ")));
        assert!(texts("weight").iter().any(|t| t.contains("quyền số thiết kế")));
        assert_eq!(texts("dataKind"), ["survey data", "dữ liệu khảo sát"]);
        // The variables are the columns of the file.
        let file = String::from_utf8(csv_of(&s, &opened(&s, "trial"))).unwrap();
        let variables: Vec<&str> = document.descendants().filter(|n| n.tag_name().name() == "var").map(|n| n.attribute("name").unwrap()).collect();
        assert_eq!(variables.join(","), file.lines().next().unwrap());
    }
}

on_both! {
    async fn files_are_for_those_who_may_read_the_results(s: Server) {
        answered(&s).await;
        let files = ["table.csv", "table.xlsx", "table.parquet", "table.json", "codebook.xml"];
        for file in files {
            let path = format!("/reports/trial/{file}");
            let refused = s.get(&path).await;
            assert_eq!(refused.status(), StatusCode::SEE_OTHER, "{file}");
            assert_eq!(refused.headers()["location"], format!("/signin?next=/reports/trial/{file}"));
        }
        published(&s);
        for file in files {
            assert_eq!(s.get(&format!("/reports/trial/{file}")).await.status(), StatusCode::OK, "{file}");
            assert_eq!(s.get(&format!("/reports/nowhere/{file}")).await.status(), StatusCode::NOT_FOUND, "{file}");
        }
        for file in &files[..4] {
            assert_eq!(s.get(&format!("/reports/trial/{file}?stream=census")).await.status(), StatusCode::BAD_REQUEST, "{file}");
        }
        let (_, _, other) = download(&s, "/reports/trial/table.json?stream=sample").await;
        let cube: Value = serde_json::from_slice(&other).unwrap();
        assert_eq!(cube["extension"]["method"]["stream"], "sample");
        assert_eq!(cube["value"][4], 0, "nobody of the sample has answered");
        assert_eq!(cube["status"]["0"], "none_answered");
    }
}

on_both! {
    async fn a_fingerprint_of_frozen_figures_stands_in_every_format(s: Server) {
        answered(&s).await;
        let open = opened(&s, "trial");
        let prepared = prepare(&s.db, &Tables::default(), &open, Request { stream: None, level: 0.95 }).unwrap();
        let (cut, words) = (Utc::now().naive_utc(), Words::load(Language::Vi).unwrap());
        let mut figures = Figures::of(&open, &prepared, "0".repeat(64), cut, Language::Vi).unwrap();
        figures.hash = Some("f1a9".repeat(16));
        let hash = figures.hash.clone().unwrap();
        let cube: Value = serde_json::from_slice(&json_stat::bytes(&figures, &words).unwrap()).unwrap();
        assert_eq!(cube["extension"]["hash"], hash);
        assert_eq!(read_parquet(formats::parquet::bytes(&figures, &words).unwrap()).1["sipas.hash"], hash);
        let made = workbook::bytes(&figures, &words).unwrap();
        assert_eq!(made, workbook::bytes(&figures, &words).unwrap(), "the same figures give the same file");
        let mut book: Workbook = Xlsx::new(Cursor::new(made)).unwrap();
        assert!(sheet(&mut book, "Phương pháp").iter().any(|r| text(&r[0]) == "Dấu vân tay của bộ số liệu" && text(&r[1]) == hash));
    }
}

on_both! {
    async fn demonstrations_say_so_in_every_format(s: Server) {
        let file = "code: shown\ntitle: {vi: 'Trình diễn', en: 'Show'}\nquestionnaire: trial\nversion: '1'\nopens_on: 2026-01-01\ncloses_on: 2099-01-01\n\
                    units: {kinds: [ward]}\nstreams: [open]\nresults: live\n";
        let file = sipas::surveys::file::read(file).unwrap();
        s.db.write_now(|conn| sipas::surveys::create::create(conn, &file, true, Utc::now().naive_utc())).unwrap();
        take(&s.db, "shown", Step::Open);
        assert_eq!(s.submit("shown", &answer("5", "4")).await.0, StatusCode::CREATED);

        let (_, name, body) = download(&s, "/reports/shown/table.json?lang=en").await;
        let cube: Value = serde_json::from_slice(&body).unwrap();
        assert!(name.contains("shown-demonstration.json") && cube["label"].as_str().unwrap().contains("simulated"), "{name} {}", cube["label"]);
        assert_eq!(cube["extension"]["demonstration"], true);
        let (_, name, body) = download(&s, "/reports/shown/table.parquet").await;
        let (rows, about) = read_parquet(body);
        assert!(name.contains("demonstration") && about["sipas.demonstration"] == "yes");
        assert!(rows.iter().all(|r| r.get_column_iter().any(|(n, f)| n == "demonstration" && *f == Field::Str("yes".into()))));
        let (_, name, body) = download(&s, "/reports/shown/table.xlsx?lang=vi").await;
        let mut book: Workbook = Xlsx::new(Cursor::new(body)).unwrap();
        let warned = sheet(&mut book, "Tổng quan").iter().any(|r| text(&r[0]).starts_with("Dữ liệu minh hoạ"));
        assert!(name.contains("demonstration") && warned);
        let (_, name, body) = download(&s, "/reports/shown/codebook.xml").await;
        let body = String::from_utf8(body).unwrap();
        assert!(name.contains("demonstration") && body.contains("simulated data for demonstration") && body.contains("dữ liệu mô phỏng"));
        let (rows, about) = read_parquet(parquet_of(&s, &opened(&s, "shown")));
        assert!(about["sipas.demonstration"] == "yes" && rows.iter().all(|r| r.get_column_iter().any(|(n, f)| n == "demonstration" && *f == Field::Str("yes".into()))));
    }
}
