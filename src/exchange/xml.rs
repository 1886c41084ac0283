//! A small tree of XML elements, and its text. Escaping is the library's job.

use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::error::{Error, Result};

/// An element with attributes, then text, then children.
#[derive(Debug, Clone)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Element>,
}

/// An empty element.
pub(super) fn element(name: &'static str) -> Element {
    Element { name, attributes: Vec::new(), text: String::new(), children: Vec::new() }
}

impl Element {
    /// With this attribute.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, allowed(&value.into())));
        self
    }

    /// With this attribute, if there is a value.
    pub(super) fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With this text.
    pub(super) fn text(mut self, text: impl AsRef<str>) -> Self {
        self.text.push_str(&allowed(text.as_ref()));
        self
    }

    /// With this child after the others.
    pub(super) fn child(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    /// With these children after the others.
    pub(super) fn children(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children);
        self
    }

    fn write(&self, writer: &mut Writer<impl Write>) -> std::io::Result<()> {
        let mut start = BytesStart::new(self.name);
        for (name, value) in &self.attributes {
            start.push_attribute((*name, value.as_str()));
        }
        if self.text.is_empty() && self.children.is_empty() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        if !self.text.is_empty() {
            writer.write_event(Event::Text(BytesText::new(&self.text)))?;
        }
        for child in &self.children {
            child.write(writer)?;
        }
        writer.write_event(Event::End(BytesEnd::new(self.name)))
    }
}

/// XML 1.0 has no way to write most control characters; they become the replacement character.
fn allowed(text: &str) -> String {
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().map(|c| if fits(c) { c } else { '\u{FFFD}' }).collect()
}

/// The document with this root, indented, in UTF-8.
///
/// # Errors
/// `Internal` when the writer fails, which in memory it does not.
pub(super) fn document(root: &Element) -> Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let fault = |e: std::io::Error| Error::Internal(format!("XML could not be written: {e}"));
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).map_err(fault)?;
    root.write(&mut writer).map_err(fault)?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(|e| Error::Internal(format!("XML is not UTF-8: {e}")))
}
