//! A walk over everything that leaders, and those who read what is published, look at.

use crate::fixture::{COMMUNE, MISTRESS, PASSWORD, RELEASE, SECRET, Server, sized};
use crate::support::{Browser, PUBLISHED, SURVEY};

/// Signs in; where the browser goes afterwards is the caller's.
pub async fn signs_in(b: &Browser, server: &Server, name: &str) {
    b.goto(format!("{}/signin", server.base)).await.unwrap();
    b.types("#name", name).await;
    b.types("#password", PASSWORD).await;
    b.click("main button").await;
    b.see("header .account").await;
}

/// Looks at each of these pages in this language; returns all faults, with the pages' addresses.
async fn each(b: &Browser, server: &Server, paths: &[String], language: &str, look: &impl AsyncFn() -> Vec<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for path in paths {
        let join = if path.contains('?') { '&' } else { '?' };
        b.goto(format!("{}{path}{join}lang={language}", server.base)).await.unwrap();
        b.see("main h1").await;
        let status = b.script("return performance.getEntriesByType('navigation')[0].responseStatus", vec![]).await;
        assert_eq!(status, 200, "{path}");
        faults.extend(look().await.into_iter().map(|fault| format!("{path}: {fault}")));
    }
    faults
}

/// The pages of a report, with the cards of these units.
fn report(survey: &str, units: &[&str]) -> Vec<String> {
    let mut pages = vec![String::new(), "/units".into(), "/items".into(), "/answers".into(), "/time".into(), "/quality".into()];
    pages.extend(units.iter().map(|u| format!("/units/{u}")));
    pages.push(format!("/compare?units={}", units.join(",")));
    pages.into_iter().map(|page| format!("/reports/{survey}{page}")).collect()
}

/// The demonstration's pages for everybody, and then those for who signed in.
pub async fn every_page_of_results(b: &Browser, server: &Server, language: &str, look: impl AsyncFn() -> Vec<String>) -> Vec<String> {
    let mut public: Vec<String> = ["/", "/indices", "/results", "/signin"].map(String::from).into();
    public.extend([format!("/results/{RELEASE}"), format!("/embed/{RELEASE}")]);
    public.extend(report(PUBLISHED, &[COMMUNE, "00070", "00008"]));
    public.push(format!("/reports/{PUBLISHED}?kind=ward&from=2026-05-05"));
    let mut faults = each(b, server, &public, language, &look).await;
    signs_in(b, server, MISTRESS).await;
    let mut own: Vec<String> = ["/", "/account", "/account/notices", "/admin/releases", "/admin/indices"].map(String::from).into();
    own.extend([format!("/admin/surveys/{PUBLISHED}/releases"), format!("/admin/surveys/{PUBLISHED}/releases/{RELEASE}")]);
    own.extend([format!("/reports/{PUBLISHED}/comments"), format!("/reports/{SECRET}"), format!("/reports/{PUBLISHED}/units/{COMMUNE}")]);
    own.extend(report(SURVEY, &["HN-PVHCC-01", "00004"]));
    faults.extend(each(b, server, &own, language, &look).await);
    faults
}

/// Reports of 600 units, of one and of none.
pub async fn every_size_of_report(b: &Browser, server: &Server, language: &str, look: impl AsyncFn() -> Vec<String>) -> Vec<String> {
    let mut pages = report(sized::LARGE, &["X0001", sized::FEW, "X0600"]);
    pages.extend(report(sized::SINGLE, &[sized::LONE]));
    pages.extend(report(sized::EMPTY, &["X0001"]));
    each(b, server, &pages, language, &look).await
}
