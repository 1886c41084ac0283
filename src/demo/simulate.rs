//! Seeded answers: people differ, units differ, items differ, some leave a question out. Nothing here is an observation.

use chrono::{Datelike, Duration, NaiveDateTime, NaiveTime};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use super::comments;
use crate::collection::{Origin, Response};
use crate::questionnaires::codes;
use crate::questionnaires::model::{Answer, Answers, Kind, Question, QuestionRole, Questionnaire};
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

/// How much better or worse than the mean visitors of these services feel: short errands above long ones.
const BY_SERVICE: [(&str, f64); 8] = [
    ("civil_status", 0.25),
    ("certification", 0.35),
    ("land", -0.45),
    ("building", -0.35),
    ("business", 0.1),
    ("welfare", -0.05),
    ("advice", 0.2),
    ("other", -0.1),
];

/// What the second household wave feels better or worse than the first, beyond the general rise: counters were rebuilt, results come on
/// time more often; complaints are answered no faster, and roads got worse.
const AFTER: [(&str, f64); 10] = [
    ("q24", 0.35),
    ("q25", 0.45),
    ("q26", 0.4),
    ("q32", 0.2),
    ("q34", 0.35),
    ("q35", 0.2),
    ("q38", -0.25),
    ("q39", -0.3),
    ("q09", -0.35),
    ("q19", -0.3),
];

/// How many of those who could write a comment do so, by the mood they write in.
const WRITE: [(&[&str], f64); 3] = [(&comments::UNHAPPY, 0.3), (&comments::NEUTRAL, 0.09), (&comments::HAPPY, 0.06)];

fn named_in(list: &[(&str, f64)], name: &str) -> f64 {
    list.iter().find(|(n, _)| *n == name).map_or(0.0, |(_, v)| *v)
}

/// What the people of one survey have in common: how each question is felt, and how often each of its options is chosen.
struct Habits<'a> {
    questionnaire: &'a Questionnaire,
    feeling: Vec<f64>,
    options: Vec<Vec<f64>>,
    /// The question that tells which service it was about, and how its options move the mood.
    service: Option<(usize, Vec<f64>)>,
}

impl<'a> Habits<'a> {
    /// `moved` says by how much each question is felt better than usual.
    fn new(questionnaire: &'a Questionnaire, seed: u64, moved: &[(&str, f64)]) -> Self {
        let of_option = |q: &Question, i: usize| {
            let name = format!("{}{i}", q.code);
            match &q.kind {
                Kind::Multiple { .. } => (0.35 + offset(seed, &name, 0.15)).clamp(0.05, 0.9),
                // Options that come first are somewhat more common.
                _ => 1.0 / (f64::from(u8::try_from(i).unwrap_or(u8::MAX)) + 1.5) + offset(seed, &name, 0.05).abs(),
            }
        };
        let questions = &questionnaire.questions;
        let service = questions.iter().position(|q| q.role == Some(QuestionRole::Service));
        let moods = |q: &Question| q.options().iter().map(|o| named_in(&BY_SERVICE, &o.code)).collect();
        Habits {
            questionnaire,
            feeling: questions.iter().map(|q| offset(seed, &q.code, 0.25) + named_in(moved, &q.code)).collect(),
            options: questions.iter().map(|q| (0..q.options().len()).map(|i| of_option(q, i)).collect()).collect(),
            service: service.and_then(|at| Some((at, moods(questions.get(at)?)))),
        }
    }

    /// The answers of one person of this mood, who knows what they came for before they are asked how it went.
    fn answers(&self, mood: f64, rng: &mut ChaCha8Rng) -> Answers {
        let mut answers = Answers::default();
        let weights = |position: usize| self.options.get(position).map_or(&[][..], Vec::as_slice);
        let came_for = self.service.as_ref().map(|(at, moods)| (*at, any(weights(*at), rng), moods));
        let felt = |(_, chosen, moods): (usize, u8, &Vec<f64>)| moods.get(usize::from(chosen).saturating_sub(1)).copied().unwrap_or(0.0);
        let mood = mood + came_for.map_or(0.0, felt);
        for (position, question) in self.questionnaire.questions.iter().enumerate() {
            let feeling = self.feeling.get(position).copied().unwrap_or(0.0) + mood;
            if !self.questionnaire.asks(position, &answers) {
                continue;
            }
            let answer = match came_for {
                Some((at, chosen, _)) if at == position => (rng.random::<f64>() > 0.03).then_some(Answer::Choice(chosen)),
                _ if question.role == Some(QuestionRole::Comment) => self.comment(&answers, mood, rng),
                _ => answer(question, feeling, weights(position), rng),
            };
            if let Some(answer) = answer {
                answers.given.insert(position, answer);
            }
        }
        answers
    }

