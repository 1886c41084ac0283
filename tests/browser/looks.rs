//! Every kind of page fits the screen, has names for those who cannot see it, and can be read by those who see little.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fixture::{Server, demonstration, sizes};
use crate::kinds::{every_kind_of_page, run_every_kind};
use crate::pages::{every_page_of_results, every_size_of_report};
use crate::support::{Browser, LAPTOP, PHONE, Scripts, Size, browse, run};
use crate::walk::every_page;

fn texts(faults: &Value) -> Vec<String> {
    faults.as_array().unwrap_or_else(|| panic!("{faults}")).iter().map(|f| f.as_str().unwrap().to_owned()).collect()
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// Sizes of windows, the last a laptop's at 200 %.
const SIZES: [Size; 5] = [
    Size { width: 320, height: 568, scale: 2 },
    PHONE,
    Size { width: 768, height: 1024, scale: 1 },
    LAPTOP,
    Size { width: LAPTOP.width / 2, height: LAPTOP.height / 2, scale: 2 },
];

/// A test's body with a browser on a server of this process.
fn on(server: &Server, size: Size, body: impl AsyncFnOnce(&Server, &Browser)) {
    actix_web::rt::System::new().block_on(browse(size, Scripts::On, async |b| body(server, b).await));
}

async fn too_wide(b: &Browser) -> Vec<String> {
    let mut faults = Vec::new();
    for size in SIZES {
        b.resize(size).await;
        let wide = b.execute_async(include_str!("scripts/width.js"), vec![size.width.into()]).await.unwrap();
        faults.extend(texts(wide.json()).into_iter().map(|f| format!("at {} px: {f}", size.width)));
    }
    faults
}

fn nothing_is_wider_than_the_window(language: &str) {
    run(LAPTOP, Scripts::On, async |demo, b| none(&every_page(b, demo, language, async || too_wide(b).await).await));
    run_every_kind(LAPTOP, Scripts::On, async |f, b| none(&every_kind_of_page(b, f, language, async || too_wide(b).await).await));
}

#[test]
fn no_page_scrolls_sideways_in_vietnamese() {
    nothing_is_wider_than_the_window("vi");
}

#[test]
fn no_page_scrolls_sideways_in_english() {
    nothing_is_wider_than_the_window("en");
}

#[test]
fn no_page_of_results_scrolls_sideways() {
    let server = demonstration();
    for language in ["vi", "en"] {
        on(&server, LAPTOP, async |s, b| none(&every_page_of_results(b, s, language, async || too_wide(b).await).await));
    }
}

#[test]
fn no_report_of_any_size_scrolls_sideways() {
    let server = sizes();
    for language in ["vi", "en"] {
        on(&server, LAPTOP, async |s, b| none(&every_size_of_report(b, s, language, async || too_wide(b).await).await));
    }
}

/// Roles that somebody acts on, or that mean nothing without a name.
const NAMED: [&str; 13] = [
    "link",
    "button",
    "textbox",
    "radio",
    "checkbox",
    "combobox",
    "listbox",
    "DisclosureTriangle",
    "radiogroup",
    "group",
    "image",
    "progressbar",
    "navigation",
];
const OPERATED: [&str; 8] = ["link", "button", "textbox", "radio", "checkbox", "combobox", "listbox", "DisclosureTriangle"];

/// What a screen reader is given: everything that needs a name has one, and everything operated is there.
async fn faults_of_the_accessibility_tree(b: &Browser, operated_in_page: &Value) -> Vec<String> {
    let tree = b.cdp("Accessibility.getFullAXTree", json!({})).await;
    let mut faults = Vec::new();
    let mut operated: BTreeMap<String, usize> = BTreeMap::new();
    for node in tree["nodes"].as_array().unwrap().iter().filter(|n| n["ignored"] == false) {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        if OPERATED.contains(&role) {
            *operated.entry(role.to_owned()).or_default() += 1;
        }
        if NAMED.contains(&role) && node["name"]["value"].as_str().unwrap_or_default().trim().is_empty() {
            let what = b.cdp("DOM.describeNode", json!({ "backendNodeId": node["backendDOMNodeId"] })).await;
            // A group that opens and closes is named by its summary.
            if what["node"]["nodeName"] == "DETAILS" {
                continue;
            }
            faults.push(format!("{role} without a name: {} {}", what["node"]["nodeName"], what["node"]["attributes"]));
        }
    }
    if json!(operated) != *operated_in_page {
        faults.push(format!("the page has {operated_in_page}, a screen reader is given {operated:?}"));
    }
    faults
}

async fn nameless(b: &Browser, language: &str) -> Vec<String> {
    let found = b.script(include_str!("scripts/structure.js"), vec![language.into()]).await;
    let mut faults = texts(&found["faults"]);
    faults.extend(faults_of_the_accessibility_tree(b, &found["operated"]).await);
    faults
}

fn everything_has_a_name(language: &str) {
    run(PHONE, Scripts::On, async |demo, b| none(&every_page(b, demo, language, async || nameless(b, language).await).await));
    run_every_kind(PHONE, Scripts::On, async |f, b| none(&every_kind_of_page(b, f, language, async || nameless(b, language).await).await));
}

#[test]
fn everything_has_a_name_and_a_place_in_vietnamese() {
    everything_has_a_name("vi");
}

#[test]
fn everything_has_a_name_and_a_place_in_english() {
    everything_has_a_name("en");
}

#[test]
fn everything_on_pages_of_results_has_a_name_and_a_place() {
    let server = demonstration();
    for language in ["vi", "en"] {
        on(&server, PHONE, async |s, b| none(&every_page_of_results(b, s, language, async || nameless(b, language).await).await));
    }
}

#[test]
fn everything_in_reports_of_any_size_has_a_name_and_a_place() {
    let server = sizes();
    on(&server, PHONE, async |s, b| none(&every_size_of_report(b, s, "vi", async || nameless(b, "vi").await).await));
}

async fn too_faint(b: &Browser) -> Vec<String> {
    let mut faults = Vec::new();
    for scheme in ["light", "dark"] {
        b.cdp("Emulation.setEmulatedMedia", json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] })).await;
        for size in [PHONE, LAPTOP] {
            b.resize(size).await;
            let low = b.execute_async(include_str!("scripts/contrast.js"), vec![size.width.into(), scheme.into()]).await.unwrap();
            faults.extend(texts(low.json()).into_iter().map(|f| format!("{scheme}, {} px: {f}", size.width)));
        }
    }
    faults
}

#[test]
fn all_text_stands_out_from_its_ground_in_light_and_in_dark() {
    run(LAPTOP, Scripts::On, async |demo, b| none(&every_page(b, demo, "vi", async || too_faint(b).await).await));
    run_every_kind(LAPTOP, Scripts::On, async |f, b| none(&every_kind_of_page(b, f, "vi", async || too_faint(b).await).await));
}

#[test]
fn all_text_of_results_stands_out_in_light_and_in_dark() {
    let server = demonstration();
    on(&server, LAPTOP, async |s, b| none(&every_page_of_results(b, s, "vi", async || too_faint(b).await).await));
}
