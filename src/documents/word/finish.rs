//! What the crate that writes Word files leaves out, put in on the XML: sections with their headers, heads of tables that repeat, pictures in
//! words, the language, the mark across the page. And the order of properties that the standard prescribes (ISO/IEC 29500-1, the sequences
//! of CT_PPr, CT_RPr, CT_TblPr …), which the crate does not keep: Word overlooks what stands in the wrong place.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::tree::{Element, Node, escaped};
use super::{Sheet, styles};
use crate::documents::fonts;
use crate::documents::printed::Printed;
use crate::error::{Error, Result};

/// What the file is to hold.
pub(super) struct Plan<'a> {
    pub(super) printed: &'a Printed<'a>,
    /// The page of each section.
    pub(super) sheets: &'a [Sheet],
    /// Each picture in words.
    pub(super) alts: &'a [String],
}

fn missing(what: &str) -> Error {
    Error::Internal(format!("the Word file could not be finished: {what}"))
}

fn unpacked(e: impl std::fmt::Display) -> Error {
    missing(&e.to_string())
}

/// The finished file, compressed, with the same bytes for the same document.
pub(super) fn finish(packed: Vec<u8>, plan: &Plan<'_>) -> Result<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(packed)).map_err(unpacked)?;
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(unpacked)?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(unpacked)?.into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(unpacked)?;
        let bytes = part(&name, bytes, plan)?;
        out.start_file(name, options).map_err(unpacked)?;
        out.write_all(&bytes).map_err(unpacked)?;
    }
    Ok(out.finish().map_err(unpacked)?.into_inner())
}

fn part(name: &str, bytes: Vec<u8>, plan: &Plan<'_>) -> Result<Vec<u8>> {
    let change: fn(&mut Element, &Plan<'_>) -> Result<()> = match name {
        "word/document.xml" => document,
        "word/styles.xml" => language,
        "word/numbering.xml" => |_, _| Ok(()),
        "docProps/core.xml" => return Ok(properties(plan).into_bytes()),
        "word/settings.xml" => return Ok(settings(plan).into_bytes()),
        header if header.starts_with("word/header") => watermark,
        footer if footer.starts_with("word/footer") => |_, _| Ok(()),
        _ => return Ok(bytes),
    };
    let mut root = Element::read(std::str::from_utf8(&bytes).map_err(unpacked)?)?;
    change(&mut root, plan)?;
    root.visit(&mut |element| {
        // Numbers of paragraphs go on through the life of the program; nothing needs them.
        element.attributes.retain(|(name, _)| name != "w14:paraId");
        order(element);
        Ok(())
    })?;
    Ok(root.written().into_bytes())
}

// ---------------------------------------------------------------- document

fn document(root: &mut Element, plan: &Plan<'_>) -> Result<()> {
    let body = root.child_mut("w:body").ok_or_else(|| missing("the text has no body"))?;
    let last = body.elements().filter(|element| element.name == "w:sectPr").last();
    let references: Vec<Element> =
        last.map(|section| section.elements().filter(|e| e.name.ends_with("Reference")).cloned().collect()).unwrap_or_default();
    if references.len() != 4 {
        return Err(missing("it has not two headers and two footers"));
    }
    let mut sheets = plan.sheets.iter();
    let mut alts = plan.alts.iter().zip(1..);
    root.visit(&mut |element| {
        match element.name.as_str() {
            "w:sectPr" => *element = section(*sheets.next().ok_or_else(|| missing("a section has no page"))?, &references),
            "wp:docPr" => {
                let (alt, number) = alts.next().ok_or_else(|| missing("a picture has no words"))?;
                element.set("id", &number.to_string());
                element.set("name", &format!("Picture {number}"));
                element.set("descr", alt);
            }
            "w:tr" if is_head(element) => {
                let properties = element.child_mut("w:trPr").ok_or_else(|| missing("the head of a table has no properties"))?;
                properties.children.push(Node::Element(Element::new("w:tblHeader", &[])));
            }
            _ => {}
        }
        Ok(())
    })?;
    if sheets.next().is_some() || alts.next().is_some() {
        return Err(missing("it has fewer sections or pictures than were written"));
    }
    Ok(())
}

