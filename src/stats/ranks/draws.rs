//! Normal vectors with a given covariance.
//!
//! Draw d takes its standard normals g from stream d of ChaCha8, by the polar method (G. Marsaglia and T. A. Bray, SIAM Review 6
//! (1964) 260), and is Z = F g with F F′ = Σ, so that the order of work does not matter.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// Draws worked on together, so that one instruction serves several.
pub(super) const LANES: usize = 16;

/// Draws of Z.
pub(super) struct Draws {
    /// [`LANES`] draws in each, one after the other.
    blocks: Vec<Vec<f64>>,
    units: usize,
    count: usize,
}

impl Draws {
    /// `count` draws with F of order k.
    pub(super) fn new(factor: &[f64], k: usize, count: usize, seed: u64) -> Self {
        // Independent units have a diagonal F: rows begin at their first entry.
        let first: Vec<usize> = (0..k).map(|i| (0..i).find(|j| factor[i * k + j] != 0.0).unwrap_or(i)).collect();
        let block = |at: usize| {
            let mut normals = vec![[0.0; LANES]; k];
            for lane in 0..LANES {
                let mut source = Normals::new(seed, (at * LANES + lane) as u64);
                normals.iter_mut().for_each(|own| own[lane] = source.next());
            }
            let mut draws = vec![0.0; k * LANES];
            for i in 0..k {
                let mut z = [0.0; LANES];
                for (f, g) in factor[i * k + first[i]..=i * k + i].iter().zip(&normals[first[i]..]) {
                    z.iter_mut().zip(g).for_each(|(z, g)| *z += f * g);
                }
                z.iter().enumerate().for_each(|(lane, z)| draws[lane * k + i] = *z);
            }
            draws
        };
        Self { blocks: (0..count.div_ceil(LANES)).into_par_iter().map(block).collect(), units: k, count }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Up to [`LANES`] draws side by side: `[unit][lane]`; 0 in lanes left over.
    pub(super) fn lanes(&self, which: &[u32]) -> Vec<[f64; LANES]> {
        let mut z = vec![[0.0; LANES]; self.units];
        for (lane, draw) in which.iter().map(|draw| *draw as usize).enumerate() {
            let own = &self.blocks[draw / LANES][draw % LANES * self.units..];
            z.iter_mut().zip(own).for_each(|(z, own)| z[lane] = *own);
        }
        z
    }
}

/// Standard normals of one stream.
struct Normals {
    source: ChaCha8Rng,
    kept: Option<f64>,
}

impl Normals {
    fn new(seed: u64, stream: u64) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(stream);
        Self { source, kept: None }
    }

    fn next(&mut self) -> f64 {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        loop {
            let (u, v) = (self.uniform(), self.uniform());
            let square = u * u + v * v;
            if square > 0.0 && square < 1.0 {
                let stretch = (-2.0 * square.ln() / square).sqrt();
                self.kept = Some(v * stretch);
                return u * stretch;
            }
        }
    }

    /// From −1 to 1, on 53 bits.
    fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 52) as f64;
        (self.source.next_u64() >> 11) as f64 * STEP - 1.0
    }
}
