//! `/odata/`: the feed for spreadsheets and dashboards.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{Days, Utc};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use sipas::accounts::tokens::store as tokens;
use sipas::accounts::{Grant, Role};
use sipas::surveys::model::Step;
use sipas::web::problem::url_encode;

use crate::support::{Server, answer, new_survey, on_both, person, take};

/// A feed with `trial`, which is published, and `secret`, which is not; a draft besides.
async fn filled(s: &Server) {
    new_survey(&s.db, "secret", "trial", "1", "[open]", "base");
    new_survey(&s.db, "draft", "trial", "1", "[open]", "base");
    take(&s.db, "secret", Step::Open);
    for (survey, unit, n) in [("trial", "W1", 9), ("trial", "W2", 7), ("trial", "X1", 3), ("secret", "W1", 8)] {
        for i in 0..n {
            let mut body = answer(["5", "4", "1"][i % 3], ["4", "2", "na"][i % 3]);
            body["unit"] = json!(unit);
            assert_eq!(s.submit(survey, &body).await.0, StatusCode::CREATED);
        }
    }
    take(&s.db, "trial", Step::Close);
    take(&s.db, "trial", Step::Publish);
}

/// What the feed says to these options, as they are written in an address.
async fn ask(s: &Server, set: &str, options: &[(&str, &str)]) -> Response {
    let options: Vec<String> = options.iter().map(|(name, value)| format!("{name}={}", url_encode(value))).collect();
    let answer = s.get(&format!("/odata/{set}?{}", options.join("&"))).await;
    assert_eq!(answer.headers()["odata-version"], "4.0", "{set} {options:?}");
    answer
}

async fn told(s: &Server, set: &str, options: &[(&str, &str)]) -> Value {
    let answer = ask(s, set, options).await;
    assert_eq!(answer.status(), StatusCode::OK, "{set} {options:?}");
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/json;odata.metadata=minimal"));
    answer.json().await.unwrap()
}

/// One property of every entity.
fn each(page: &Value, property: &str) -> Vec<String> {
    page["value"].as_array().unwrap().iter().map(|e| e[property].as_str().map_or_else(|| e[property].to_string(), str::to_owned)).collect()
}

/// A key of somebody who reads the results of all units.
fn key_of(s: &Server, name: &str, grants: &[Grant]) -> String {
    let user = s.add_person(name, grants);
    let now = Utc::now().naive_utc();
    s.db.write_now(|conn| tokens::new_key(conn, user, "excel", now, now + Days::new(1))).unwrap()
}

fn basic(name: &str, key: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{name}:{key}")))
}

on_both! {
    async fn the_service_and_its_metadata_describe_every_entity(s: Server) {
        filled(&s).await;
        for address in ["/odata", "/odata/"] {
            let service = s.json(address).await;
            assert_eq!(service["@odata.context"], format!("{}/odata/$metadata", s.base));
            assert_eq!(each(&service, "name"), ["Surveys", "Units", "Measures", "Estimates"]);
            assert!(service["value"].as_array().unwrap().iter().all(|e| e["kind"] == "EntitySet" && e["url"] == e["name"]));
        }
        let answer = s.get("/odata/$metadata").await;
        assert_eq!((answer.headers()["content-type"].to_str().unwrap(), answer.headers()["odata-version"].to_str().unwrap()), ("application/xml", "4.0"));
        let text = answer.text().await.unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let all = |name: &'static str| document.descendants().filter(move |n| n.tag_name().name() == name);
        assert_eq!(document.root_element().attribute("Version"), Some("4.0"));
        for set in all("EntitySet") {
            let (name, kind) = (set.attribute("Name").unwrap(), set.attribute("EntityType").unwrap().trim_start_matches("Sipas."));
            let entity = all("EntityType").find(|e| e.attribute("Name") == Some(kind)).unwrap();
            let properties: BTreeMap<&str, (&str, &str)> = entity
                .children()
                .filter(|n| n.tag_name().name() == "Property")
                .map(|p| (p.attribute("Name").unwrap(), (p.attribute("Type").unwrap(), p.attribute("Nullable").unwrap())))
                .collect();
            for key in entity.descendants().filter(|n| n.tag_name().name() == "PropertyRef") {
                assert_eq!(properties[key.attribute("Name").unwrap()], ("Edm.String", "false"), "keys of {name}");
            }
            let page = told(&s, name, &[]).await;
            assert_eq!(page["@odata.context"], format!("{}/odata/$metadata#{name}", s.base));
            let mut seen = 0;
            for entity in page["value"].as_array().unwrap() {
                let sent = entity.as_object().unwrap();
                assert_eq!(sent.keys().map(String::as_str).collect::<BTreeSet<_>>(), properties.keys().copied().collect(), "{name}");
                for (property, value) in sent {
                    let fits = match properties[property.as_str()] {
                        (_, nullable) if value.is_null() => nullable == "true",
                        ("Edm.String", _) => value.is_string(),
                        ("Edm.Date", _) => value.as_str().is_some_and(|d| d.parse::<chrono::NaiveDate>().is_ok()),
                        ("Edm.Int64", _) => value.is_i64() || value.is_u64(),
                        ("Edm.Double", _) => value.is_number(),
                        ("Edm.Boolean", _) => value.is_boolean(),
                        other => panic!("{other:?}"),
                    };
                    assert!(fits, "{name}.{property}: {value}");
                    seen += 1;
                }
            }
            assert!(seen > 10, "{name}: {seen}");
        }
    }
}