    /// Whether this person writes something, and what: by their general satisfaction where it is asked, by their mood otherwise.
    fn comment(&self, answers: &Answers, mood: f64, rng: &mut ChaCha8Rng) -> Option<Answer> {
        let outcome = self.questionnaire.questions.iter().position(|q| q.role == Some(QuestionRole::Outcome));
        let felt = match outcome.and_then(|at| answers.get(at)) {
            Some(Answer::Choice(level)) => *level,
            _ => five(mood, rng),
        };
        let [unhappy, neutral, happy] = WRITE;
        let (sentences, share) = match felt {
            ..=2 => unhappy,
            3 => neutral,
            _ => happy,
        };
        let (writes, which) = (rng.random::<f64>() < share, rng.random_range(0..sentences.len()));
        let said = sentences.get(which).filter(|_| writes).map(|s| Answer::Text((*s).to_owned()))?;
        let already = answers.given.values().any(|a| *a == said);
        (!already).then_some(said)
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

/// A wave of a household survey: in every unit about thirty people of four villages, weighted to the unit's inhabitants. The second wave
/// comes after something was done: most is felt better, some things are not.
#[must_use]
pub fn household_wave(open: &Open, seed: u64, second: bool) -> Vec<Response> {
    let survey = &open.survey;
    let habits = Habits::new(open.questionnaire(), 7, if second { &AFTER } else { &[] });
    let trend = if second { 0.15 } else { 0.0 };
    let mut responses = Vec::new();
    for unit in open.frame.units.values() {
        let mut rng = named(seed, &unit.code);
        let people = 26 + rng.random_range(0..16u32);
        let pull = offset(1, &unit.code, 0.35) + offset(seed, &unit.code, 0.15) + trend;
        #[expect(clippy::cast_precision_loss, reason = "inhabitants of a commune")]
        let weight = unit.population.map(|p| (p as f64 / f64::from(people)).max(1.0));
        for i in 0..people {
            let village = i % 4;
            let mood = pull + offset(seed, &format!("{}/{village}", unit.code), 0.2) + normal(&mut rng) * 0.7;
            let stored = codes::encode(open.questionnaire(), &habits.answers(mood, &mut rng));
            let day = survey.opens_on + Duration::days(i64::from(rng.random_range(0..20u8)));
            let at = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(rng.random_range(60..600u16)));
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

/// How a visitor answers, more often by telephone than at the touch screen, with an interviewer or on paper.
fn mode(rng: &mut ChaCha8Rng, at_a_place: bool) -> Mode {
    match rng.random::<f64>() {
        ..0.07 => Mode::Paper,
        0.07..0.15 => Mode::Interview,
        0.15..0.32 if at_a_place => Mode::Kiosk,
        _ => Mode::Web,
    }
}

/// A minute of a working day within the days from `from`, never after `to`: counters are open from 8 to 17 o'clock, 7 hours ahead of UTC,
/// and whoever would come at a weekend comes on the Friday before.
fn visit_time(rng: &mut ChaCha8Rng, from: NaiveDateTime, to: NaiveDateTime) -> NaiveDateTime {
    let days = (to - from).num_days().max(1);
    let day = from.date() + Duration::days(rng.random_range(0..days));
    let weekend = i64::from(day.weekday().num_days_from_monday().saturating_sub(4));
    let at = (day - Duration::days(weekend)).and_time(NaiveTime::MIN) + Duration::minutes(rng.random_range(60..600));
    at.clamp(from, to)
}

/// Visits so far: self-selected answers, most by QR code, many at busy places, few at others; somewhat better from month to month.
#[must_use]
pub fn visits(open: &Open, places: &[Place], seed: u64, from: NaiveDateTime, to: NaiveDateTime) -> Vec<Response> {
    let survey = &open.survey;
    let habits = Habits::new(open.questionnaire(), 11, &[]);
    let mut responses = Vec::new();
    for unit in open.frame.units.values() {
        let mut rng = named(seed, &unit.code);
        let at_place = places.iter().find(|p| p.unit == unit.code);
        let people = if at_place.is_some() { 90 + rng.random_range(0..120u32) } else { rng.random_range(0..26u32) };
        let pull = offset(3, &unit.code, 0.4) + 0.2;
        for _ in 0..people {
            let at = visit_time(&mut rng, from, to);
            #[expect(clippy::cast_precision_loss, reason = "minutes of half a year")]
            let passed = (at - from).num_minutes() as f64 / (to - from).num_minutes().max(1) as f64;
            let mood = pull + passed * 0.35 + normal(&mut rng) * 0.8;
            let stored = codes::encode(open.questionnaire(), &habits.answers(mood, &mut rng));
            let mode = mode(&mut rng, at_place.is_some());
            let mut response = Response::new(
                uuid(&mut rng),
                Origin { survey_id: survey.id, unit: &unit.code, stream: Stream::Open, mode, language: "vi" },
                at,
                stored,
            );
            response.place = at_place.filter(|_| mode == Mode::Kiosk || rng.random::<f64>() < 0.7).map(|p| p.code.clone());
            responses.push(response);
        }
    }
    responses
}
