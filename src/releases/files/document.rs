//! A release as an official document.

use chrono::{Datelike, NaiveDate};

use crate::config::Issuer;
use crate::documents::model::{Annex, Block, Column, Document, OfficialHead, Run, Table, TableRow};
use crate::error::Result;
use crate::releases::Content;
use crate::releases::public::pages::{Bar, FigureView, Maker, ReleaseView, UnitLine};
use crate::releases::public::plot::ENDS;
use crate::reports::printed::official::{self, heading, paragraph};
use crate::web::Language;
use crate::web::locale::Words;

/// A release about to be printed.
pub struct Printed<'a> {
    /// What was frozen.
    pub content: &'a Content,
    /// The same as its page shows it, with corrections and withdrawal.
    pub view: &'a ReleaseView,
    /// Day of publication by Vietnam's clock.
    pub published: NaiveDate,
    /// Who prints it.
    pub issuer: &'a Issuer,
    /// Language.
    pub language: Language,
    /// Words of the interface.
    pub words: &'a Words,
}

impl Printed<'_> {
    fn say(&self, key: &str) -> String {
        self.words.say(key, &[])
    }

    fn says(&self, key: &str, values: &[(&str, String)]) -> String {
        self.words.say(key, values)
    }

    /// The document.
    ///
    /// # Errors
    /// `Internal` when the chart cannot be drawn.
    pub fn document(&self) -> Result<Document> {
        let v = self.view;
        let mut body = self.notices();
        body.push(heading(1, self.say("results-print-1")));
        body.extend(self.overall().into_iter().map(paragraph));
        if !v.figures.kinds.is_empty() {
            let bars = v.figures.kinds.iter().map(|b| (b, 0, false));
            body.push(Block::Table(self.bars(self.say("results-kinds"), self.say("column-kind"), bars)));
        }
        body.push(heading(1, self.say("results-print-2")));
        let tree = v.figures.parts.iter().flat_map(|p| std::iter::once((&p.part, 0, true)).chain(p.factors.iter().map(|f| (f, 1, false))));
        body.push(Block::Table(self.bars(self.say("print-table-tree"), self.say("column-factor"), tree)));
        body.push(heading(1, self.say("results-print-3")));
        body.extend(self.units()?);
        body.push(heading(1, self.say("results-print-4")));
        body.push(Block::List(v.figures.method.iter().cloned().chain(v.figures.facts.iter().map(|(n, v)| format!("{n}: {v}."))).collect()));
        body.push(heading(1, self.say("results-print-5")));
        body.extend(self.proof());
        Ok(Document {
            language: self.language.code().to_owned(),
            head: self.head(),
            mark: official::mark(self.words, self.content.demonstration),
            body,
            signer: official::signer(self.words, self.issuer),
            recipients: self.recipients(),
            annexes: self.annexes(),
            foot: self.says("results-print-foot", &[("code", v.code.clone()), ("hash", v.hash.clone())]),
        })
    }

    /// The head of every report, with the code as its number and the day of publication.
    fn head(&self) -> OfficialHead {
        let place = if self.issuer.place.is_empty() { self.say("print-place") } else { self.issuer.place.clone() };
        let (day, month) = (self.published.day(), self.published.month());
        // As official documents write it: a zero before what could be turned into another day.
        let month = if month < 3 { format!("{month:02}") } else { month.to_string() };
        let values = [("place", place), ("day", format!("{day:02}")), ("month", month), ("year", self.published.year().to_string())];
        OfficialHead {
            number: self.says("results-print-number", &[("code", self.view.code.clone())]),
            place_and_date: self.says("results-print-place-and-date", &values),
            kind: self.say("results-print-kind"),
            ..official::head(self.words, self.issuer, self.says("print-about", &[("title", self.view.title.clone())]))
        }
    }

    /// Who gets it, as the settings say; nobody is addressed above, since it is for everybody.
    fn recipients(&self) -> Vec<String> {
        if self.issuer.recipients.is_empty() {
            return vec![self.say("print-recipient-file")];
        }
        official::recipients(self.words, self.issuer)
    }

    /// What nobody may overlook: withdrawn, corrected, corrects another.
    fn notices(&self) -> Vec<Block> {
        let v = self.view;
        let reason = |reason: &String| self.says("results-reason", &[("reason", reason.clone())]);
        let mut said = Vec::new();
        if let Some((day, why)) = &v.withdrawn {
            said.push((self.says("results-withdrawn", &[("day", day.clone())]), reason(why)));
        }
        if let Some((code, why)) = &v.corrected_by {
            said.push((format!("{} {code}.", self.say("results-corrected")), reason(why)));
        }
        if let Some((code, why)) = &v.corrects {
            said.push((format!("{} {code}.", self.say("results-corrects")), reason(why)));
        }
        let block = |(what, why): (String, String)| {
            Block::Paragraph(vec![
                Run { text: format!("{what} "), bold: true, italic: false },
                Run { text: why, bold: false, italic: false },
            ])
        };
        said.into_iter().map(block).collect()
    }

    fn overall(&self) -> Vec<String> {
        let (v, f) = (self.view, &self.view.figures);
        let values = [
            ("title", v.title.clone()),
            ("from", v.period.0.clone()),
            ("to", v.period.1.clone()),
            ("number", v.number.to_string()),
            ("day", v.published.clone()),
        ];
        let mut said = vec![self.says("results-print-survey", &values)];
        said.push(match &f.overall.interval {
            Some((low, high)) => {
                let values = [
                    ("name", f.overall_name.clone()),
                    ("value", f.overall.value.clone()),
                    ("level", f.confidence.clone()),
                    ("low", low.clone()),
                    ("high", high.clone()),
                    ("n", f.overall.n_valid.clone()),
                ];
                self.says("results-print-overall", &values)
            }
            None => format!("{}.", f.headline),
        });
        said.extend(f.overall.band.as_ref().map(|band| self.says("print-band", &[("band", band.clone())])));
        if f.not_probability {
            said.push(format!("{}. {}", self.say("results-not-probability"), self.say("results-not-probability-meaning")));
        }
        said
    }

    fn units(&self) -> Result<Vec<Block>> {
        let f = &self.view.figures;
        let shown = f.units.iter().filter(|u| u.overall.given).count();
        let counts = [("shown", shown.to_string()), ("all", f.units.len().to_string())];
        let mut blocks = vec![paragraph(self.says("print-units-shown", &counts))];
        let maker = Maker { content: self.content, hash: &self.view.hash, language: self.language, words: self.words };
        if let Some(drawing) = maker.drawing(false, Some(ENDS)) {
            blocks.push(Block::Figure(official::figure(&drawing)?));
        }
        blocks.extend(f.rank_note.clone().map(Block::Note));
        Ok(blocks)
    }

    fn proof(&self) -> Vec<Block> {
        let v = self.view;
        let address = format!("{}/results/{}", v.base, v.code);
        let said = |key: &str, values: &[(&str, String)]| paragraph(self.says(key, values));
        // Two lines of 32 characters: a cell is too narrow for one, and typesetters would break it each elsewhere.
        let halves = |digest: &str| digest.split_at_checked(32).map_or_else(|| digest.to_owned(), |(a, b)| format!("{a}\n{b}"));
        let row = |(name, digest): &(String, String)| TableRow { cells: vec![name.clone(), halves(digest)], indent: 0, strong: false };
        let digests = Table {
            caption: self.say("results-print-digests"),
            columns: vec![words(self.say("results-print-digest-of"), 2.0), words("SHA-256".to_owned(), 3.0)],
            rows: v.figures.digests.iter().map(row).collect(),
            note: None,
        };
        vec![
            said("results-print-proof", &[("code", v.code.clone()), ("address", address.clone())]),
            Block::Table(digests),
            said("results-print-proof-file", &[("address", format!("{address}.json"))]),
            said("results-print-proof-data", &[("code", v.code.clone())]),
        ]
    }

    fn annexes(&self) -> Vec<Annex> {
        let f = &self.view.figures;
        let about = self.says("results-print-annex-about", &[("code", self.view.code.clone())]);
        let annex =
            |key: &str, landscape: bool, blocks: Vec<Block>| Annex { title: self.say(key), about: about.clone(), landscape, blocks };
        let items = f.items.iter().map(|group| {
            let bars = group.items.iter().map(|b| (b, 0, false));
            Block::Table(self.bars(group.factor.clone(), self.say("results-item"), bars))
        });
        let mut all = Vec::new();
        if !f.units.is_empty() {
            all.push(annex("print-annex-units", f.part_names.len() > 2, vec![Block::Table(self.unit_table(&f.units))]));
        }
        all.push(annex("print-annex-items", false, items.collect()));
        all
    }

    fn range(&self, figure: &FigureView) -> String {
        let ends = |(low, high): &(String, String)| self.says("results-interval-ends", &[("low", low.clone()), ("high", high.clone())]);
        figure.interval.as_ref().map(ends).unwrap_or_default()
    }

    fn interval_head(&self) -> String {
        self.says("results-interval", &[("level", self.view.figures.confidence.clone())])
    }

    /// Named figures, a row each: how deep it is moved in, whether in bold.
    fn bars<'b>(&self, caption: String, first: String, bars: impl Iterator<Item = (&'b Bar, u8, bool)>) -> Table {
        let columns = vec![
            words(first, 4.8),
            numbers(self.say("results-value"), 1.5),
            numbers(self.interval_head(), 2.6),
            numbers(self.say("results-n-valid"), 1.3),
        ];
        let row = |(bar, indent, strong): (&Bar, u8, bool)| TableRow {
            cells: vec![bar.name.clone(), bar.figure.value.clone(), self.range(&bar.figure), bar.figure.n_valid.clone()],
            indent,
            strong,
        };
        Table { caption, columns, rows: bars.map(row).collect(), note: None }
    }

    fn unit_table(&self, lines: &[UnitLine]) -> Table {
        let ranked = self.view.figures.rank_note.is_some();
        let mut columns = vec![words(self.say("column-unit"), 3.1)];
        if ranked {
            columns.push(numbers(self.say("column-rank"), 1.2));
        }
        columns.extend([
            numbers(self.say("column-index"), 1.4),
            numbers(self.interval_head(), 2.9),
            numbers(self.say("results-n-valid"), 1.2),
        ]);
        columns.extend(self.view.figures.part_names.iter().map(|p| numbers(p.clone(), 1.7)));
        let row = |u: &UnitLine| {
            let mut cells = vec![u.name.clone()];
            if ranked {
                cells.push(u.rank.clone().unwrap_or_default());
            }
            cells.extend([u.overall.value.clone(), self.range(&u.overall), u.overall.n_valid.clone()]);
            cells.extend(u.parts.iter().map(|p| p.value.clone()));
            TableRow { cells, indent: 0, strong: false }
        };
        let note = self.view.figures.rank_note.clone();
        Table { caption: self.say("print-table-units"), columns, rows: lines.iter().map(row).collect(), note }
    }
}

fn words(head: String, share: f32) -> Column {
    Column { head, numeric: false, share }
}

fn numbers(head: String, share: f32) -> Column {
    Column { head, numeric: true, share }
}