on_both! {
    async fn every_estimate_is_the_row_of_the_api(s: Server) {
        filled(&s).await;
        let page = told(&s, "Estimates", &[("$filter", "Stream eq 'open'"), ("$count", "true")]).await;
        assert_eq!(page["@odata.count"], 24);
        let mut compared = 0;
        for by in ["all", "unit"] {
            for measure in ["overall", "part", "factor", "item"] {
                let api = s.json(&format!("/api/v1/surveys/trial/estimates?by={by}&measure={measure}")).await;
                for row in api["items"].as_array().unwrap() {
                    let unit = row["unit"].as_str().unwrap_or("");
                    let entity = page["value"].as_array().unwrap().iter().find(|e| e["Unit"] == unit && e["Measure"] == row["measure"]).unwrap();
                    for (ours, theirs) in [
                        ("Estimate", "estimate"), ("StandardError", "se"), ("CiLow", "ci_low"), ("CiHigh", "ci_high"), ("N", "n"), ("NValid", "n_valid"),
                        ("DesignEffect", "deff"), ("Level", "measure_level"), ("Kind", "kind"),
                    ] {
                        assert_eq!(entity[ours], row[theirs], "{unit} {measure} {ours}");
                    }
                    let flags: Vec<&str> = row["flags"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
                    assert_eq!(entity["Flags"].as_str().unwrap_or(""), flags.join(" "));
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, 24);
        let suppressed = told(&s, "Estimates", &[("$filter", "Unit eq 'X1'")]).await;
        let numbers = ["Estimate", "StandardError", "CiLow", "CiHigh", "DesignEffect"];
        assert!(suppressed["value"].as_array().unwrap().iter().all(|e| numbers.iter().all(|n| e[n].is_null())), "three forms are too few");
        assert!(told(&s, "Estimates", &[("$filter", "Unit eq 'X1' and Estimate gt 0")]).await["value"].as_array().unwrap().is_empty());
        assert_eq!(each(&told(&s, "Estimates", &[("$filter", "Measure eq 'index' and Unit eq ''")]).await, "Stream"), ["open", "sample"], "streams stay apart");
    }
}

on_both! {
    async fn options_choose_sort_and_cut(s: Server) {
        filled(&s).await;
        let options = [("$filter", "Stream eq 'open' and Level eq 'overall' and Unit ne ''"), ("$orderby", "Estimate desc"), ("$select", "Unit,N")];
        let page = told(&s, "Estimates", &options).await;
        assert_eq!(page["@odata.context"], format!("{}/odata/$metadata#Estimates(Unit,N)", s.base));
        assert_eq!(page["value"], json!([{ "Unit": "W1", "N": 9 }, { "Unit": "W2", "N": 7 }, { "Unit": "X1", "N": 3 }]), "what has no figure is last downwards");
        let upwards = [options[0], ("$orderby", "Estimate")];
        assert_eq!(each(&told(&s, "Estimates", &upwards).await, "Unit"), ["W2", "X1", "W1"], "and first upwards");
        assert_eq!(each(&told(&s, "Units", &[("$orderby", "Population desc"), ("$top", "2")]).await, "Unit"), ["W2", "W1"]);
        assert_eq!(each(&told(&s, "Units", &[("$skip", "2")]).await, "Unit"), ["X1"]);
        assert_eq!(each(&told(&s, "Units", &[("$filter", "contains(NameVi,'<Ba> & \"Bốn\"')")]).await, "Unit"), ["X1"]);
        assert_eq!(each(&told(&s, "Measures", &[("$filter", "startswith(Measure,'factor')")]).await, "Measure"), ["factor_a", "factor_b"]);
        assert_eq!(each(&told(&s, "Surveys", &[("$filter", "OpensOn le 2099-01-01 and not Demonstration")]).await, "Survey"), ["trial"]);
        let top = told(&s, "Units", &[("$top", "0"), ("$count", "true")]).await;
        assert_eq!((&top["@odata.count"], &top["value"]), (&json!(3), &json!([])));
        assert_eq!(ask(&s, "Units/$count", &[("$filter", "Kind eq 'ward'")]).await.text().await.unwrap(), "2");
        // By key.
        let one = told(&s, "Surveys('trial')", &[("$select", "Survey,Responses")]).await;
        assert_eq!(one, json!({ "@odata.context": format!("{}/odata/$metadata#Surveys(Survey,Responses)/$entity", s.base), "Survey": "trial", "Responses": 19 }));
        let one = told(&s, "Estimates(Survey='trial',Stream='open',Unit='',Measure='index')", &[]).await;
        assert_eq!(one["N"], 19);
        assert_eq!(ask(&s, "Surveys('none')", &[]).await.status(), StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn pages_lead_to_the_next_until_everything_was_sent_once(s: Server) {
        filled(&s).await;
        let whole = told(&s, "Estimates", &[]).await;
        assert!(whole.get("@odata.nextLink").is_none());
        let mut next = format!("{}/odata/Estimates?$orderby=Unit desc,Measure&$filter=N ge 0 and Unit ne 'it''s + 1'&$top=31", s.base);
        let (mut all, mut pages) = (Vec::new(), 0);
        loop {
            let answer = s.client.get(&next).header("Prefer", "odata.maxpagesize=10").send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{next}");
            let page: Value = answer.json().await.unwrap();
            all.extend(page["value"].as_array().unwrap().iter().map(ToString::to_string));
            pages += 1;
            match page["@odata.nextLink"].as_str() {
                Some(link) => next = link.to_owned(),
                None => break,
            }
        }
        assert_eq!((all.len(), pages), (31, 4));
        let known: BTreeSet<String> = whole["value"].as_array().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(all.iter().cloned().collect::<BTreeSet<_>>().len(), 31, "none came twice");
        assert!(all.iter().all(|e| known.contains(e)) && known.len() == 48);
    }
}

on_both! {
    async fn what_cannot_be_done_is_said_in_the_form_of_the_protocol(s: Server) {
        filled(&s).await;
        for (set, options, status, why) in [
            ("Surveys", &[("$expand", "Units")][..], 400, "$expand is not supported"),
            ("Surveys", &[("lang", "en")], 400, "there is no option \"lang\""),
            ("Surveys", &[("$filter", "Title eq 'x'")], 400, "\"Title\" is neither a value nor a property of Surveys"),
            ("Surveys", &[("$filter", "Survey eq 'x")], 400, "no closing quotation mark"),
            ("Surveys", &[("$top", "many")], 400, "$top is a whole number"),
            ("Surveys('trial')", &[("$top", "1")], 400, "one entity takes $select"),
            ("Units('W1')", &[], 400, "not the key of Units"),
            ("Nothing", &[], 404, "there are Surveys, Units, Measures, Estimates"),
            ("Surveys/$count", &[("$top", "1")], 400, "$count takes $filter only"),
            ("", &[("$top", "1")], 400, "has no option \"$top\""),
        ] {
            let answer = ask(&s, set, options).await;
            assert_eq!(answer.status(), status, "{set} {options:?}");
            assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/json"));
            let body: Value = answer.json().await.unwrap();
            assert!(body["error"]["code"].is_string() && body["error"]["message"].as_str().unwrap().contains(why), "{set} {options:?}: {body}");
        }
        let old = s.client.get(s.url("/odata/Surveys")).header("OData-MaxVersion", "3.0").send().await.unwrap();
        assert_eq!(old.status(), StatusCode::BAD_REQUEST);
        let new = s.client.get(s.url("/odata/Surveys")).header("OData-MaxVersion", "4.01").send().await.unwrap();
        assert_eq!(new.status(), StatusCode::OK);
    }
}

on_both! {
    async fn everybody_sees_what_is_public_and_a_key_shows_what_its_owner_may_read(s: Server) {
        filled(&s).await;
        assert_eq!(each(&told(&s, "Surveys", &[]).await, "Survey"), ["trial"]);
        let leader = key_of(&s, "leader", &[Grant::everywhere(Role::Leader)]);
        let ward = key_of(&s, "ward", &[Grant::within(Role::Leader, "W1").unwrap()]);
        let stranger = person();
        for (authorization, sees) in [
            (basic("anything", &leader), vec!["secret", "trial"]),
            (basic("", &leader), vec!["secret", "trial"]),
            (format!("Bearer {leader}"), vec!["secret", "trial"]),
            (basic("x", &ward), vec!["trial"]),
        ] {
            for set in ["Surveys", "Units", "Measures", "Estimates"] {
                let answer = stranger.get(s.url(&format!("/odata/{set}"))).header("Authorization", &authorization).send().await.unwrap();
                let page: Value = answer.json().await.unwrap();
                assert_eq!(each(&page, "Survey").into_iter().collect::<BTreeSet<_>>(), sees.iter().map(ToString::to_string).collect(), "{set} {authorization}");
            }
        }
        for wrong in [basic("lan", "sipas_wrong"), basic("lan", ""), "Basic ###".to_owned(), "Bearer wrong".to_owned()] {
            let refused = stranger.get(s.url("/odata/Surveys")).header("Authorization", &wrong).send().await.unwrap();
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{wrong}");
            assert!(refused.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic realm="));
            let body: Value = refused.json().await.unwrap();
            assert_eq!(body["error"]["code"], "sign_in_first");
        }
        // The same key reads the API and files, but with Basic, which browsers send unasked, nothing is changed.
        let read = |path: &'static str| stranger.get(s.url(path)).header("Authorization", basic("x", &leader)).send();
        assert_eq!(read("/api/v1/surveys/secret/estimates").await.unwrap().status(), StatusCode::OK);
        assert_eq!(read("/reports/secret/table.xlsx").await.unwrap().status(), StatusCode::OK);
        let reviewer = key_of(&s, "reviewer", &[Grant::everywhere(Role::Reviewer)]);
        let check = |authorization: String| {
            let request = stranger.request(Method::POST, s.url("/api/v1/questionnaires/check")).header("Authorization", authorization);
            request.header("Content-Type", "application/yaml").body("x").send()
        };
        assert_eq!(check(basic("x", &reviewer)).await.unwrap().status(), StatusCode::UNAUTHORIZED);
        assert_ne!(check(format!("Bearer {reviewer}")).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
}

on_both! {
    async fn withdrawn_results_leave_the_feed_and_demonstrations_say_so(s: Server) {
        filled(&s).await;
        let file = "code: shown\ntitle: {vi: 'Trình diễn', en: 'Show'}\nquestionnaire: trial\nversion: '1'\nopens_on: 2026-01-01\ncloses_on: 2099-01-01\n\
                    units: {kinds: [ward]}\nstreams: [open]\nresults: live\n";
        let file = sipas::surveys::file::read(file).unwrap();
        s.db.write_now(|conn| sipas::surveys::create::create(conn, &file, true, Utc::now().naive_utc())).unwrap();
        take(&s.db, "shown", Step::Open);
        let page = told(&s, "Estimates", &[("$filter", "Demonstration"), ("$select", "Survey")]).await;
        assert_eq!(each(&page, "Survey").into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(["shown".to_owned()]));
        take(&s.db, "trial", Step::Close);
        assert_eq!(each(&told(&s, "Surveys", &[]).await, "Survey"), ["shown"]);
        assert!(told(&s, "Estimates", &[("$filter", "Survey eq 'trial'")]).await["value"].as_array().unwrap().is_empty());
    }
}
