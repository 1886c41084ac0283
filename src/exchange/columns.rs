//! The columns of an exported data file that stand before the answers.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A text of at most this many characters.
    Text(u16),
    /// A weight, empty when there is none.
    Weight,
    /// A day.
    Day,
    /// `yes` or `no`.
    YesNo,
}

/// Name and content of each column, in the order of the CSV export; their labels are the words `column-data-<name>`.
pub const COLUMNS: [(&str, Content); 11] = [
    ("id", Content::Text(36)),
    ("unit", Content::Text(100)),
    ("place", Content::Text(100)),
    ("stream", Content::Text(20)),
    ("stratum", Content::Text(200)),
    ("psu", Content::Text(200)),
    ("weight", Content::Weight),
    ("mode", Content::Text(20)),
    ("language", Content::Text(20)),
    ("submitted_on", Content::Day),
    ("demonstration", Content::YesNo),
];
