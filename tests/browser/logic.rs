//! `static/logic.js` in a real browser gives what the server gives: on the vectors, on random expressions, and for a whole form.

use serde_json::{Map, Value, json};
use sipas::questionnaires::Questionnaire;
use sipas::questionnaires::model::{Answer, Answers, Text};
use sipas::questionnaires::piping;

#[path = "../logic/cases.rs"]
#[allow(dead_code, reason = "the tests without a browser use the rest")]
mod cases;

use super::support::{LAPTOP, Scripts, browse};
use cases::{Parsed, Random, TODAY, answers, computed, for_the_page, form, parsed, shown, vectors};

/// Loads the module and calls a function of the page with it, the form and the cases; it returns what is wrong.
fn in_the_page(form: &Questionnaire, cases: &[Value], judge: &str) -> Vec<String> {
    let script = format!(
        "const [source, form, cases] = [arguments[0], JSON.parse(arguments[1]), JSON.parse(arguments[2])];
         const judge = {judge};
         return import('data:text/javascript;charset=utf-8,' + encodeURIComponent(source)).then((logic) => {{
           const wrong = [];
           let done = 0;
           for (const c of cases) {{
             try {{
               const found = judge(logic, form, c);
               if (JSON.stringify(found) !== JSON.stringify(c.want)) wrong.push(JSON.stringify([found, c]));
             }} catch (e) {{ wrong.push(String(e.stack) + JSON.stringify(c)); }}
             done += 1;
           }}
           return [done, wrong.length, ...wrong.slice(0, 10)];
         }});"
    );
    let text = |v: &Value| json!(v.to_string());
    let given = vec![json!(include_str!("../../static/logic.js")), text(&json!(form)), text(&json!(cases))];
    let mut found = Value::Null;
    actix_web::rt::System::new().block_on(browse(LAPTOP, Scripts::On, async |browser| {
        // A profile of its own begins with a page of the browser's that loads nothing.
        browser.goto("about:blank").await.unwrap();
        found = browser.script(&script, given).await;
    }));
    let found = found.as_array().unwrap();
    assert_eq!(found[0], json!(cases.len()));
    found[2..].iter().map(|w| w.as_str().unwrap().to_owned()).collect()
}

const EXPRESSION: &str = "(logic, form, c) => {
  const context = { form, answers: c.answers, this: c.this, today: c.today };
  if (c.option) {
    const option = form.questions.find((q) => q.code === 'place').options.find((o) => o.code === c.option);
    return logic.admits(c.parsed.tree, { ...context, this: 'place' }, option);
  }
  return 'numeric' in c.parsed ? logic.calculated(c.parsed, context) : logic.holds(c.parsed.tree, context);
}";

/// Answers as the page keeps them.
fn page_answers(form: &Questionnaire, answers: &Answers) -> Map<String, Value> {
    answers.given.iter().map(|(at, a)| (form.questions[*at].code.clone(), shown(&form.questions[*at], a))).collect()
}

