//! Nothing but a keyboard.

use serde_json::Value;
use thirtyfour::prelude::*;

use crate::support::{Browser, LAPTOP, Scripts, run};

const FOCUS: &str = include_str!("scripts/focus.js");

async fn key(b: &Browser, key: Key) {
    b.action_chain().key_down(key.clone()).key_up(key).perform().await.unwrap();
}

/// Where the focus is; it must be seen there.
async fn focus(b: &Browser) -> Value {
    let focus = b.script(FOCUS, vec![]).await;
    assert_eq!(focus["fault"], Value::Null, "{focus}");
    focus
}

/// Presses Tab until something has the focus that fits.
async fn tab_to(b: &Browser, name: &str, value: &str) {
    let mut passed = Vec::new();
    while passed.len() < 40 {
        key(b, Key::Tab).await;
        let at = focus(b).await;
        if at["name"] == name && at["value"] == value {
            return;
        }
        passed.push(at);
    }
    panic!("Tab never reaches {name}={value}: {passed:?}");
}

async fn chosen(b: &Browser, question: &str) -> Value {
    b.script("return document.querySelector(`input[name='${arguments[0]}']:checked`)?.value ?? null", vec![question.into()]).await
}

#[test]
fn a_keyboard_is_enough_and_the_focus_is_always_seen() {
    run(LAPTOP, Scripts::On, async |demo, b| {
        b.goto(demo.base.as_str()).await.unwrap();
        key(b, Key::Tab).await;
        assert_eq!(focus(b).await["text"], "Đến nội dung chính", "first comes the way past what repeats");
        key(b, Key::Enter).await;
        assert_eq!(b.script("return document.activeElement.id", vec![]).await, "main");
        key(b, Key::Tab).await;
        assert_eq!(focus(b).await["text"], "Trả lời phiếu", "after the menu comes what most people want");
        key(b, Key::Enter).await;

        b.see("#unit").await;
        tab_to(b, "unit", "").await;
        key(b, Key::Down).await;
        let unit = b.typed("#unit").await;
        assert!(!unit.is_empty(), "an arrow chooses a unit");
        tab_to(b, "go", "next").await;
        key(b, Key::Enter).await;

        b.see("input[name=page][value='0']").await;
        tab_to(b, "a-overall", "1").await;
        key(b, Key::Space).await;
        assert_eq!(chosen(b, "a-overall").await, "1");
        for (arrow, value) in [(Key::Right, "2"), (Key::Down, "3"), (Key::Down, "4"), (Key::Left, "3"), (Key::Up, "2"), (Key::Down, "3")] {
            key(b, arrow).await;
            assert_eq!(chosen(b, "a-overall").await, value);
            assert_eq!(focus(b).await["value"], value);
        }
        tab_to(b, "go", "next").await;
        key(b, Key::Enter).await;

        b.see("input[name=page][value='1']").await;
        for question in ["a-access", "a-procedures", "a-staff", "a-result", "a-feedback"] {
            tab_to(b, question, "1").await;
            key(b, Key::Space).await;
            key(b, Key::Up).await;
            assert_eq!(chosen(b, question).await, "na", "the answer apart belongs to the same group");
            assert_eq!(focus(b).await["value"], "na");
            key(b, Key::Up).await;
            assert_eq!(chosen(b, question).await, "5");
        }
        tab_to(b, "go", "next").await;
        tab_to(b, "go", "back").await;
        key(b, Key::Enter).await;

        b.see("input[name=page][value='0']").await;
        assert_eq!(chosen(b, "a-overall").await, "3");
        tab_to(b, "go", "next").await;
        key(b, Key::Space).await;
        b.see("input[name=page][value='1']").await;
        tab_to(b, "a-feedback", "5").await;
        key(b, Key::Enter).await;
        b.see("input[name=page][value='3']").await;
    });
}
