//! What the description for archives says about a survey.

use crate::exchange::ddi::Study;
use crate::questionnaires::model::Text;
use crate::surveys::Open;
use crate::web::Language;
use crate::web::locale::Words;

/// The survey in the languages of the interface; `cases` is how many responses it has.
pub fn of<'w>(open: &Open, cases: i64, words: impl Fn(Language) -> &'w Words) -> Study {
    let survey = &open.survey;
    let in_both = |say: &dyn Fn(Language) -> String| Text(Language::ALL.iter().map(|l| (l.code().to_owned(), say(*l))).collect());
    let said = |key: &str| in_both(&|l| words(l).say(key, &[]));
    let units = open.frame.units.values();
    let kind = if survey.demonstration { "file-ddi-kind-demonstration" } else { "file-ddi-kind" };
    let summary = |l: Language| {
        let values = [("questionnaire", survey.questionnaire.clone()), ("version", survey.version.clone())];
        words(l).say("file-ddi-abstract", &values)
    };
    let threshold = u64::try_from(survey.threshold).unwrap_or(0);
    Study {
        code: survey.code.clone(),
        title: in_both(&|l| survey.title(l.code()).to_owned()),
        summary: in_both(&summary),
        period: (survey.opens_on, survey.closes_on),
        series: survey.series.clone(),
        units: units.clone().map(|u| (u.code.clone(), in_both(&|l| u.name(l.code()).to_owned()))).collect(),
        geography: said("file-ddi-geography"),
        unit_of_analysis: said("file-ddi-unit-of-analysis"),
        universe: in_both(&|l| words(l).say("file-ddi-universe", &[("n", units.len().to_string())])),
        kind: said(kind),
        sampling: survey.streams().iter().map(|s| in_both(&|l| sampling(words(l), s.as_str()))).collect(),
        weighting: said(&format!("file-ddi-weight-{}", survey.weighting)),
        notes: vec![in_both(&|l| words(l).say("file-ddi-threshold", &[("n", l.count(threshold))]))],
        cases: (u64::try_from(cases).unwrap_or(0), said("file-ddi-cases")),
        demonstration: survey.demonstration,
    }
}

/// A stream and how its respondents came in.
fn sampling(words: &Words, stream: &str) -> String {
    format!("{stream}: {}", words.say(&format!("method-stream-{stream}"), &[]))
}
