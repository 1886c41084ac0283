//! Tables of the Word file.

use docx_rs::{
    Paragraph, Shading, ShdType, Table, TableBorder, TableBorderPosition, TableCell, TableCellMargins, TableLayoutType, TableRow,
    VAlignType, WidthType,
};

use super::pieces::words;
use crate::documents::model::{self, Column};

/// Half points: the type of tables of many columns.
const SMALL: usize = 21;
/// From how many columns on the type is small.
const MANY: usize = 8;
/// One step in the tree, 4 mm in twips.
const STEP: i32 = 227;
/// Between the border and the words, in twips.
const INSET: usize = 62;

/// A table as wide as the room, in twips. `tree` is the column whose cells show how deep a row is. That the head repeats is said in `finish`, by its style.
pub(super) fn table(table: &model::Table, tree: Option<usize>, room: u32) -> Table {
    let widths = widths(&table.columns, room);
    let small = table.columns.len() >= MANY;
    let head = table.columns.iter().zip(&widths).map(|(column, width)| {
        let grey = Shading::new().shd_type(ShdType::Clear).color("auto").fill("E6E6E6");
        cell(*width).shading(grey).add_paragraph(written("TableHead", &column.head, small, true))
    });
    let mut rows = vec![TableRow::new(head.collect()).cant_split()];
    for row in &table.rows {
        let cells = row.cells.iter().zip(&table.columns).zip(&widths).enumerate().map(|(at, ((text, column), width))| {
            let paragraph = written(if column.numeric { "TableNumber" } else { "TableText" }, text, small, row.strong);
            let paragraph = match tree {
                Some(tree) if tree == at && row.indent > 0 => paragraph.indent(Some(STEP * i32::from(row.indent)), None, None, None),
                _ => paragraph,
            };
            cell(*width).add_paragraph(paragraph)
        });
        rows.push(TableRow::new(cells.collect()).cant_split());
    }
    let margins = TableCellMargins::new().margin_left(INSET, WidthType::Dxa).margin_right(INSET, WidthType::Dxa);
    let plain =
        Table::new(rows).layout(TableLayoutType::Fixed).width(widths.iter().sum(), WidthType::Dxa).set_grid(widths).margins(margins);
    use TableBorderPosition::{Bottom, InsideH, InsideV, Left, Right, Top};
    [Top, Left, Bottom, Right, InsideH, InsideV].into_iter().fold(plain, |table, side| table.set_border(TableBorder::new(side).size(4)))
}

/// Two cells side by side without borders: head and closing of the document. Widths in twips.
pub(super) fn pair(rows: Vec<[Vec<Paragraph>; 2]>, widths: [usize; 2]) -> Table {
    let row = |cells: [Vec<Paragraph>; 2]| {
        let cells = cells.into_iter().zip(widths).map(|(paragraphs, width)| {
            paragraphs.into_iter().fold(TableCell::new().width(width, WidthType::Dxa), TableCell::add_paragraph)
        });
        TableRow::new(cells.collect()).cant_split()
    };
    let margins = TableCellMargins::new().margin_left(0, WidthType::Dxa).margin_right(0, WidthType::Dxa);
    let table = Table::without_borders(rows.into_iter().map(row).collect()).layout(TableLayoutType::Fixed).set_grid(widths.into());
    table.width(widths.iter().sum(), WidthType::Dxa).margins(margins)
}

fn cell(width: usize) -> TableCell {
    TableCell::new().width(width, WidthType::Dxa).vertical_align(VAlignType::Center)
}

fn written(style: &str, text: &str, small: bool, strong: bool) -> Paragraph {
    let paragraph = Paragraph::new().style(style);
    if text.is_empty() {
        return paragraph;
    }
    let run = words(text);
    let run = if small { run.size(SMALL) } else { run };
    paragraph.add_run(if strong { run.bold() } else { run })
}

/// Widths in whole twips that add up to the room.
fn widths(columns: &[Column], room: u32) -> Vec<usize> {
    let whole: f64 = columns.iter().map(|column| f64::from(column.share)).sum();
    let mut edge = 0.0;
    let mut used = 0;
    columns
        .iter()
        .map(|column| {
            edge += f64::from(column.share) / whole * f64::from(room);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the width of a page")]
            let right = edge.round() as usize;
            let width = right - used;
            used = right;
            width
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_share_the_whole_room() {
        let columns: Vec<Column> = [1.0, 1.0, 1.0].map(|share| Column { share, ..Column::default() }).into();
        assert_eq!(widths(&columns, 100), [33, 34, 33]);
    }
}
