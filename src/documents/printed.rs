//! A document as it is printed: numbered, with the words that the layout adds. PDF and Word are made from this, so they say the same.

use serde::Serialize;

use super::model::{Annex, Block, Document, Figure, OfficialHead, Run, Signer, Table};
use crate::error::{Error, Result};
use crate::web::locale::{Language, Words};

/// A document, ready to be set.
#[derive(Debug, Serialize)]
pub(super) struct Printed<'a> {
    pub(super) language: &'a str,
    /// For the file's properties: kind and subject.
    pub(super) title: String,
    pub(super) words: Frame,
    pub(super) head: &'a OfficialHead,
    pub(super) mark: Option<&'a str>,
    pub(super) body: Vec<Item<'a>>,
    pub(super) signer: &'a Signer,
    /// With dash and punctuation.
    pub(super) recipients: Vec<String>,
    pub(super) annexes: Vec<PrintedAnnex<'a>>,
    pub(super) foot: &'a str,
}

/// Words that stand in every official document.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    pub(super) country: String,
    pub(super) motto: String,
    pub(super) recipients: String,
}

/// An annex with its label.
#[derive(Debug, Serialize)]
pub(super) struct PrintedAnnex<'a> {
    /// "Phụ lục II".
    pub(super) label: String,
    pub(super) title: String,
    pub(super) about: &'a str,
    pub(super) landscape: bool,
    pub(super) body: Vec<Item<'a>>,
}

/// A block with its label.
#[derive(Debug, Serialize)]
#[serde(tag = "block", rename_all = "lowercase")]
pub(super) enum Item<'a> {
    Heading { level: u8, text: &'a str },
    Paragraph { runs: &'a [Run] },
    List { items: &'a [String] },
    Table { label: Label, tree: Option<usize>, table: &'a Table },
    Figure { label: Label, figure: &'a Figure, source: Option<String> },
    Note { text: &'a str },
    PageBreak,
}

/// "Bảng 3": kept apart, because Word counts for itself when somebody adds a table.
#[derive(Debug, Serialize)]
pub(super) struct Label {
    pub(super) word: String,
    pub(super) number: u32,
}

impl<'a> Printed<'a> {
    pub(super) fn of(document: &'a Document) -> Result<Printed<'a>> {
        let words = words(&document.language)?;
        let mut counter = Counter { words: &words, tables: 0, figures: 0 };
        let several = document.annexes.len() > 1;
        let body = counter.items(&document.body);
        let annexes = document.annexes.iter().zip(1..).map(|(annex, number)| counter.annex(annex, several.then_some(number))).collect();
        Ok(Printed {
            language: &document.language,
            title: format!("{} – {}", document.head.kind, document.head.about.replace('\n', " ")),
            words: Frame {
                country: words.say("doc-country", &[]),
                motto: words.say("doc-motto", &[]),
                recipients: words.say("doc-recipients", &[]),
            },
            head: &document.head,
            mark: document.mark.as_deref(),
            body,
            signer: &document.signer,
            recipients: recipients(&document.recipients),
            annexes,
            foot: &document.foot,
        })
    }
}

/// The words of a language that [`Document::check`] has found to be one.
pub(super) fn words(language: &str) -> Result<Words> {
    let language = Language::from_code(language).ok_or_else(|| Error::Internal(format!("documents have no language {language:?}")))?;
    Words::load(language)
}

/// Numbers tables and figures through the whole document.
struct Counter<'w> {
    words: &'w Words,
    tables: u32,
    figures: u32,
}

impl Counter<'_> {
    fn items<'a>(&mut self, blocks: &'a [Block]) -> Vec<Item<'a>> {
        blocks.iter().map(|block| self.item(block)).collect()
    }

    fn item<'a>(&mut self, block: &'a Block) -> Item<'a> {
        match block {
            Block::Heading { level, text } => Item::Heading { level: *level, text },
            Block::Paragraph(runs) => Item::Paragraph { runs },
            Block::List(items) => Item::List { items },
            Block::Table(table) => {
                self.tables += 1;
                Item::Table { label: self.label("doc-table", self.tables), tree: table.tree_column(), table }
            }
            Block::Figure(figure) => {
                self.figures += 1;
                let source = figure.source.as_ref().map(|source| self.words.say("doc-source", &[("source", source.clone())]));
                Item::Figure { label: self.label("doc-figure", self.figures), figure, source }
            }
            Block::Note(text) => Item::Note { text },
            Block::PageBreak => Item::PageBreak,
        }
    }

    fn label(&self, key: &str, number: u32) -> Label {
        Label { word: self.words.say(key, &[]), number }
    }

    /// Annexes are numbered when there are several (Nghị định 30/2020, Phụ lục I).
    fn annex<'a>(&mut self, annex: &'a Annex, number: Option<u32>) -> PrintedAnnex<'a> {
        let word = self.words.say("doc-annex", &[]);
        PrintedAnnex {
            label: number.map_or_else(|| word.clone(), |number| format!("{word} {}", roman(number))),
            title: annex.title.to_uppercase(),
            about: &annex.about,
            landscape: annex.landscape,
            body: self.items(&annex.blocks),
        }
    }
}

/// Each with its dash; a semicolon after each but the last, which ends with a full stop.
fn recipients(all: &[String]) -> Vec<String> {
    let last = all.len().saturating_sub(1);
    all.iter().enumerate().map(|(at, text)| format!("- {text}{}", if at == last { "." } else { ";" })).collect()
}

/// A number of Rome, as annexes are counted.
fn roman(mut number: u32) -> String {
    const SIGNS: [(u32, &str); 9] = [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut out = String::new();
    for (value, sign) in SIGNS {
        while number >= value {
            out.push_str(sign);
            number -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annexes_are_counted_in_roman_numbers() {
        let all: Vec<_> = [1, 4, 9, 14, 40, 99, 126].map(roman).into();
        assert_eq!(all, ["I", "IV", "IX", "XIV", "XL", "XCIX", "CXXVI"]);
    }

    #[test]
    fn recipients_end_as_official_lists_do() {
        assert_eq!(recipients(&["Như trên".into(), "Lưu: VT".into()]), ["- Như trên;", "- Lưu: VT."]);
        assert!(recipients(&[]).is_empty());
    }
}
