//! Where labels of points go, so that they cover neither each other nor a point and stay inside.

/// A rectangle: left, top, right, bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Box4 {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Box4 {
    pub(super) fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        Box4 { left, top, right: left + width, bottom: top + height }
    }

    /// The square around a point.
    pub(super) fn around(x: f64, y: f64, radius: f64) -> Self {
        Box4::new(x - radius, y - radius, 2.0 * radius, 2.0 * radius)
    }

    pub(super) fn meets(&self, other: &Box4) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    pub(super) fn within(&self, other: &Box4) -> bool {
        self.left >= other.left && self.right <= other.right && self.top >= other.top && self.bottom <= other.bottom
    }

    /// The point of the rectangle that is nearest to this one.
    pub(super) fn nearest(&self, x: f64, y: f64) -> (f64, f64) {
        (x.clamp(self.left, self.right), y.clamp(self.top, self.bottom))
    }
}

/// A label that found its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placed {
    pub(super) at: Box4,
    /// Whether it is so far from its point that a line has to lead there.
    pub(super) far: bool,
}

/// Room with what is taken of it.
#[derive(Debug, Clone)]
pub(super) struct Room {
    inside: Box4,
    taken: Vec<Box4>,
}

/// Eight directions in the order in which they read best.
const SIDES: [(f64, f64); 8] = [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (-1.0, 1.0)];

impl Room {
    pub(super) fn new(inside: Box4) -> Self {
        Room { inside, taken: Vec::new() }
    }

    /// Keeps labels away from here.
    pub(super) fn take(&mut self, what: Box4) {
        self.taken.push(what);
    }

    /// Whether nothing is there yet.
    pub(super) fn fits(&self, what: &Box4) -> bool {
        what.within(&self.inside) && !self.taken.iter().any(|t| t.meets(what))
    }

    /// The nearest free place beside a point for a label of this size, up to `reach` away; takes it.
    pub(super) fn place(&mut self, (x, y): (f64, f64), radius: f64, (width, height): (f64, f64), reach: f64) -> Option<Placed> {
        let mut distance = radius + 3.0;
        while distance <= reach.max(radius + 3.0) {
            for (across, down) in SIDES {
                // Diagonal places may come a little nearer.
                let step = if across != 0.0 && down != 0.0 { distance * 0.75 } else { distance };
                let (middle_x, middle_y) = (x + across * (step + width / 2.0), y + down * (step + height / 2.0));
                let at = Box4::new(middle_x - width / 2.0, middle_y - height / 2.0, width, height);
                if self.fits(&at) {
                    self.taken.push(at);
                    return Some(Placed { at, far: distance > radius + 6.0 });
                }
            }
            distance += 4.0;
        }
        None
    }
}

/// Indices of points in the order in which their labels should be placed: those in a crowd first, because they have the least choice.
pub(super) fn crowded_first(points: &[(f64, f64)], near: f64) -> Vec<usize> {
    let neighbours = |(x, y): (f64, f64)| points.iter().filter(|(a, b)| (a - x).abs() < near && (b - y).abs() < near / 3.0).count();
    let mut order: Vec<(usize, usize)> = points.iter().map(|p| neighbours(*p)).enumerate().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    order.into_iter().map(|(i, _)| i).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_lone_point_has_its_label_at_the_right_and_one_at_the_edge_at_the_left() {
        let mut room = Room::new(Box4::new(0.0, 0.0, 200.0, 100.0));
        let first = room.place((50.0, 50.0), 4.0, (40.0, 12.0), 60.0).unwrap();
        assert!(first.at.left > 54.0 && !first.far);
        assert!(room.place((195.0, 80.0), 4.0, (40.0, 12.0), 60.0).unwrap().at.right < 192.0);
        assert_eq!(room.place((50.0, 50.0), 4.0, (400.0, 12.0), 600.0), None);
    }

    proptest! {
        #[test]
        fn labels_cover_neither_each_other_nor_points(points in prop::collection::vec((0.0..300.0f64, 0.0..200.0f64), 1..40)) {
            let inside = Box4::new(0.0, 0.0, 300.0, 200.0);
            let mut room = Room::new(inside);
            for (x, y) in &points {
                room.take(Box4::around(*x, *y, 4.0));
            }
            let mut placed: Vec<Box4> = Vec::new();
            for i in crowded_first(&points, 60.0) {
                if let Some(label) = room.place(points[i], 4.0, (30.0, 12.0), 80.0) {
                    prop_assert!(label.at.within(&inside) && placed.iter().all(|p| !p.meets(&label.at)));
                    prop_assert!(points.iter().all(|(x, y)| !Box4::around(*x, *y, 4.0).meets(&label.at)));
                    placed.push(label.at);
                }
            }
            prop_assert!(!placed.is_empty());
        }
    }
}