/// A row is a head when its words are in the style of heads.
fn is_head(row: &Element) -> bool {
    let style = row.child("w:tc").and_then(|cell| cell.child("w:p")).and_then(|p| p.child("w:pPr")).and_then(|p| p.child("w:pStyle"));
    style.and_then(|style| style.attribute("w:val")) == Some("TableHead")
}

/// Each section counts its pages from 1 and has its first page to itself: no number on it.
fn section(sheet: Sheet, references: &[Element]) -> Element {
    let twips = |n: u32| n.to_string();
    let mut size = Element::new("w:pgSz", &[("w:w", &twips(sheet.width)), ("w:h", &twips(sheet.height))]);
    if sheet.landscape {
        size.set("w:orient", "landscape");
    }
    let sides = [("w:top", sheet.top), ("w:right", sheet.right), ("w:bottom", sheet.bottom), ("w:left", sheet.left)];
    let mut margins = Element::new("w:pgMar", &[]);
    for (side, room) in sides {
        margins.set(side, &twips(room));
    }
    for (edge, room) in [("w:header", "340"), ("w:footer", "400"), ("w:gutter", "0")] {
        margins.set(edge, room);
    }
    Element::new("w:sectPr", &[]).with(references.iter().cloned()).with([
        Element::new("w:type", &[("w:val", "nextPage")]),
        size,
        margins,
        Element::new("w:pgNumType", &[("w:start", "1")]),
        Element::new("w:cols", &[("w:space", "708")]),
        Element::new("w:titlePg", &[]),
    ])
}

// ---------------------------------------------------------------- language, properties, settings

fn tag(plan: &Plan<'_>) -> &'static str {
    if plan.printed.language == "vi" { "vi-VN" } else { "en-GB" }
}

fn language(root: &mut Element, plan: &Plan<'_>) -> Result<()> {
    let tag = tag(plan);
    let lang = Element::new("w:lang", &[("w:val", tag), ("w:eastAsia", tag), ("w:bidi", "ar-SA")]);
    let defaults =
        root.child_mut("w:docDefaults").and_then(|defaults| defaults.child_mut("w:rPrDefault")).and_then(|run| run.child_mut("w:rPr"));
    defaults.ok_or_else(|| missing("its styles have no defaults"))?.children.push(Node::Element(lang));
    for style in root.elements_mut().filter(|style| style.attribute("w:styleId") == Some("Normal")) {
        style.set("w:default", "1");
    }
    Ok(())
}

/// Title, agency and language; no day, because a document does not know when it is made.
fn properties(plan: &Plan<'_>) -> String {
    let namespaces = "xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"";
    let printed = plan.printed;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<cp:coreProperties {namespaces}><dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <dc:language>{}</dc:language></cp:coreProperties>",
        escaped(&printed.title),
        escaped(&printed.head.agency.replace('\n', " ")),
        tag(plan)
    )
}

/// Word of today, without the crate's settings for East Asian typesetting.
fn settings(plan: &Plan<'_>) -> String {
    let w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let (point, separator) = if plan.printed.language == "vi" { (",", ";") } else { (".", ",") };
    let lang = tag(plan);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:settings xmlns:w=\"{w}\"><w:zoom w:percent=\"100\"/><w:defaultTabStop w:val=\"720\"/>\
         <w:characterSpacingControl w:val=\"doNotCompress\"/><w:compat><w:compatSetting w:name=\"compatibilityMode\" \
         w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat><w:themeFontLang w:val=\"{lang}\"/>\
         <w:decimalSymbol w:val=\"{point}\"/><w:listSeparator w:val=\"{separator}\"/></w:settings>"
    )
}

// ---------------------------------------------------------------- the mark across the page

