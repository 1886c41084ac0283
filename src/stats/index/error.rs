//! What does not fit together in an index.

/// Why an index was refused. Rows, items, measures and domains are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum IndexError {
    /// An item has another number of answers than the design has rows.
    #[error("item {item} has {found} answers for {rows} rows; give one code a row, also for missing answers")]
    ItemLength {
        /// The item.
        item: usize,
        /// Rows of the design.
        rows: usize,
        /// Answers found.
        found: usize,
    },
    /// The domain column has another length.
    #[error("the domain column has {found} entries for {rows} rows; give one a row")]
    DomainLength {
        /// Rows of the design.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// A domain number that is not below their count.
    #[error("row {row} is in domain {domain}, but there are {count}; number them from 0, or use NO_DOMAIN")]
    Domain {
        /// First row concerned.
        row: usize,
        /// Its domain.
        domain: u32,
        /// Number of domains.
        count: u32,
    },
    /// A measure of nothing.
    #[error("measure {measure} has no items; name at least one")]
    EmptyMeasure {
        /// The measure.
        measure: usize,
    },
    /// A measure of an item that is not there.
    #[error("measure {measure} uses item {item}, but there are {items} items; items count from 0")]
    NoItem {
        /// The measure.
        measure: usize,
        /// The item.
        item: usize,
        /// Number of items.
        items: usize,
    },
    /// An item twice in a measure.
    #[error("measure {measure} uses item {item} twice; name it once, with the sum of its coefficients")]
    ItemTwice {
        /// The measure.
        measure: usize,
        /// The item.
        item: usize,
    },
    /// A coefficient that is not finite.
    #[error("measure {measure} gives item {item} the coefficient {value}; coefficients must be finite")]
    Coefficient {
        /// The measure.
        measure: usize,
        /// The item.
        item: usize,
        /// Its coefficient.
        value: f64,
    },
    /// The post-stratification belongs to other rows.
    #[error("the post-stratification has {found} rows, the design {rows}; both must describe the same rows")]
    CellLength {
        /// Rows of the design.
        rows: usize,
        /// Rows of the post-stratification.
        found: usize,
    },
    /// A calibration without margins.
    #[error("the calibration has no margins; give at least one")]
    NoMargins,
    /// A margin has another length than the base weights, or these than the design.
    #[error("margin {margin} has {found} entries for {rows} rows; give one cell a row")]
    MarginLength {
        /// The margin.
        margin: usize,
        /// Rows expected.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// A row in a cell that its margin does not have.
    #[error("row {row} is in cell {cell} of margin {margin}, which has {count}; number cells from 0")]
    MarginCell {
        /// The margin.
        margin: usize,
        /// First row concerned.
        row: usize,
        /// Its cell.
        cell: u32,
        /// Cells of the margin.
        count: u32,
    },
    /// A base weight that is not a positive, finite number.
    #[error("row {row} has base weight {value}; base weights must be finite and above zero")]
    BaseWeight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A covariance was asked for a measure that is not there.
    #[error("there is no measure {measure}, only {count}; measures count from 0")]
    NoMeasure {
        /// The measure.
        measure: usize,
        /// Number of measures.
        count: usize,
    },
}

/// Why a portion was refused. Rows are counted from 0 within the portion.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StreamError {
    /// A column of another length, or another number of items.
    #[error("the {column} column has {found} entries where {expected} are needed; give one a row, and a column an item")]
    Length {
        /// Which column.
        column: &'static str,
        /// Entries needed.
        expected: usize,
        /// Entries found.
        found: usize,
    },
    /// A weight that is not a positive, finite number.
    #[error("row {row} has weight {value}; weights must be finite and above zero, leave out rows that stand for nobody")]
    Weight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A domain number that is not below their count.
    #[error("row {row} is in domain {domain}, but there are {count}; number them from 0, or use NO_DOMAIN")]
    Domain {
        /// First row concerned.
        row: usize,
        /// Its domain.
        domain: u32,
        /// Number of domains.
        count: u32,
    },
    /// One PSU lies in two strata.
    #[error("PSU {psu} is in stratum {first} and in stratum {second}; a PSU belongs to one stratum")]
    PsuInTwoStrata {
        /// The PSU.
        psu: u32,
        /// Stratum seen first.
        first: u32,
        /// The other stratum.
        second: u32,
    },
    /// Portions, or parts to be merged, of different kinds.
    #[error("some rows come with PSUs and some without, or parts have other measures; give every portion the same columns")]
    Mixed,
    /// No row at all.
    #[error("there are no rows; give at least one")]
    NoRows,
}
