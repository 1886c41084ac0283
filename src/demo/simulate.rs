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

/// What the people of one survey have in common: how each question is felt, and how often each of its options is chosen.
struct Habits<'a> {
    questionnaire: &'a Questionnaire,
    feeling: Vec<f64>,
    options: Vec<Vec<f64>>,
}

impl<'a> Habits<'a> {
    fn new(questionnaire: &'a Questionnaire, seed: u64) -> Self {
        let of_option = |q: &Question, i: usize| {
            let name = format!("{}{i}", q.code);
            match &q.kind {
                Kind::Multiple { .. } => (0.35 + offset(seed, &name, 0.15)).clamp(0.05, 0.9),
                // Options that come first are somewhat more common.
                _ => 1.0 / (f64::from(u8::try_from(i).unwrap_or(u8::MAX)) + 1.5) + offset(seed, &name, 0.05).abs(),
            }
        };
        Habits {
            questionnaire,
            feeling: questionnaire.questions.iter().map(|q| offset(seed, &q.code, 0.25)).collect(),
            options: questionnaire.questions.iter().map(|q| (0..q.options().len()).map(|i| of_option(q, i)).collect()).collect(),
        }
    }

    /// The answers of one person of this mood.
    fn answers(&self, mood: f64, rng: &mut ChaCha8Rng) -> Answers {
        let mut answers = Answers::default();
        for (position, question) in self.questionnaire.questions.iter().enumerate() {
            let feeling = self.feeling.get(position).copied().unwrap_or(0.0) + mood;
            let options = self.options.get(position).map_or(&[][..], Vec::as_slice);
            if self.questionnaire.asks(position, &answers)
                && let Some(answer) = answer(question, feeling, options, rng)
            {
                answers.given.insert(position, answer);
            }
        }
        answers
    }
}

fn answer(question: &Question, feeling: f64, options: &[f64], rng: &mut ChaCha8Rng) -> Option<Answer> {
    if !question.required && rng.random::<f64>() < 0.025 {
        return None;
    }
    match &question.kind {
        Kind::Single { not_applicable: Some(_), .. } if rng.random::<f64>() < 0.03 => Some(Answer::NotApplicable),
        Kind::Single { scale: Some(_), .. } if options.len() == 5 => Some(Answer::Choice(five(feeling, rng))),
        Kind::Single { .. } => Some(Answer::Choice(any(options, rng))),
        Kind::Multiple { options: choices, max_selected, .. } => {
            let mut chosen: Vec<u8> = Vec::new();
            for ((n, choice), likely) in (1u8..).zip(choices).zip(options) {
                let room = chosen.len() < usize::from(max_selected.unwrap_or(u8::MAX));
                if room && !choice.exclusive && !choice.specify && rng.random::<f64>() < *likely {
                    chosen.push(n);
                }
            }
            (!chosen.is_empty()).then_some(Answer::Choices(chosen))
        }
        Kind::Number { min, max, .. } => Some(Answer::Number(max.unwrap_or(f64::MAX).min(min.unwrap_or(0.0) + 1.0))),
        Kind::Text { long: true, .. } if rng.random::<f64>() < 0.05 => Some(Answer::Text("(Câu trả lời minh hoạ)".to_owned())),
        Kind::Text { .. } | Kind::Date { .. } | Kind::Ranking { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => None,
        Kind::Consent => (rng.random::<f64>() < 0.6).then_some(Answer::Choice(1)),
    }
}

/// A five-point answer from a latent feeling and four fixed thresholds.
fn five(feeling: f64, rng: &mut ChaCha8Rng) -> u8 {
    let felt = 1.75 + feeling + normal(rng) * 1.1;
    [(-1.6, 1), (-0.7, 2), (0.35, 3), (2.2, 4)].into_iter().find(|(limit, _)| felt < *limit).map_or(5, |(_, n)| n)
}

/// An option, each as often as its weight says.
fn any(weights: &[f64], rng: &mut ChaCha8Rng) -> u8 {
    let mut left = rng.random::<f64>() * weights.iter().sum::<f64>();
    let chosen = (1u8..).zip(weights).find(|(_, w)| {
        left -= **w;
        left < 0.0
    });
    chosen.map_or(1, |(n, _)| n)
}

fn uuid(rng: &mut ChaCha8Rng) -> Uuid {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid()
}

/// A wave of a household survey: in every unit about thirty people of four villages, weighted to the unit's inhabitants.
#[must_use]
pub fn household_wave(open: &Open, seed: u64, trend: f64) -> Vec<Response> {
    let survey = &open.survey;
    let habits = Habits::new(open.questionnaire(), 7);
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
            let stored = codes::encode(open.questionnaire(), &habits.answers(mood, &mut rng));
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
    let habits = Habits::new(open.questionnaire(), 11);
    let minutes = (to - from).num_minutes().max(1);
    let mut responses = Vec::new();
    for unit in open.frame.units.values() {
        let mut rng = named(seed, &unit.code);
        let at_place = places.iter().find(|p| p.unit == unit.code);
        let people = if at_place.is_some() { 60 + rng.random_range(0..80u32) } else { rng.random_range(0..26u32) };
        let pull = offset(3, &unit.code, 0.4) + 0.35;
        for _ in 0..people {
            let mood = pull + normal(&mut rng) * 0.8;
            let stored = codes::encode(open.questionnaire(), &habits.answers(mood, &mut rng));
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