/// As Word itself makes a watermark: a text along a path, behind the words, anchored in the header.
fn watermark(root: &mut Element, plan: &Plan<'_>) -> Result<()> {
    let Some(mark) = plan.printed.mark else { return Ok(()) };
    let paragraph = root.child_mut("w:p").ok_or_else(|| missing("a header has no paragraph"))?;
    let height = 54.0_f64;
    let width = (fonts::width(mark, height, true) * 1.15).min(560.0);
    let style = format!(
        "position:absolute;margin-left:0;margin-top:0;width:{width:.0}pt;height:{height:.0}pt;rotation:308;z-index:-251658752;\
         mso-position-horizontal:center;mso-position-horizontal-relative:page;mso-position-vertical:center;mso-position-vertical-relative:page"
    );
    let path = "font-family:&quot;Times New Roman&quot;;font-size:1pt;font-weight:bold";
    let mut text = Element::new("v:textpath", &[("style", path)]);
    text.set("string", mark);
    let kind = Element::new("v:shapetype", &[("id", "_x0000_t136"), ("coordsize", "21600,21600"), ("o:spt", "136"), ("adj", "10800")]);
    let mut kind = kind.with([
        Element::new("v:formulas", &[]).with(FORMULAS.map(|formula| Element::new("v:f", &[("eqn", formula)]))),
        Element::new("v:path", &[("textpathok", "t"), ("o:connecttype", "custom")]),
        Element::new("v:textpath", &[("on", "t"), ("fitshape", "t")]),
        Element::new("o:lock", &[("v:ext", "edit"), ("text", "t"), ("shapetype", "t")]),
    ]);
    kind.set("path", "m@7,l@8,m@5,21600l@6,21600e");
    let ink = format!("#{}", styles::PALE_MARK);
    let shape = [
        ("id", "PowerPlusWaterMarkObject1"),
        ("o:spid", "_x0000_s2049"),
        ("type", "#_x0000_t136"),
        ("style", &style),
        ("o:allowincell", "f"),
    ];
    let mut shape = Element::new("v:shape", &shape).with([text]);
    shape.set("fillcolor", &ink);
    shape.set("stroked", "f");
    shape.set("alt", mark);
    let namespaces = [("xmlns:v", "urn:schemas-microsoft-com:vml"), ("xmlns:o", "urn:schemas-microsoft-com:office:office")];
    paragraph.children.push(Node::Element(Element::new("w:r", &[]).with([Element::new("w:pict", &namespaces).with([kind, shape])])));
    Ok(())
}

/// The shape of a plain text along a path, as Word writes it.
const FORMULAS: [&str; 12] = [
    "sum #0 0 10800",
    "prod #0 2 1",
    "sum 21600 0 @1",
    "sum 0 0 @2",
    "sum 21600 0 @3",
    "if @0 @3 0",
    "if @0 21600 @1",
    "if @0 0 @2",
    "if @0 @4 21600",
    "mid @5 @6",
    "mid @8 @5",
    "mid @7 @8",
];

// ---------------------------------------------------------------- order

/// The sequences of the standard, as far as they are used here.
const SEQUENCES: [(&str, &str); 11] = [
    (
        "w:pPr",
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens bidi adjustRightInd \
         snapToGrid spacing ind contextualSpacing jc textDirection textAlignment outlineLvl rPr sectPr",
    ),
    (
        "w:rPr",
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike vanish color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign lang",
    ),
    ("w:numPr", "ilvl numId"),
    ("w:tblPr", "tblStyle tblpPr tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook"),
    ("w:tcPr", "tcW gridSpan vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign"),
    ("w:tblBorders", "top left bottom right insideH insideV"),
    ("w:tblCellMar", "top left bottom right"),
    ("w:pBdr", "top left bottom right between bar"),
    ("w:style", "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr trPr tcPr"),
    ("w:lvl", "start numFmt lvlRestart pStyle isLgl suff lvlText lvlJc pPr rPr"),
    ("w:docDefaults", "rPrDefault pPrDefault"),
];

fn order(element: &mut Element) {
    if let Some((_, sequence)) = SEQUENCES.iter().find(|(name, _)| *name == element.name) {
        let place = |node: &Node| match node {
            Node::Element(child) => {
                sequence.split_ascii_whitespace().position(|known| child.name.strip_prefix("w:") == Some(known)).unwrap_or(usize::MAX)
            }
            Node::Text(_) => usize::MAX,
        };
        element.children.sort_by_key(place);
    }
}
