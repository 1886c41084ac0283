//! The `type` column: what kind of row it is.

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Integer,
    Decimal,
    Range,
    Date,
    Note,
    Calculate,
    Hidden,
    Acknowledge,
    Select {
        list: String,
        several: bool,
        other: bool,
    },
    Rank {
        list: String,
    },
    Begin,
    End,
    /// Recorded by the collecting device and left out here: what is done instead.
    Left(&'static str),
    /// Nothing like it exists here: what to do instead.
    Refused(&'static str),
}

const LEFT: &[(&[&str], &str)] = &[
    (&["start", "end", "time_start", "starttime", "endtime"], "the time of every answer is recorded anyway, to the minute"),
    (&["today"], "the day of every answer is recorded anyway; today() in expressions is kept"),
    (
        &["deviceid", "device_id", "imei", "subscriberid", "simserial", "phonenumber", "username", "email", "start-geopoint"],
        "it would point at a person: no device, number or place is recorded of who answers",
    ),
    (&["audit", "background-audio", "background-geopoint"], "how a person fills in the form is not watched"),
];

const REFUSED: &[(&[&str], &str)] = &[
    (
        &["begin_repeat", "end_repeat", "begin_lgroup", "end_lgroup", "begin_looped_group", "end_looped_group", "begin_loop", "end_loop"],
        "ask about one thing a form; let each member answer a form of its own, or ask for the number with an integer",
    ),
    (
        &["geopoint", "geotrace", "geoshape", "gps", "location", "osm"],
        "leave the question out: the place of service is known from the address of the form",
    ),
    (
        &[
            "image",
            "photo",
            "audio",
            "video",
            "file",
            "add_image_prompt",
            "add_photo_prompt",
            "add_audio_prompt",
            "add_video_prompt",
            "add_file_prompt",
        ],
        "leave the question out: forms take no attachments",
    ),
    (&["barcode"], "use a text question"),
    (&["time", "datetime", "date_time"], "use date for the day, and a text or a select for the hour"),
    (
        &[
            "xml-external",
            "csv-external",
            "entity",
            "select_one_external",
            "select_one_from_file",
            "select_multiple_from_file",
            "rank_from_file",
        ],
        "write the options on the sheet choices",
    ),
    (&["cascading_select"], "write the lists on the sheet choices and use choice_filter"),
];

/// Reads the cell; none when no such type is known.
pub(super) fn parse(cell: &str) -> Option<Type> {
    let words: Vec<&str> = cell.split_whitespace().collect();
    let joined = words.join("_").to_lowercase();
    if let Some(select) = select(&words) {
        return Some(select);
    }
    Some(match joined.as_str() {
        "text" | "string" | "q_string" | "add_text_prompt" | "phone_number" | "q_phone_number" => Type::Text,
        "integer" | "int" | "q_int" | "add_integer_prompt" => Type::Integer,
        "decimal" | "q_decimal" | "add_decimal_prompt" => Type::Decimal,
        "range" => Type::Range,
        "date" | "q_date" | "add_date_prompt" => Type::Date,
        "note" | "add_note_prompt" | "q_note" => Type::Note,
        "calculate" | "calculation" => Type::Calculate,
        "hidden" => Type::Hidden,
        "acknowledge" | "trigger" | "q_acknowledge" | "add_acknowledge_prompt" => Type::Acknowledge,
        "begin_group" => Type::Begin,
        "end_group" => Type::End,
        other if other.starts_with("uri:") => {
            Type::Left("it would point at a person: no device, number or place is recorded of who answers")
        }
        other => {
            let within = |(names, why): &(&[&str], &'static str)| names.contains(&other).then_some(*why);
            let left = LEFT.iter().find_map(within).map(Type::Left);
            left.or_else(|| REFUSED.iter().find_map(within).map(Type::Refused))?
        }
    })
}

/// `select_one list`, `select all that apply from list or specify other` and their like.
fn select(words: &[&str]) -> Option<Type> {
    const BEGINNINGS: &[(&str, Kind)] = &[
        ("select_one_external", Kind::Elsewhere),
        ("select_one_from_file", Kind::Elsewhere),
        ("select_multiple_from_file", Kind::Elsewhere),
        ("select one from file", Kind::Elsewhere),
        ("select multiple from file", Kind::Elsewhere),
        ("cascading_select", Kind::Elsewhere),
        ("cascading select", Kind::Elsewhere),
        ("osm", Kind::Place),
        ("add select one prompt using", Kind::One),
        ("add select multiple prompt using", Kind::Several),
        ("select all that apply from", Kind::Several),
        ("select all that apply", Kind::Several),
        ("select one from", Kind::One),
        ("select one", Kind::One),
        ("select multiple from", Kind::Several),
        ("select multiple", Kind::Several),
        ("select_one", Kind::One),
        ("select1", Kind::One),
        ("select_multiple", Kind::Several),
        ("rank", Kind::Rank),
    ];
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    let begins = |phrase: &str| phrase.split(' ').zip(&lower).filter(|(a, b)| a == b).count() == phrase.split(' ').count();
    let (phrase, kind) = BEGINNINGS.iter().find(|(phrase, _)| begins(phrase))?;
    let mut rest = words.get(phrase.split(' ').count()..)?.to_vec();
    let end = lower.get(phrase.split(' ').count()..)?.join(" ");
    let other = [" or_other", " or other", " or specify other", " or_specify_other"].iter().find(|e| end.ends_with(**e));
    if let Some(ending) = other {
        rest.truncate(rest.len().saturating_sub(ending.split_whitespace().count()));
    }
    let list = rest.join(" ");
    match kind {
        Kind::Elsewhere => {
            Some(Type::Refused("write the options on the sheet choices, and use choice_filter where they depend on an answer"))
        }
        Kind::Place => Some(Type::Refused("leave the question out: the place of service is known from the address of the form")),
        _ if list.is_empty() => None,
        Kind::One => Some(Type::Select { list, several: false, other: other.is_some() }),
        Kind::Several => Some(Type::Select { list, several: true, other: other.is_some() }),
        Kind::Rank => Some(Type::Rank { list }),
    }
}

enum Kind {
    One,
    Several,
    Rank,
    Elsewhere,
    Place,
}
