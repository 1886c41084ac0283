//! Reads GeoJSON strictly; every refusal says where.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{GeoError, Geography, MOST_AREAS, MOST_BYTES, MOST_POSITIONS, Position, Shape};

/// Most properties that a message names.
const MOST_NAMED: usize = 20;

type Rings = Vec<Vec<Position>>;

/// A place in the file.
#[derive(Clone, Copy)]
struct At<'p> {
    parent: Option<&'p At<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Name(&'p str),
    Index(usize),
}

impl<'p> At<'p> {
    fn name(&'p self, name: &'p str) -> At<'p> {
        At { parent: Some(self), step: Step::Name(name) }
    }

    fn index(&'p self, index: usize) -> At<'p> {
        At { parent: Some(self), step: Step::Index(index) }
    }

    fn path(&self) -> String {
        let before = self.parent.map(At::path).unwrap_or_default();
        match self.step {
            Step::Name(name) if before.is_empty() => name.to_owned(),
            Step::Name(name) => format!("{before}.{name}"),
            Step::Index(index) => format!("{before}[{index}]"),
        }
    }

    fn wrong<T>(&self, what: impl Into<String>) -> Result<T, GeoError> {
        self.wrong_as("structure", "", what)
    }

    fn wrong_as<T>(&self, kind: &'static str, found: &str, what: impl Into<String>) -> Result<T, GeoError> {
        let at = self.path();
        Err(GeoError { kind, found: found.to_owned(), at: if at.is_empty() { "the file".into() } else { at }, what: what.into() })
    }

    fn object<'v>(&self, value: &'v Value) -> Result<&'v Map<String, Value>, GeoError> {
        value.as_object().map_or_else(|| self.wrong(format!("an object is wanted here, not {}", kind(value))), Ok)
    }

    fn list<'v>(&self, value: &'v Value) -> Result<&'v [Value], GeoError> {
        value.as_array().map_or_else(|| self.wrong(format!("a list is wanted here, not {}", kind(value))), |l| Ok(l.as_slice()))
    }

    fn member<'v>(&self, object: &'v Map<String, Value>, name: &str) -> Result<&'v Value, GeoError> {
        object.get(name).map_or_else(|| self.wrong(format!("“{name}” is missing")), Ok)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// At most 40 characters of a text of the file, for messages.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

pub(super) fn geography(text: &str, code: &str) -> Result<Geography, GeoError> {
    let root = At { parent: None, step: Step::Name("") };
    if text.len() > MOST_BYTES {
        return root.wrong_as("size", "", format!("it has {} bytes, more than {MOST_BYTES}; simplify the shapes first", text.len()));
    }
    // The parser itself refuses anything nested deeper than 128 levels.
    let file: Value = match serde_json::from_str(text.trim_start_matches('\u{FEFF}')) {
        Ok(file) => file,
        Err(e) => return root.wrong_as("json", "", format!("no JSON that can be read: {e}")),
    };
    let file = root.object(&file)?;
    match root.member(file, "type")?.as_str() {
        Some("FeatureCollection") => {}
        Some(other) => {
            return root.name("type").wrong_as("type", &short(other), format!("“FeatureCollection” is wanted, not “{}”", short(other)));
        }
        None => return root.name("type").wrong_as("type", "", "“FeatureCollection” is wanted"),
    }
    if file.get("crs").is_some_and(|crs| !crs.is_null() && !crs.to_string().contains("CRS84") && !crs.to_string().contains("4326")) {
        return root.name("crs").wrong_as("crs", "", "another coordinate system; longitude and latitude (WGS 84) are wanted");
    }
    let at = root.name("features");
    let features = at.list(root.member(file, "features")?)?;
    if features.len() > MOST_AREAS {
        return at.wrong_as("areas", "", format!("{} areas, more than {MOST_AREAS}", features.len()));
    }
    let mut left = MOST_POSITIONS;
    let mut codes = BTreeSet::new();
    let mut shapes = Vec::with_capacity(features.len());
    for (i, feature) in features.iter().enumerate() {
        let at = at.index(i);
        let shape = area(&at, feature, code, &mut left)?;
        if !codes.insert(shape.code.clone()) {
            return at.name("properties").name(code).wrong_as(
                "twice",
                &short(&shape.code),
                format!("the code “{}” is used twice", short(&shape.code)),
            );
        }
        shapes.push(shape);
    }
    Ok(Geography { shapes })
}

