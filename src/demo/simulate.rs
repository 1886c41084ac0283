//! Seeded answers: people differ, units differ, items differ, some leave a question out. Nothing here is an observation.

use chrono::{Duration, NaiveDateTime};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::collection::{Origin, Response};
use crate::questionnaires::codes;
use crate::questionnaires::model::{Answer, Answers, Kind, Question, Questionnaire};
use crate::surveys::{Mode, Open, Stream};
use crate::units::Place;

/// Standard normal, by the sum of twelve uniforms: good enough to look at.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

/// A generator that belongs to a name: the same for the same seed and name (FNV-1a).
fn named(seed: u64, name: &str) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(name.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
}

/// An offset that belongs to a name.
fn offset(seed: u64, name: &str, spread: f64) -> f64 {
    normal(&mut named(seed, name)) * spread
}

/// One person answering: a general mood, and the pull of the unit.
struct Person<'a> {
    questionnaire: &'a Questionnaire,
    rng: ChaCha8Rng,
    seed: u64,
    mood: f64,
}

impl Person<'_> {
    fn answers(&mut self) -> Answers {
        let mut answers = Answers::default();
        for (position, question) in self.questionnaire.questions.iter().enumerate() {
            if self.questionnaire.asks(position, &answers)
                && let Some(answer) = self.answer(question)
            {
                answers.0.insert(position, answer);
            }
        }
        answers
    }

    fn answer(&mut self, question: &Question) -> Option<Answer> {
        if !question.required && self.rng.random::<f64>() < 0.025 {
            return None;
        }
        match &question.kind {
            Kind::Single { options, not_applicable, scale, .. } => {
                let draw = self.rng.random::<f64>();
                if not_applicable.is_some() && draw < 0.03 {
                    return Some(Answer::NotApplicable);
                }
                let n = if scale.is_some() && options.len() == 5 { self.five(question) } else { self.any(question, options.len()) };
                Some(Answer::Choice(n))
            }
            Kind::Multiple { options, max_selected, .. } => self.several(question, options, max_selected.unwrap_or(u8::MAX)),
            Kind::Number { min, max, .. } => {
                Some(Answer::Number(min.unwrap_or(0.0).max(max.unwrap_or(10.0).min(min.unwrap_or(0.0) + 1.0))))
            }
            Kind::Text { long: true, .. } if self.rng.random::<f64>() < 0.05 => Some(Answer::Text("(Câu trả lời minh hoạ)".to_owned())),
            Kind::Text { .. } => None,
            Kind::Consent => (self.rng.random::<f64>() < 0.6).then_some(Answer::Choice(1)),
        }
    }

    /// A five-point answer from a latent feeling and four fixed thresholds.
    fn five(&mut self, question: &Question) -> u8 {
        let feeling = 1.75 + self.mood + offset(self.seed, &question.code, 0.25) + normal(&mut self.rng) * 1.1;
        [(-1.6, 1), (-0.7, 2), (0.35, 3), (2.2, 4)].into_iter().find(|(limit, _)| feeling < *limit).map_or(5, |(_, n)| n)
    }

    /// An option of another question, the first ones somewhat more often.
    fn any(&mut self, question: &Question, count: usize) -> u8 {
        let weight = |i: u8| 1.0 / (f64::from(i) + 1.5) + offset(self.seed, &format!("{}{i}", question.code), 0.05).abs();
        let all: Vec<f64> = (0u8..=254).take(count).map(weight).collect();
        let mut left = self.rng.random::<f64>() * all.iter().sum::<f64>();
        (1u8..)
            .zip(all)
            .find(|(_, w)| {
                left -= w;
                left < 0.0
            })
            .map_or(1, |(n, _)| n)
    }

    fn several(&mut self, question: &Question, options: &[crate::questionnaires::model::Choice], most: u8) -> Option<Answer> {
        let mut chosen: Vec<u8> = Vec::new();
        for (n, choice) in (1u8..).zip(options) {
            let likely = (0.35 + offset(self.seed, &format!("{}{n}", question.code), 0.15)).clamp(0.05, 0.9);
            if !choice.exclusive && !choice.specify && chosen.len() < usize::from(most) && self.rng.random::<f64>() < likely {
                chosen.push(n);
            }
        }
        (!chosen.is_empty()).then_some(Answer::Choices(chosen))
    }
}

fn uuid(rng: &mut ChaCha8Rng) -> Uuid {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid()
}

/// A wave of a household survey: in every unit about thirty people of four villages, weighted to the unit's inhabitants.
#[must_use]
pub fn household_wave(open: &Open, seed: u64, trend: f64) -> Vec<Response> {
    let survey = &open.survey;
    let mut responses = Vec::new();
    for unit in open.frame.units.values() {
        let mut rng = named(seed, &unit.code);
        let people = 26 + rng.random_range(0..16u32);
        let pull = offset(1, &unit.code, 0.35) + offset(seed, &unit.code, 0.1) + trend;
        #[expect(clippy::cast_precision_loss, reason = "inhabitants of a commune")]
        let weight = unit.population.map(|p| (p as f64 / f64::from(people)).max(1.0));
        for i in 0..people {
            let village = i % 4;
            let mood = pull + offset(seed, &format!("{}/{village}", unit.code), 0.2) + normal(&mut rng) * 0.7;
            let mut person = Person { questionnaire: open.questionnaire(), rng: ChaCha8Rng::seed_from_u64(rng.random()), seed: 7, mood };
            let stored = codes::encode(open.questionnaire(), &person.answers());
            let day = survey.opens_on + Duration::days(i64::from(rng.random_range(0..20u8)));
            let at = day.and_time(chrono::NaiveTime::MIN) + Duration::minutes(i64::from(rng.random_range(60..600u16)));
            let mut response = Response::new(
                uuid(&mut rng),
                Origin { survey_id: survey.id, unit: &unit.code, stream: Stream::Sample, mode: Mode::Interview, language: "vi" },
                at,
                stored,
            );
            response.stratum = Some(unit.code.clone());
            response.psu = Some(format!("TDP {}", village + 1));
            response.weight = weight;
            responses.push(response);
        }
    }
    responses
}

/// Visits so far: self-selected answers by QR code, many at busy places, few at others.
#[must_use]
pub fn visits(open: &Open, places: &[Place], seed: u64, from: NaiveDateTime, to: NaiveDateTime) -> Vec<Response> {
    let survey = &open.survey;
    let minutes = (to - from).num_minutes().max(1);
    let mut responses = Vec::new();
    for unit in open.frame.units.values() {
        let mut rng = named(seed, &unit.code);
        let at_place = places.iter().find(|p| p.unit == unit.code);
        let people = if at_place.is_some() { 60 + rng.random_range(0..80u32) } else { rng.random_range(0..26u32) };
        let pull = offset(3, &unit.code, 0.4) + 0.35;
        for _ in 0..people {
            let mood = pull + normal(&mut rng) * 0.8;
            let mut person = Person { questionnaire: open.questionnaire(), rng: ChaCha8Rng::seed_from_u64(rng.random()), seed: 11, mood };
            let stored = codes::encode(open.questionnaire(), &person.answers());
            let at = from + Duration::minutes(rng.random_range(0..minutes));
            let mut response = Response::new(
                uuid(&mut rng),
                Origin { survey_id: survey.id, unit: &unit.code, stream: Stream::Open, mode: Mode::Web, language: "vi" },
                at,
                stored,
            );
            response.place = at_place.filter(|_| rng.random::<f64>() < 0.7).map(|p| p.code.clone());
            responses.push(response);
        }
    }
    responses
}
