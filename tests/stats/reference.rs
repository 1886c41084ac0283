//! Lonely PSUs, design effects and post-stratification against R `survey`.

use super::support::{close, coded, design, number, numbers, table, texts};
use sipas::stats::design::{Design, LonelyPsu, dense};
use sipas::stats::index::{Domains, Estimate, Flag, Index, IndexSpec, Item, Measure, NO_DOMAIN};
use sipas::stats::poststratify::Poststratified;
use std::collections::HashMap;

fn expected(case: &str, name: &str) -> HashMap<String, String> {
    table("estimates.csv")
        .into_iter()
        .find(|row| row["case"] == case && row["name"] == name)
        .unwrap_or_else(|| panic!("no reference for {case} {name}"))
}

/// The weighted mean of a column by domain.
fn means(design: &Design<'_>, values: &[f64], domains: Domains<'_>, poststratified: Option<&Poststratified<'_>>) -> Vec<Estimate> {
    let (codes, scoring) = coded(values);
    let items = [Item { codes: &codes, scoring: &scoring }];
    let measures = [Measure::item(0)];
    let index = Index::new(IndexSpec { design, items: &items, measures: &measures, domains, poststratified });
    index.unwrap().estimate().rows().to_vec()
}

fn agrees(found: &Estimate, case: &str, name: &str) {
    let row = expected(case, name);
    let what = format!("{case} {name}");
    close(found.estimate.unwrap(), number(&row, "estimate"), 1e-9, &what);
    close(found.se.unwrap(), number(&row, "se"), 1e-9, &what);
    assert_eq!(found.df_design.to_string(), row["df"], "{what}");
    if !row["df_domain"].is_empty() {
        assert_eq!(found.df_domain.to_string(), row["df_domain"], "{what}");
    }
    if !row["deff"].is_empty() {
        close(found.deff.unwrap(), number(&row, "deff"), 1e-9, &what);
    }
}

fn lonely(policy: LonelyPsu) -> (Design<'static>, Vec<HashMap<String, String>>) {
    let rows = table("lonely.csv");
    let psus = texts(&rows, "psu");
    let design = design(numbers(&rows, "w"), &texts(&rows, "stratum"), Some(&psus), policy);
    (design, rows)
}

#[test]
fn lonely_psus_are_treated_as_in_r() {
    for (policy, name) in
        [(LonelyPsu::Remove, "remove"), (LonelyPsu::Certainty, "certainty"), (LonelyPsu::Adjust, "adjust"), (LonelyPsu::Average, "average")]
    {
        let (design, rows) = lonely(policy);
        assert_eq!(design.lonely_strata().len(), 2);
        for column in ["y", "b"] {
            let found = means(&design, &numbers(&rows, column), Domains::whole(), None);
            agrees(&found[0], &format!("lone_{name}_mean"), column);
        }
        let (ids, keys) = dense(&texts(&rows, "dom"));
        let found = means(&design, &numbers(&rows, "y"), Domains::new(ids, 2), None);
        for (found, key) in found.iter().zip(&keys) {
            agrees(found, &format!("lone_{name}_by"), key);
        }
    }
}

#[test]
fn lonely_psus_leave_no_standard_error_under_fail() {
    let (design, rows) = lonely(LonelyPsu::Fail);
    let strata: Vec<u32> = dense(&texts(&rows, "stratum")).0;
    let found = means(&design, &numbers(&rows, "y"), Domains::new(strata, 5), None);
    let flags: Vec<Flag> = found.iter().map(|row| row.flag).collect();
    let (ok, lonely) = (Flag::Ok, Flag::LonelyPsu);
    assert_eq!(flags, [ok, ok, lonely, ok, lonely], "only the strata concerned fail");
    assert!(found[2].estimate.is_some() && found[2].se.is_none());
}

#[test]
fn design_effects_agree_with_r() {
    let rows = table("apiclus1.csv");
    let one = vec![String::new(); rows.len()];
    let cluster = design(numbers(&rows, "pw"), &one, Some(&texts(&rows, "dnum")), LonelyPsu::Fail);
    for column in ["api00", "sw"] {
        let found = means(&cluster, &numbers(&rows, column), Domains::whole(), None);
        agrees(&found[0], "clus1_nofpc_deff_replace", column);
    }
    let rows = table("apistrat.csv");
    let stratified = design(numbers(&rows, "pw"), &texts(&rows, "stype"), None, LonelyPsu::Fail);
    for column in ["api00", "sw"] {
        let found = means(&stratified, &numbers(&rows, column), Domains::whole(), None);
        agrees(&found[0], "strat_nofpc_deff_replace", column);
        let effective = found[0].effective_n.unwrap();
        close(effective, 200.0 / found[0].deff.unwrap(), 1e-14, "effective n");
    }
}

#[test]
fn poststratification_agrees_with_r() {
    let rows = table("apiclus1.csv");
    let one = vec![String::new(); rows.len()];
    let base = design(numbers(&rows, "pw"), &one, Some(&texts(&rows, "dnum")), LonelyPsu::Fail);
    let (cells, keys) = dense(&texts(&rows, "stype"));
    let totals: Vec<f64> = keys
        .iter()
        .map(|key| match key.as_str() {
            "E" => 4421.0,
            "H" => 755.0,
            _ => 1018.0,
        })
        .collect();
    let weighted = Poststratified::new(base.weights(), cells.clone(), &totals).unwrap();
    let design = base.with_weights(weighted.weights()).unwrap();
    for column in ["api00", "sw", "ci"] {
        let found = means(&design, &numbers(&rows, column), Domains::whole(), Some(&weighted));
        agrees(&found[0], "ps1_nofpc_mean", column);
    }
    for column in ["api00", "aw"] {
        let domains = Domains::new(cells.clone(), 3);
        let found = means(&design, &numbers(&rows, column), domains, Some(&weighted));
        for (found, key) in found.iter().zip(&keys) {
            agrees(found, "ps1_nofpc_by", &format!("{key}:{column}"));
        }
    }
    let (ids, keys) = dense(&texts(&rows, "comp.imp"));
    let found = means(&design, &numbers(&rows, "aw"), Domains::new(ids, 2), Some(&weighted));
    for (found, key) in found.iter().zip(&keys) {
        agrees(found, "ps1_nofpc_by2", key);
    }
    let inside: Vec<u32> = numbers(&rows, "api99").iter().map(|api99| if *api99 > 650.0 { 0 } else { NO_DOMAIN }).collect();
    let found = means(&design, &numbers(&rows, "aw"), Domains::new(inside, 1), Some(&weighted));
    agrees(&found[0], "ps1_nofpc_subset", "aw");
}
