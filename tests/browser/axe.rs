//! axe-core in a real browser: no page has a fault that it calls serious or critical, in either language, in light and in dark.

use serde_json::{Value, json};

use crate::fixture::{Server, demonstration, sizes};
use crate::pages::{every_page_of_results, every_size_of_report};
use crate::support::{Browser, LAPTOP, PHONE, Scripts, Size, browse};

const AXE: &str = include_str!("scripts/axe/axe.min.js");

/// Runs axe on the page and gives what it finds: the rule, how bad, and the first places.
const FIND: &str = "const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
  (found) => done({
    version: axe.version,
    passes: found.passes.length,
    faults: found.violations.map((v) => ({
      impact: v.impact,
      said: `${v.id} (${v.impact}) in ${v.nodes.length} places: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140) + ' … ' + n.any.concat(n.all, n.none).map((c) => c.message).join('; ')).join(' | ')}`,
    })),
  }),
  (e) => done({ error: String(e) }),
);";

async fn serious(b: &Browser) -> Vec<String> {
    let mut faults = Vec::new();
    for scheme in ["light", "dark"] {
        b.cdp("Emulation.setEmulatedMedia", json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] })).await;
        b.execute(AXE, vec![]).await.unwrap();
        let found = b.execute_async(FIND, vec![]).await.unwrap().json().clone();
        assert!(found["passes"].as_u64().is_some_and(|n| n > 10), "axe did not look: {found}");
        let bad = |f: &&Value| ["serious", "critical"].contains(&f["impact"].as_str().unwrap_or_default());
        faults.extend(found["faults"].as_array().unwrap().iter().filter(bad).map(|f| format!("{scheme}: {}", f["said"].as_str().unwrap())));
    }
    faults
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

fn on(server: &Server, size: Size, body: impl AsyncFnOnce(&Server, &Browser)) {
    actix_web::rt::System::new().block_on(browse(size, Scripts::On, async |b| body(server, b).await));
}

#[test]
fn axe_finds_nothing_serious_on_pages_of_results() {
    let server = demonstration();
    for (language, size) in [("vi", PHONE), ("en", LAPTOP)] {
        on(&server, size, async |s, b| none(&every_page_of_results(b, s, language, async || serious(b).await).await));
    }
}

#[test]
fn axe_finds_nothing_serious_in_reports_of_any_size() {
    let server = sizes();
    on(&server, LAPTOP, async |s, b| none(&every_size_of_report(b, s, "vi", async || serious(b).await).await));
}

#[test]
fn axe_finds_what_is_seriously_wrong() {
    actix_web::rt::System::new().block_on(browse(LAPTOP, Scripts::On, async |b| {
        let words = "<p>Một đoạn văn đọc được.</p>".repeat(3);
        let page = format!(
            "data:text/html;charset=utf-8,<html lang=vi><title>Thử</title><main><h1>Thử</h1>{words}<img src=x><a href=/></a></main>"
        );
        b.goto(page).await.unwrap();
        let faults = serious(b).await.join("\n");
        assert!(faults.contains("image-alt (critical)") && faults.contains("link-name (serious)"), "{faults}");
    }));
}
