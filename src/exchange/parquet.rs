//! Tables as Parquet files: columns of texts, numbers, counts and days, written row group by row group with only one column in memory.
//!
//! Format: Apache Parquet, <https://parquet.apache.org/docs/file-format/>. The footer is what makes a file readable and is written last; a file
//! that was cut short has none and cannot be taken for a whole one.

use std::io::Write;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use crate::error::{Error, Result};

pub use parquet::data_type::ByteArray;

/// Rows handed to the library at once.
const BATCH: usize = 4_096;
/// The first of January 1970, from which days are counted, in days of the common era.
const EPOCH: i32 = 719_163;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 texts that hardly repeat.
    Text,
    /// UTF-8 texts of a small vocabulary, kept as a dictionary.
    Code,
    /// Floating-point numbers (DOUBLE).
    Number,
    /// Whole numbers (INT64).
    Count,
    /// Days (DATE).
    Day,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, unique within the table.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether a cell may be empty.
    pub optional: bool,
}

/// A file being written.
pub struct TableWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Column>,
}

fn fault(e: ParquetError) -> Error {
    match e {
        // A full disk is the caller's to mend, and said in the system's own words.
        ParquetError::External(e) => Error::Refused(format!("the file could not be written: {e}")),
        other => Error::Refused(format!("the file could not be written: {other}")),
    }
}

fn schema(columns: &[Column]) -> std::result::Result<TypePtr, ParquetError> {
    let field = |column: &Column| {
        let (physical, logical) = match column.kind {
            Kind::Text | Kind::Code => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Number => (Physical::DOUBLE, None),
            Kind::Count => (Physical::INT64, None),
            Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
        };
        let repetition = if column.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        Type::primitive_type_builder(&column.name, physical).with_logical_type(logical).with_repetition(repetition).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<std::result::Result<Vec<_>, _>>()?;
    Type::group_type_builder("table").with_fields(fields).build().map(Arc::new)
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a file with these columns.
    ///
    /// # Errors
    /// `Refused` when the output cannot be written.
    pub fn begin(output: W, columns: Vec<Column>) -> Result<Self> {
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("sipas ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true);
        for column in columns.iter().filter(|c| c.kind == Kind::Text) {
            properties = properties.set_column_dictionary_enabled(ColumnPath::new(vec![column.name.clone()]), false);
        }
        let schema = schema(&columns).map_err(fault)?;
        let writer = SerializedFileWriter::new(output, schema, Arc::new(properties.build())).map_err(fault)?;
        Ok(TableWriter { writer, columns })
    }

    /// Writes one row group: `fill` is called for each column in order and gives its cells from the first row to the last.
    ///
    /// # Errors
    /// Those of `fill`; `Refused` when the output cannot be written.
    pub fn rows(&mut self, mut fill: impl FnMut(usize, &mut Cells<'_>) -> Result<()>) -> Result<()> {
        let mut group = self.writer.next_row_group().map_err(fault)?;
        for (position, column) in self.columns.iter().enumerate() {
            let writer = group.next_column().map_err(fault)?.ok_or_else(|| Error::Internal("a column has no writer".to_owned()))?;
            let mut cells = Cells::new(column, writer);
            fill(position, &mut cells)?;
            cells.close()?;
        }
        group.close().map_err(fault)?;
        Ok(())
    }

    /// Ends the file with what it says about itself.
    ///
    /// # Errors
    /// `Refused` when the output cannot be written; the file is not readable then.
    pub fn end(mut self, about: &[(&str, String)]) -> Result<()> {
        for (key, value) in about {
            self.writer.append_key_value_metadata(KeyValue::new((*key).to_owned(), value.clone()));
        }
        self.writer.finish().map_err(fault)?;
        Ok(())
    }
}

/// The cells of one column in one row group.
pub struct Cells<'a> {
    column: &'a Column,
    writer: SerializedColumnWriter<'a>,
    /// 1 for a cell that is there, 0 for an empty one.
    levels: Vec<i16>,
    texts: Vec<ByteArray>,
    numbers: Vec<f64>,
    counts: Vec<i64>,
    days: Vec<i32>,
}

impl<'a> Cells<'a> {
    fn new(column: &'a Column, writer: SerializedColumnWriter<'a>) -> Self {
        let (levels, texts, numbers, counts, days) = (Vec::with_capacity(BATCH), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Cells { column, writer, levels, texts, numbers, counts, days }
    }

    /// Adds a text; for columns of texts and codes.
    ///
    /// # Errors
    /// `Internal` when the column holds something else or needs a cell; `Refused` when the output cannot be written.
    pub fn text(&mut self, text: Option<ByteArray>) -> Result<()> {
        self.admit(&[Kind::Text, Kind::Code], text.is_some())?;
        self.texts.extend(text);
        self.added()
    }

    /// Adds a number.
    ///
    /// # Errors
    /// As [`Cells::text`].
    pub fn number(&mut self, number: Option<f64>) -> Result<()> {
        self.admit(&[Kind::Number], number.is_some())?;
        self.numbers.extend(number);
        self.added()
    }

    /// Adds a whole number.
    ///
    /// # Errors
    /// As [`Cells::text`].
    pub fn count(&mut self, count: Option<i64>) -> Result<()> {
        self.admit(&[Kind::Count], count.is_some())?;
        self.counts.extend(count);
        self.added()
    }

    /// Adds a day.
    ///
    /// # Errors
    /// As [`Cells::text`].
    pub fn day(&mut self, day: Option<NaiveDate>) -> Result<()> {
        self.admit(&[Kind::Day], day.is_some())?;
        self.days.extend(day.map(|d| d.num_days_from_ce() - EPOCH));
        self.added()
    }

    fn admit(&mut self, kinds: &[Kind], given: bool) -> Result<()> {
        if !kinds.contains(&self.column.kind) || !(given || self.column.optional) {
            return Err(Error::Internal(format!("a cell does not fit the column {:?}", self.column)));
        }
        self.levels.push(i16::from(given));
        Ok(())
    }

    fn added(&mut self) -> Result<()> {
        if self.levels.len() < BATCH { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<()> {
        let levels = self.column.optional.then_some(self.levels.as_slice());
        let written = match self.column.kind {
            Kind::Text | Kind::Code => self.writer.typed::<ByteArrayType>().write_batch(&self.texts, levels, None),
            Kind::Number => self.writer.typed::<DoubleType>().write_batch(&self.numbers, levels, None),
            Kind::Count => self.writer.typed::<Int64Type>().write_batch(&self.counts, levels, None),
            Kind::Day => self.writer.typed::<Int32Type>().write_batch(&self.days, levels, None),
        };
        written.map_err(fault)?;
        self.levels.clear();
        self.texts.clear();
        self.numbers.clear();
        self.counts.clear();
        self.days.clear();
        Ok(())
    }

    fn close(mut self) -> Result<()> {
        self.flush()?;
        self.writer.close().map_err(fault)
    }
}
