//! Values of a specification that may be written in more than one way: a column or a list, totals or a file, a value or a condition.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::spec::{Placed, Pps};

/// A map in the order it was written, every key once.
#[derive(Debug, Clone)]
pub struct Pairs<V>(pub Vec<(Placed, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Reader<V> {
            type Value = Pairs<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<V>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

/// Writes a type that is read as one of several kinds of YAML value.
macro_rules! either {
    ($name:ident, $expecting:literal, $schema:expr, { $($method:tt)* }) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;
                impl<'de> Visitor<'de> for Reader {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    $($method)*
                }
                deserializer.deserialize_any(Reader)
            }
        }
        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

/// Totals, or the file they stand in.
#[derive(Debug, Clone)]
pub enum TotalsOrFile {
    /// Value → total.
    Totals(Pairs<f64>),
    /// The file.
    File(String),
}

either!(
    TotalsOrFile,
    "totals (value: number) or the name of a CSV file",
    json_schema!({"anyOf": [{"type": "object", "additionalProperties": {"type": "number"}}, {"type": "string"}]}),
    {
        fn visit_str<E: serde::de::Error>(self, file: &str) -> Result<TotalsOrFile, E> {
            Ok(TotalsOrFile::File(file.to_owned()))
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TotalsOrFile, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(TotalsOrFile::Totals(Pairs(pairs)))
        }
    }
);

/// Numbers, or the file they stand in.
#[derive(Debug, Clone)]
pub enum ListOrFile {
    /// The numbers.
    List(Vec<f64>),
    /// The file.
    File(String),
}

either!(
    ListOrFile,
    "a list of numbers or the name of a CSV file",
    json_schema!({"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "string"}]}),
    {
        fn visit_str<E: serde::de::Error>(self, file: &str) -> Result<ListOrFile, E> {
            Ok(ListOrFile::File(file.to_owned()))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ListOrFile, A::Error> {
            let mut list = Vec::new();
            while let Some(number) = seq.next_element()? {
                list.push(number);
            }
            Ok(ListOrFile::List(list))
        }
    }
);

/// One column or several.
#[derive(Debug, Clone)]
pub struct OneOrMany(pub Vec<Spanned<String>>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        columns(deserializer).map(OneOrMany)
    }
}

impl JsonSchema for OneOrMany {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OneOrMany".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        List::json_schema(generator)
    }
}

/// Columns, of which a single one may stand without brackets.
pub(super) fn columns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Placed>, D::Error> {
    let found = stages(deserializer)?.into_iter().collect::<Option<Vec<_>>>();
    found.ok_or_else(|| D::Error::custom("found null where the name of a column is needed"))
}

/// The same where the key may be left out.
pub(super) fn some_columns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Placed>>, D::Error> {
    columns(deserializer).map(Some)
}

/// A column a stage, `null` for none.
pub(super) fn stages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<Placed>>, D::Error> {
    let read = Spanned::<List>::deserialize(deserializer)?;
    let place = |column: Placed| match column.referenced.line() {
        0 => Spanned { value: column.value, referenced: read.referenced, defined: read.defined },
        _ => column,
    };
    Ok(read.value.0.into_iter().map(|column| column.map(place)).collect())
}

#[derive(Debug)]
struct List(Vec<Option<Placed>>);

either!(
    List,
    "a column or a list of columns such as [a, b]",
    json_schema!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["string", "null"]}}]}),
    {
        fn visit_bool<E: serde::de::Error>(self, column: bool) -> Result<List, E> {
            self.visit_str(&column.to_string())
        }
        fn visit_i64<E: serde::de::Error>(self, column: i64) -> Result<List, E> {
            self.visit_str(&column.to_string())
        }
        fn visit_u64<E: serde::de::Error>(self, column: u64) -> Result<List, E> {
            self.visit_str(&column.to_string())
        }
        fn visit_str<E: serde::de::Error>(self, column: &str) -> Result<List, E> {
            Ok(List(vec![Some(Spanned { value: column.to_owned(), referenced: Location::UNKNOWN, defined: Location::UNKNOWN })]))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List, A::Error> {
            let mut columns = Vec::new();
            while let Some(column) = seq.next_element()? {
                columns.push(column);
            }
            Ok(List(columns))
        }
    }
);

/// What a proportion is of.
#[derive(Debug, Clone)]
pub enum ValueOrCondition {
    /// Rows with this value in this column.
    Value(Placed, Placed),
    /// Rows where the condition holds.
    Condition(String),
}

either!(
    ValueOrCondition,
    "{column: value} or a condition",
    json_schema!({"anyOf": [{"type": "object", "minProperties": 1, "maxProperties": 1}, {"type": "string"}]}),
    {
        fn visit_str<E: serde::de::Error>(self, condition: &str) -> Result<ValueOrCondition, E> {
            Ok(ValueOrCondition::Condition(condition.to_owned()))
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ValueOrCondition, A::Error> {
            let only = || A::Error::custom("a proportion is of one value of one column: write {column: value}");
            let (column, value) = map.next_entry()?.ok_or_else(only)?;
            if map.next_entry::<Placed, Placed>()?.is_some() {
                return Err(only());
            }
            Ok(ValueOrCondition::Value(column, value))
        }
    }
);

either!(
    Pps,
    "brewer, overton, hartley_rao, {hartley_rao_sum_p2: number} or {joint: file, variance: ht or yg}",
    json_schema!({"anyOf": [
        {"enum": ["brewer", "overton", "hartley_rao"]},
        {"type": "object", "properties": {"hartley_rao_sum_p2": {"type": "number"}}, "required": ["hartley_rao_sum_p2"], "additionalProperties": false},
        {"type": "object", "properties": {"joint": {"type": "string"}, "variance": {"enum": ["ht", "yg"]}}, "required": ["joint", "variance"], "additionalProperties": false}
    ]}),
    {
        fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Pps, E> {
            match name {
                "brewer" => Ok(Pps::Brewer),
                "overton" => Ok(Pps::Overton),
                "hartley_rao" => Ok(Pps::HartleyRao(None)),
                _ => Err(E::unknown_variant(
                    name,
                    &["brewer", "overton", "hartley_rao", "{hartley_rao_sum_p2: X}", "{joint: FILE, variance: ht or yg}"],
                )),
            }
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pps, A::Error> {
            let (mut sum, mut joint, mut variance) = (None, None, None);
            while let Some(key) = map.next_key::<String>()? {
                match key.as_str() {
                    "hartley_rao_sum_p2" => sum = Some(map.next_value()?),
                    "joint" => joint = Some(map.next_value()?),
                    "variance" => variance = Some(map.next_value()?),
                    _ => return Err(A::Error::unknown_field(&key, &["hartley_rao_sum_p2", "joint", "variance"])),
                }
            }
            match (sum, joint, variance) {
                (Some(sum), None, None) => Ok(Pps::HartleyRao(Some(sum))),
                (None, Some(joint), Some(variance)) => Ok(Pps::Joint { joint, variance }),
                _ => Err(A::Error::custom("write {hartley_rao_sum_p2: number}, or {joint: file, variance: ht or yg}")),
            }
        }
    }
);
