//! Limits that have a key of their own in our files and are part of `constraint` in XLSForm.
//!
//! The export writes them behind the question's own constraint; the import takes exactly that ending off again. If somebody has
//! changed it in a spreadsheet, the cell is no longer such an ending and is taken as a whole.

use crate::questionnaires::format::{Question, QuestionType};

/// The limits of a question as a condition on `.`; `exclusive` are codes of options that stand alone.
pub(super) fn limits(q: &Question, exclusive: &[String]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    match q.kind {
        QuestionType::Number => {
            parts.extend(q.min.map(|min| format!(". >= {min}")));
            parts.extend(q.max.map(|max| format!(". <= {max}")));
        }
        QuestionType::Text => parts.extend(q.max_length.map(|most| format!("string-length(.) <= {most}"))),
        QuestionType::Date => {
            let day = |written: &str| if written == "today" { "today()".to_owned() } else { format!("date('{written}')") };
            parts.extend(q.earliest.as_ref().map(|d| format!(". >= {}", day(&d.value))));
            parts.extend(q.latest.as_ref().map(|d| format!(". <= {}", day(&d.value))));
        }
        QuestionType::Multiple => {
            parts.extend(q.min_selected.map(|least| format!("count-selected(.) >= {least}")));
            parts.extend(q.max_selected.map(|most| format!("count-selected(.) <= {most}")));
            parts.extend(exclusive.iter().map(|code| format!("not(selected(., '{code}') and count-selected(.) > 1)")));
        }
        _ => {}
    }
    (!parts.is_empty()).then(|| parts.join(" and "))
}

/// What other tools say when only a limit is broken.
pub(super) fn message(language: &str) -> &'static str {
    match language {
        "vi" => "Câu trả lời nằm ngoài giới hạn cho phép; xin Ông/Bà kiểm tra lại.",
        _ => "The answer is outside the limits; please check it.",
    }
}

/// The question's own constraint and its limits in one cell.
pub(super) fn joined(own: Option<&str>, limits: Option<&str>) -> Option<String> {
    match (own, limits) {
        (Some(own), Some(limits)) => Some(format!("({own}) and {limits}")),
        (one, None) | (None, one) => one.map(str::to_owned),
    }
}

/// The question's own constraint in a cell that [`joined`] wrote.
pub(super) fn own(cell: &str, limits: Option<&str>) -> Option<String> {
    let Some(limits) = limits else { return Some(cell.to_owned()) };
    if cell == limits {
        return None;
    }
    let inner = cell.strip_suffix(limits).and_then(|c| c.strip_suffix(") and ")).and_then(|c| c.strip_prefix('('));
    Some(inner.unwrap_or(cell).to_owned())
}
