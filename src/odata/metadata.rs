//! The entity sets as a CSDL document (`$metadata`).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};

use super::model::{SETS, Set};
use crate::error::{Error, Result};

/// Namespace of our types.
const NAMESPACE: &str = "Sipas";

/// The document.
///
/// # Errors
/// `Internal` when it cannot be written, which in memory does not happen.
pub fn document() -> Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut writer).map_err(|e| Error::Internal(e.to_string()))?;
    String::from_utf8(writer.into_inner()).map_err(|e| Error::Internal(e.to_string()))
}

type Out = Writer<Vec<u8>>;

fn write(out: &mut Out) -> std::io::Result<()> {
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let edmx = [("Version", "4.0"), ("xmlns:edmx", "http://docs.oasis-open.org/odata/ns/edmx")];
    within(out, "edmx:Edmx", &edmx, |out| {
        within(out, "edmx:DataServices", &[], |out| {
            let schema = [("Namespace", NAMESPACE), ("xmlns", "http://docs.oasis-open.org/odata/ns/edm")];
            within(out, "Schema", &schema, |out| {
                SETS.iter().try_for_each(|set| entity(out, set))?;
                within(out, "EntityContainer", &[("Name", "Container")], |out| {
                    SETS.iter().try_for_each(|set| {
                        let of = format!("{NAMESPACE}.{}", set.entity);
                        out.write_event(Event::Empty(tag("EntitySet", &[("Name", set.name), ("EntityType", &of)])))
                    })
                })
            })
        })
    })
}

fn entity(out: &mut Out, set: &Set) -> std::io::Result<()> {
    within(out, "EntityType", &[("Name", set.entity)], |out| {
        within(out, "Key", &[], |out| {
            let keys = set.properties.iter().take(set.keys);
            keys.map(|key| tag("PropertyRef", &[("Name", key.name)])).try_for_each(|key| out.write_event(Event::Empty(key)))
        })?;
        set.properties.iter().try_for_each(|p| {
            let nullable = if p.nullable { "true" } else { "false" };
            out.write_event(Event::Empty(tag("Property", &[("Name", p.name), ("Type", p.kind.name()), ("Nullable", nullable)])))
        })
    })
}

fn tag<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    BytesStart::new(name).with_attributes(attributes.iter().copied())
}

fn within(
    out: &mut Out,
    name: &str,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Out) -> std::io::Result<()>,
) -> std::io::Result<()> {
    out.write_event(Event::Start(tag(name, attributes)))?;
    inside(out)?;
    out.write_event(Event::End(BytesEnd::new(name)))
}