#[test]
fn the_browser_gives_what_the_vectors_say() {
    let form = form();
    let cases: Vec<Value> = vectors().iter().map(|(_, v)| for_the_page(&form, v, &parsed(&form, v).unwrap(), &v.want)).collect();
    let wrong = in_the_page(&form, &cases, EXPRESSION);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_browser_gives_what_the_server_gives_for_random_expressions() {
    const SEED: u64 = 20_260_301;
    let form = form();
    let mut random = Random::new(SEED);
    let mut cases = Vec::new();
    while cases.len() < 4_000 {
        let vector = random.vector();
        let Ok(parsed) = parsed(&form, &vector) else { continue };
        let want = computed(&form, &vector, &parsed);
        cases.push(for_the_page(&form, &vector, &parsed, &want));
    }
    let some = |what: fn(&Value) -> bool| cases.iter().filter(|c| what(&c["want"])).count() > 400;
    assert!(some(Value::is_number) && some(Value::is_string) && some(Value::is_boolean) && some(Value::is_null));
    let wrong = in_the_page(&form, &cases, EXPRESSION);
    assert!(wrong.is_empty(), "seed {SEED}\n{}", wrong.join("\n"));
}

#[test]
fn the_browser_settles_a_form_as_the_server_does() {
    let form = form();
    let mut random = Random::new(5);
    let cases: Vec<Value> = (0..500)
        .map(|_| {
            let mut given = random.answers();
            given.insert("length".to_owned(), json!(99.0));
            let settled = form.settle(answers(&form, &given, Some(TODAY)));
            let place = form.position("place").unwrap();
            let offered: Vec<&str> = form.offered(place, &settled).into_iter().map(|(_, c)| c.code.as_str()).collect();
            json!({ "answers": given, "want": [sorted(&page_answers(&form, &settled)), offered] })
        })
        .collect();
    let judge = format!(
        "(logic, form, c) => {{
           // A page keeps questions without an answer as well, in one way or another.
           const blank = [null, '', [], undefined];
           form.questions.forEach((q, n) => Object.hasOwn(c.answers, q.code) || (c.answers[q.code] = blank[n % blank.length]));
           const settled = logic.settle(form, c.answers, '{TODAY}');
           const place = form.questions.find((q) => q.code === 'place');
           const context = {{ form, answers: settled, this: 'place', today: '{TODAY}' }};
           const offered = place.options.filter((o) => logic.admits(place.choice_filter.tree, context, o)).map((o) => o.code);
           return [Object.keys(settled).sort().map((code) => [code, settled[code]]), offered];
         }}"
    );
    let wrong = in_the_page(&form, &cases, &judge);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sorted(answers: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut all: Vec<_> = answers.iter().collect();
    all.sort_by_key(|(code, _)| *code);
    all
}

#[test]
fn the_browser_fills_texts_as_the_server_does() {
    let form = form();
    let spell = |answer: &Answer| match answer {
        Answer::Number(n) => n.to_string(),
        Answer::Text(t) => t.clone(),
        Answer::Date(d) => d.to_string(),
        other => panic!("{other:?}"),
    };
    let words = [
        "${mark}",
        "a ${field} b ${ field }",
        "${seen}!",
        "${best}",
        "${trips} ${paid}",
        "${words}${from}",
        "${day}",
        "${agree}|${nothing}",
        "${a ${words}",
        "$ {words} ${words",
        "${}",
        "<b>${words}</b>",
        "${constructor}",
        "${twice}",
    ];
    let mut random = Random::new(11);
    let mut cases = Vec::new();
    for _ in 0..30 {
        let settled = form.settle(answers(&form, &random.answers(), Some(TODAY)));
        for text in words {
            for language in ["vi", "en", "fr"] {
                let texts = Text([("vi".to_owned(), text.to_owned()), ("en".to_owned(), format!("In English: {text}"))].into());
                let want = piping::fill(&form, &texts, &settled, language, &spell);
                cases.push(json!({ "text": texts, "language": language, "answers": page_answers(&form, &settled), "want": want }));
            }
        }
    }
    let judge = "(logic, form, c) => logic.fill(c.text, { form, answers: c.answers, language: c.language })";
    let wrong = in_the_page(&form, &cases, judge);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn long_texts_and_nested_repeats_take_no_time_in_the_browser() {
    let form = form();
    let cases: Vec<Value> = ["regex(${words}, '((a*)*)*b')", "regex(${words}, '(a|aa)+')", "regex(${words}, '(a?){150}a{150}')"]
        .iter()
        .map(|expr| {
            let answers = json!({ "words": "a".repeat(1_000) });
            let vector = cases::Vector {
                expr: (*expr).to_owned(),
                answers: answers.as_object().unwrap().clone(),
                this: None,
                option: None,
                today: None,
                want: json!(false),
                says: None,
            };
            let parsed: Parsed = parsed(&form, &vector).unwrap();
            let want = computed(&form, &vector, &parsed);
            for_the_page(&form, &vector, &parsed, &want)
        })
        .collect();
    let wrong = in_the_page(&form, &cases, EXPRESSION);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
