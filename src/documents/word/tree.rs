//! A part of the Word file as a tree that can be changed. Texts and attributes stay escaped as they were written.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::{Error, Result};

/// An element.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// Names and escaped values, in order.
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

/// What an element holds.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Element(Element),
    /// Escaped.
    Text(String),
}

fn broken(e: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a part of the Word file cannot be read: {e}"))
}

impl Element {
    /// An element of this name with these attributes, which need no escaping.
    pub(super) fn new(name: &str, attributes: &[(&str, &str)]) -> Element {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Element { name: name.to_owned(), attributes, children: Vec::new() }
    }

    /// The same with these inside.
    pub(super) fn with(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    /// Reads a part: its root.
    pub(super) fn read(xml: &str) -> Result<Element> {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Element::default()];
        loop {
            let done = match reader.read_event().map_err(broken)? {
                Event::Start(start) => {
                    open.push(started(&start)?);
                    continue;
                }
                Event::Empty(start) => Node::Element(started(&start)?),
                Event::End(_) => Node::Element(open.pop().ok_or_else(|| broken("an element ends that never began"))?),
                Event::Text(text) => Node::Text(text.into_inner().into_owned()),
                Event::GeneralRef(reference) => Node::Text(format!("&{};", reference.into_inner())),
                Event::Eof => break,
                _ => continue,
            };
            open.last_mut().ok_or_else(|| broken("more ends than begins"))?.children.push(done);
        }
        let around = open.pop().ok_or_else(|| broken("it is empty"))?;
        around.into_elements().next().ok_or_else(|| broken("it is empty"))
    }

    fn into_elements(self) -> impl Iterator<Item = Element> {
        self.children.into_iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The part as a file.
    pub(super) fn written(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            for piece in [" ", name, "=\"", value, "\""] {
                out.push_str(piece);
            }
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(out),
                Node::Text(text) => out.push_str(text),
            }
        }
        for piece in ["</", &self.name, ">"] {
            out.push_str(piece);
        }
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    pub(super) fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.children.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    pub(super) fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.elements_mut().find(|element| element.name == name)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Sets an attribute to an unescaped value.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let value = escaped(value);
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
    }

    /// Does something to this and to everything below, parents first, in the order of the file.
    pub(super) fn visit(&mut self, act: &mut impl FnMut(&mut Element) -> Result<()>) -> Result<()> {
        act(self)?;
        self.elements_mut().try_for_each(|element| element.visit(act))
    }
}

fn started(start: &BytesStart<'_>) -> Result<Element> {
    let mut element = Element { name: start.name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(broken)?;
        element.attributes.push((attribute.key.as_ref().to_owned(), attribute.value.into_owned()));
    }
    Ok(element)
}

/// A text as it may stand in an attribute or between tags.
pub(super) fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