fn area(at: &At, feature: &Value, code: &str, left: &mut usize) -> Result<Shape, GeoError> {
    let feature = at.object(feature)?;
    if at.member(feature, "type")?.as_str() != Some("Feature") {
        return at.name("type").wrong("“Feature” is wanted");
    }
    let properties = at.name("properties");
    let held = properties.object(at.member(feature, "properties")?)?;
    let Some(value) = held.get(code) else {
        let names: Vec<String> = held.keys().take(MOST_NAMED).map(|name| short(name)).collect();
        let names = names.join(", ");
        return properties.wrong_as("property", &names, format!("“{}” is missing; there are: {names}", short(code)));
    };
    let code = match value {
        Value::String(text) if !text.trim().is_empty() => text.trim().to_owned(),
        Value::Number(n) => {
            return properties.name(code).wrong_as(
                "code",
                &n.to_string(),
                format!("the code {n} is a number and may have lost zeros at its beginning; write it as text"),
            );
        }
        other => {
            return properties.name(code).wrong_as(
                "code",
                "",
                format!("a code is wanted as text, not {}", if other.is_string() { "an empty one" } else { kind(other) }),
            );
        }
    };
    let within = at.name("geometry");
    let geometry = within.object(at.member(feature, "geometry")?)?;
    let kind = within.member(geometry, "type")?.as_str().unwrap_or_default();
    let coordinates = within.member(geometry, "coordinates");
    let at = within.name("coordinates");
    let polygons = match kind {
        "Polygon" => vec![polygon(&at, coordinates?, left)?],
        "MultiPolygon" => {
            let list = at.list(coordinates?)?;
            list.iter().enumerate().map(|(i, p)| polygon(&at.index(i), p, left)).collect::<Result<_, _>>()?
        }
        other => {
            return within.name("type").wrong_as(
                "geometry",
                &short(other),
                format!("“Polygon” or “MultiPolygon” is wanted, not “{}”", short(other)),
            );
        }
    };
    if polygons.is_empty() {
        return at.wrong("the area has no polygon");
    }
    Ok(Shape { code, polygons })
}

fn polygon(at: &At, value: &Value, left: &mut usize) -> Result<Rings, GeoError> {
    let rings = at.list(value)?;
    if rings.is_empty() {
        return at.wrong("the polygon has no ring");
    }
    rings.iter().enumerate().map(|(i, r)| ring(&at.index(i), r, left)).collect()
}

fn ring(at: &At, value: &Value, left: &mut usize) -> Result<Vec<Position>, GeoError> {
    let list = at.list(value)?;
    if list.len() < 4 {
        return at.wrong_as("ring", "", format!("a ring has four positions at least, this has {}", list.len()));
    }
    *left = match left.checked_sub(list.len()) {
        Some(left) => left,
        None => return at.wrong_as("positions", "", format!("more than {MOST_POSITIONS} positions up to here; simplify the shapes first")),
    };
    let mut out = Vec::with_capacity(list.len());
    for (i, p) in list.iter().enumerate() {
        out.push(position(&at.index(i), p)?);
    }
    if out.first() != out.last() {
        return at.wrong_as("ring", "", "the ring is not closed: its last position must be its first");
    }
    out.pop();
    out.dedup();
    Ok(out)
}

