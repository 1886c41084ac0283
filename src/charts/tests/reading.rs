//! Reads a drawing back: is it well formed, are all numbers numbers, does everything lie inside?

use roxmltree::{Document, Node};

use crate::charts::canvas::{Anchor, BODY, SMALL};
use crate::charts::place::Box4;
use crate::charts::text::width;

/// A text with the box it takes.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) class: String,
    pub(super) text: String,
    pub(super) at: Box4,
}

/// What a drawing holds.
pub(super) struct Held {
    pub(super) texts: Vec<Written>,
    pub(super) classes: Vec<String>,
    pub(super) links: Vec<String>,
    pub(super) role: String,
    /// What is wrong with it.
    pub(super) wrong: Vec<String>,
}

pub(super) fn read(svg: &str) -> Held {
    let document = Document::parse(svg).unwrap_or_else(|e| panic!("{e}\n{svg}"));
    let root = document.root_element();
    let view: Vec<f64> = root.attribute("viewBox").unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
    let inside = Box4::new(-0.6, -0.6, view[2] + 1.2, view[3] + 1.2);
    let mut held = Held { texts: vec![], classes: vec![], links: vec![], role: root.attribute("role").unwrap().into(), wrong: vec![] };
    for node in document.descendants().filter(Node::is_element) {
        if node.ancestors().any(|n| n.has_tag_name("defs")) {
            continue;
        }
        held.classes.extend(node.attribute("class").unwrap_or_default().split_whitespace().map(str::to_owned));
        held.links.extend(node.attribute("href").map(str::to_owned));
        for a in node.attributes().filter(|a| ["style", "onload", "onclick"].contains(&a.name())) {
            held.wrong.push(format!("attribute {}", a.name()));
        }
        for at in taken(&node) {
            if !at.within(&inside) {
                held.wrong.push(format!(
                    "{:?} {:?} “{}” leaves {view:?}: {at:?}",
                    node.tag_name().name(),
                    node.attribute("class"),
                    node.text().unwrap_or_default()
                ));
            }
        }
        if node.has_tag_name("text") {
            let written = Written {
                class: node.attribute("class").unwrap().into(),
                text: node.text().unwrap_or_default().into(),
                at: taken(&node).remove(0),
            };
            held.texts.push(written);
        }
    }
    held
}

fn number(node: &Node, name: &str) -> f64 {
    let v: f64 = node.attribute(name).unwrap_or_else(|| panic!("{node:?} has no {name}")).parse().unwrap();
    assert!(v.is_finite(), "{node:?} {name}");
    v
}

/// The boxes that an element takes.
fn taken(node: &Node) -> Vec<Box4> {
    match node.tag_name().name() {
        "rect" => vec![Box4::new(number(node, "x"), number(node, "y"), number(node, "width"), number(node, "height"))],
        "circle" => vec![Box4::around(number(node, "cx"), number(node, "cy"), number(node, "r"))],
        "path" => points(node.attribute("d").unwrap()).into_iter().map(|(x, y)| Box4::around(x, y, 0.0)).collect(),
        "text" => {
            let class = node.attribute("class").unwrap();
            let body = class.split(' ').any(|c| ["c-t", "c-tb", "c-r"].contains(&c));
            let size = if body { BODY } else { SMALL };
            let bold = if class.split(' ').any(|c| ["c-tb", "c-n"].contains(&c)) { 1.15 } else { 1.0 };
            let anchor = match node.attribute("text-anchor") {
                Some("middle") => Anchor::Middle,
                Some("end") => Anchor::End,
                _ => Anchor::Start,
            };
            let (left, right) = anchor.span(number(node, "x"), width(node.text().unwrap_or_default(), size) * bold);
            let y = number(node, "y");
            vec![Box4 { left, right, top: y - size * 0.78, bottom: y + size * 0.2 }]
        }
        _ => vec![],
    }
}

/// The points of a path of M, L, H, V, v, l and Z.
pub(super) fn points(d: &str) -> Vec<(f64, f64)> {
    let mut out = Vec::new();
    let (mut x, mut y) = (0.0, 0.0);
    for part in d.split_inclusive(|_| true).fold(Vec::<String>::new(), |mut parts, c| {
        if c.chars().all(|c| c.is_ascii_alphabetic()) || parts.is_empty() {
            parts.push(c.to_owned())
        } else {
            parts.last_mut().unwrap().push_str(c)
        }
        parts
    }) {
        let (command, rest) = part.split_at(1);
        let numbers: Vec<f64> =
            rest.replace('-', " -").split_whitespace().map(|n| n.parse().unwrap_or_else(|_| panic!("“{n}” in {d}"))).collect();
        assert!(numbers.iter().all(|n| n.is_finite()), "{d}");
        match (command, numbers.as_slice()) {
            ("M" | "L", [a, b]) => (x, y) = (*a, *b),
            ("l", [a, b]) => (x, y) = (x + a, y + b),
            ("H", [a]) => x = *a,
            ("V", [b]) => y = *b,
            ("v", [b]) => y += b,
            ("Z", []) => {}
            _ => panic!("{part} in {d}"),
        }
        out.push((x, y));
    }
    out
}
