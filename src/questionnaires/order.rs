//! The order in which one respondent sees questions and options.
//!
//! Where a questionnaire says `shuffle`, the order is drawn with ChaCha8 from the response's own id, so that it differs from
//! respondent to respondent, stays the same from page to page, and can be told afterwards from the stored response alone: the id
//! is the recorded seed. The draw is the first 8 bytes of SHA-256 over the id, a zero byte and the code of what is shuffled.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use super::Questionnaire;

/// Shuffles in place; `code` is the code of the question, matrix or section whose parts are shuffled.
fn shuffle<T>(parts: &mut [T], id: &[u8; 16], code: &str) {
    let digest = Sha256::new().chain_update(id).chain_update([0]).chain_update(code.as_bytes()).finalize();
    let seed = digest.iter().take(8).fold(0u64, |seed, byte| seed << 8 | u64::from(*byte));
    parts.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
}

impl Questionnaire {
    /// Positions of a section's questions in the order this respondent sees them. The items of a matrix stay together, and the text
    /// that asks “which” stays behind its question.
    #[must_use]
    pub fn questions_in_order(&self, section: usize, id: &[u8; 16]) -> Vec<usize> {
        let Some(section) = self.sections.get(section) else { return Vec::new() };
        let mut blocks: Vec<Vec<usize>> = Vec::new();
        for position in section.questions.clone() {
            let Some(question) = self.questions.get(position) else { continue };
            let last = blocks.last_mut().filter(|b| {
                let before = b.last().and_then(|p| self.questions.get(*p));
                question.specifies.is_some() || (question.matrix.is_some() && before.is_some_and(|q| q.matrix == question.matrix))
            });
            match last {
                Some(block) => block.push(position),
                None => blocks.push(vec![position]),
            }
        }
        for block in &mut blocks {
            let matrix = block.first().and_then(|p| self.questions.get(*p)).and_then(|q| q.matrix).and_then(|m| self.matrices.get(m));
            if let Some(matrix) = matrix.filter(|m| m.shuffle) {
                shuffle(block, id, &matrix.code);
            }
        }
        if section.shuffle {
            shuffle(&mut blocks, id, &section.code);
        }
        blocks.concat()
    }

    /// Options of a question in the order this respondent sees them, given those that are offered. An option that excludes the others and one
    /// that asks “which” keep the place where they were written.
    pub fn options_in_order<T: Copy>(&self, question: usize, id: &[u8; 16], offered: &mut [T], stays: impl Fn(&T) -> bool) {
        let Some(question) = self.questions.get(question).filter(|q| q.shuffle) else { return };
        let mut moved: Vec<T> = offered.iter().filter(|o| !stays(o)).copied().collect();
        shuffle(&mut moved, id, &question.code);
        for (place, option) in offered.iter_mut().filter(|o| !stays(o)).zip(moved) {
            *place = option;
        }
    }
}
