//! Writes shapes as GeoJSON that can be read again.

use serde_json::Value;

use super::{CODE, Geography, Position};

pub(super) fn text(geography: &Geography) -> String {
    let mut out = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    for (i, shape) in geography.shapes.iter().enumerate() {
        let polygons: Vec<String> = shape.polygons.iter().map(|p| list(p.iter().map(|ring| closed(ring)))).collect();
        out.push_str(&format!(
            "{}{{\"type\":\"Feature\",\"properties\":{{\"{CODE}\":{}}},\"geometry\":{{\"type\":\"MultiPolygon\",\"coordinates\":{}}}}}",
            if i == 0 { "\n" } else { ",\n" },
            Value::from(shape.code.as_str()),
            list(polygons.into_iter())
        ));
    }
    out + "\n]}\n"
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// A ring with its first position again at its end. One that has shrunk to fewer than three positions repeats its first until there are four, as the
/// reader wants.
fn closed(ring: &[Position]) -> String {
    let first = ring.first();
    let fill = 4_usize.saturating_sub(ring.len() + 1) + 1;
    list(ring.iter().chain(first.into_iter().cycle().take(fill)).map(|(x, y)| format!("[{},{}]", rounded(*x), rounded(*y))))
}

fn rounded(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_is_the_same_to_a_millionth_of_a_degree() {
        let ring = vec![(105.123_456_789, 21.0), (105.2, 21.000_000_4), (105.15, 21.1)];
        let line = vec![(105.0, 21.0), (105.1, 21.0)];
        let shapes = vec![
            Shape { code: "00\"070".into(), polygons: vec![vec![ring, line], vec![vec![(1.0, 1.0)]]] },
            Shape { code: "Xã <Ba>".into(), polygons: vec![vec![vec![(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0)]]] },
        ];
        let before = Geography { shapes };
        let after = Geography::read(&before.write(), CODE).unwrap();
        assert_eq!(after.codes().collect::<Vec<_>>(), ["00\"070", "Xã <Ba>"]);
        assert_eq!(after.shapes[0].polygons[0][0], [(105.123_457, 21.0), (105.2, 21.0), (105.15, 21.1)]);
        assert_eq!(after.shapes[1], before.shapes[1]);
        assert_eq!(Geography::read(&after.write(), CODE).unwrap(), after, "the second time nothing changes");
    }
}