fn position(at: &At, value: &Value) -> Result<Position, GeoError> {
    let numbers = at.list(value)?;
    let (lon, lat) = match numbers {
        [lon, lat] | [lon, lat, _] => (lon.as_f64(), lat.as_f64()),
        _ => return at.wrong_as("position", "", "a position is [longitude, latitude]"),
    };
    match (lon, lat) {
        (Some(lon), Some(lat)) if lon.abs() <= 180.0 && lat.abs() <= 90.0 => Ok((lon, lat)),
        (Some(lon), Some(lat)) => at.wrong_as(
            "position",
            &format!("[{lon}, {lat}]"),
            format!("[{lon}, {lat}] is no position in degrees: longitude, within ±180, comes first, then latitude, within ±90"),
        ),
        _ => at.wrong_as("position", "", "a position is [longitude, latitude] in numbers"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn square(code: &Value) -> Value {
        json!({"type": "Feature", "properties": {"ma": code}, "geometry": {"type": "Polygon", "coordinates": [[[105.0, 21.0], [105.1, 21.0], [105.1, 21.1], [105.0, 21.1], [105.0, 21.0]]]}})
    }

    fn read(file: &Value) -> Result<Geography, GeoError> {
        geography(&file.to_string(), "ma")
    }

    #[test]
    fn polygons_and_multipolygons_are_read_with_their_codes() {
        let mut many = square(&json!("00004"));
        let rings = many["geometry"]["coordinates"].clone();
        many["geometry"] = json!({"type": "MultiPolygon", "coordinates": [rings, rings]});
        let geography = read(&json!({"type": "FeatureCollection", "features": [square(&json!("00070")), many]})).unwrap();
        assert_eq!(geography.codes().collect::<Vec<_>>(), ["00070", "00004"]);
        assert_eq!(geography.positions(), 12);
        assert_eq!(geography.bounds(), Some((105.0, 21.0, 105.1, 21.1)));
    }

    #[test]
    fn every_refusal_says_where() {
        let good = json!({"type": "FeatureCollection", "features": [square(&json!("a")), square(&json!("b"))]});
        let bent = |path: &str, to: Value| {
            let mut file = good.clone();
            *file.pointer_mut(path).unwrap() = to;
            let e = read(&file).unwrap_err();
            format!("{}: {}", e.at, e.what)
        };
        let ring = "/features/1/geometry/coordinates/0";
        for (path, to, said) in [
            ("/type", json!("Topology"), "type: “FeatureCollection” is wanted, not “Topology”"),
            ("/features", json!({}), "features: a list is wanted here, not an object"),
            ("/features/1/type", json!("x"), "features[1].type: “Feature” is wanted"),
            ("/features/1/properties", json!(null), "features[1].properties: an object is wanted here, not null"),
            ("/features/1/properties/ma", json!("a"), "features[1].properties.ma: the code “a” is used twice"),
            ("/features/1/properties/ma", json!(70), "features[1].properties.ma: the code 70 is a number"),
            ("/features/1/geometry/type", json!("Point"), "features[1].geometry.type: “Polygon” or “MultiPolygon” is wanted, not “Point”"),
            (ring, json!([[1, 2], [1, 3], [1, 2]]), "features[1].geometry.coordinates[0]: a ring has four positions at least, this has 3"),
            (&format!("{ring}/4"), json!([0, 0]), "features[1].geometry.coordinates[0]: the ring is not closed"),
            (&format!("{ring}/2"), json!([21.0, 105.0]), "features[1].geometry.coordinates[0][2]: [21, 105] is no position in degrees"),
            (
                &format!("{ring}/2"),
                json!([21.0, "x"]),
                "features[1].geometry.coordinates[0][2]: a position is [longitude, latitude] in numbers",
            ),
            (&format!("{ring}/2"), json!([[[1]]]), "features[1].geometry.coordinates[0][2]: a position is [longitude, latitude]"),
        ] {
            let found = bent(path, to);
            assert!(found.starts_with(said), "{found}\n{said}");
        }
        let lacking = geography(&good.to_string(), "code").unwrap_err();
        assert_eq!((lacking.kind, lacking.found.as_str()), ("property", "ma"));
        assert!(lacking.to_string().ends_with("features[0].properties: “code” is missing; there are: ma"), "{lacking}");
        assert!(geography("{", "ma").unwrap_err().to_string().contains("no JSON that can be read"));
        assert!(geography(&"[".repeat(10_000), "ma").unwrap_err().what.contains("recursion"), "depth is bounded");
    }

    proptest! {
        #[test]
        fn no_text_stops_the_program(text in "\\PC{0,80}", at in 0usize..400, with in "[\\[\\]{},:0-9a-z\"-]{0,6}") {
            let _ = geography(&text, "ma");
            let mut file = json!({"type": "FeatureCollection", "features": [square(&json!("a"))]}).to_string();
            let at = at.min(file.len());
            file.replace_range(at..(at + 3).min(file.len()), &with);
            let _ = geography(&file, "ma");
        }
    }
}
