//! Every percentage of every unit with standard error and interval, beside a pass of polars over the same columns that gives percentages
//! alone: `cargo bench --bench estimate_table`, with `ROWS=1000000,5000000` for other sizes.
//!
//! Synthetic responses to 25 items in 600 units of 10 PSUs each, in random order; 5 % of answers are missing, weights differ by row. Units are the
//! strata. Times are medians and include checking design and measures; the columns stand in memory for both.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "prints its table")]

mod common;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sipas::stats::design::{Design, DesignSpec, LonelyPsu};
use sipas::stats::index::{Calibrated, Domains, Estimate, Index, IndexSpec, IndexTable, Item, Measure, Scoring};
use sipas::stats::interval::ProportionInterval;
use sipas::stats::weighting::{Chain, Margin, RakeVariance, Raking, Step};

use common::{median, peak, ratio, reset_peak};

const ITEMS: usize = 25;
const UNITS: u32 = 600;
const PSUS: u32 = 10;
/// Cells of the margins: sex, age, kind of unit.
const MARGINS: [u32; 3] = [2, 6, 4];
/// Each measurement is the median of so many.
const ROUNDS: usize = 7;
/// Every row follows from this.
const SEED: u64 = 20_261_122;

fn main() {
    let sizes = std::env::var("ROWS").unwrap_or_else(|_| "1000000,5000000".to_owned());
    let sizes: Vec<usize> = sizes.split(',').map(|rows| rows.trim().parse().unwrap()).collect();
    println!("{ITEMS} items, {UNITS} units of {PSUS} PSUs, {} threads", rayon::current_num_threads());
    let mut first: Option<(usize, Vec<(&str, Duration)>)> = None;
    for rows in sizes {
        let data = Data::new(rows);
        let times = measure(&data);
        whole_process(&data);
        match &first {
            None => first = Some((rows, times)),
            Some((less, before)) => {
                println!("\n{rows} rows take, as multiples of the time for {less}:");
                for ((what, time), (_, before)) in times.iter().zip(before) {
                    println!("  {what:<50}{:>6.2} ×", ratio(*time, *before));
                }
            }
        }
    }
}

struct Data {
    unit: Vec<u32>,
    psu: Vec<u32>,
    weight: Vec<f64>,
    margins: [Vec<u32>; 3],
    codes: Vec<Vec<u8>>,
}

impl Data {
    fn new(rows: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut data = Self {
            unit: Vec::with_capacity(rows),
            psu: Vec::with_capacity(rows),
            weight: Vec::with_capacity(rows),
            margins: [const { Vec::new() }; 3],
            codes: (0..ITEMS).map(|_| Vec::with_capacity(rows)).collect(),
        };
        data.margins.iter_mut().for_each(|margin| margin.reserve_exact(rows));
        for _ in 0..rows {
            let unit = rng.random_range(0..UNITS);
            let psu = unit * PSUS + rng.random_range(0..PSUS);
            let cells = [rng.random_range(0..MARGINS[0]), rng.random_range(0..MARGINS[1]), unit % MARGINS[2]];
            data.unit.push(unit);
            data.psu.push(psu);
            data.weight.push(f64::from(rng.random_range(100..1_100u32)) / 100.0);
            for (margin, cell) in data.margins.iter_mut().zip(cells) {
                margin.push(cell);
            }
            let satisfied = 60 + (unit * 7) % 25 + psu % 5 + cells[1];
            let mut bytes = [0u8; 2 * ITEMS];
            rng.fill(&mut bytes[..]);
            for (item, codes) in data.codes.iter_mut().enumerate() {
                let [draw, level] = [bytes[2 * item], bytes[2 * item + 1]];
                codes.push(match draw {
                    0..13 => 0,
                    _ if u32::from(level) * 100 < satisfied * 256 => 4 + draw % 2,
                    _ => 1 + draw % 3,
                });
            }
        }
        data
    }

    fn rows(&self) -> usize {
        self.unit.len()
    }

    fn design<'a>(&'a self, weights: &'a [f64], lonely: LonelyPsu) -> Design<'a> {
        let (strata, psus) = (Some(self.unit.as_slice().into()), Some(self.psu.as_slice().into()));
        Design::new(DesignSpec { weights: weights.into(), strata, psus, lonely }).unwrap()
    }

    /// Totals of the margins that differ from the sums of the weights by some percent.
    fn raking(&self) -> Raking {
        let sum: f64 = self.weight.iter().sum();
        let margin = |(cells, count): (&Vec<u32>, u32)| {
            let mut totals = vec![0.0; count as usize];
            cells.iter().zip(&self.weight).for_each(|(cell, weight)| totals[*cell as usize] += weight);
            (0u32..).zip(&mut totals).for_each(|(cell, total)| *total *= 1.0 + 0.03 * f64::from(cell % 3));
            let scale = sum / totals.iter().sum::<f64>();
            Margin { cells: cells.clone(), totals: totals.iter().map(|total| total * scale).collect() }
        };
        let margins = self.margins.iter().zip(MARGINS).map(margin).collect();
        Raking { margins, tolerance: 1e-12, max_iterations: 1000, variance: RakeVariance::Calibration }
    }
}

fn measure(data: &Data) -> Vec<(&'static str, Duration)> {
    println!("\n{} rows", data.rows());
    let mut times = Vec::new();
    let mut show = |what: &'static str, time: Duration, more: String| {
        println!("  {what:<50}{:>9.1} ms  {more}", time.as_secs_f64() * 1e3);
        times.push((what, time));
    };
    let polars = polars(data);
    let beside = |time: Duration| polars.as_ref().map_or(String::new(), |polars| format!("{:.2} × polars", ratio(time, polars.best)));

    let scoring = Scoring::satisfied(&[1, 2, 3, 4, 5], &[4, 5]).unwrap();
    let items: Vec<Item<'_>> = data.codes.iter().map(|codes| Item { codes, scoring: &scoring }).collect();
    let measures: Vec<Measure> = (0..ITEMS).map(Measure::item).collect();

    reset_peak();
    let mut table = None;
    let time = median(ROUNDS, || table = Some(whole(data, &items, &measures, None)));
    show("table by unit", time, format!("{}, {}", beside(time), peak()));
    if let (Some(polars), Some(table)) = (&polars, &table) {
        agree(polars, table);
    }

    let one = median(ROUNDS, || {
        let design = data.design(&data.weight, LonelyPsu::Fail);
        let (items, measures, domains) = (&items[..1], &measures[..1], Domains::whole());
        let spec = IndexSpec { design: &design, items, measures, domains, poststratified: None };
        intervals(&Index::new(spec).unwrap().estimate())
    });
    show("one item, whole country", one, beside(one));

    let design = data.design(&data.weight, LonelyPsu::Fail);
    let domains = || Domains::new(data.unit.as_slice(), UNITS);
    let all = [Measure::factor_mean(&(0..5).map(|f| (f * 5..f * 5 + 5).collect::<Vec<_>>()).collect::<Vec<_>>())];
    let spec = IndexSpec { design: &design, items: &items, measures: &all, domains: domains(), poststratified: None };
    let index = Index::new(spec).unwrap();
    let total = median(ROUNDS, || index.estimate());
    show("mean of factor means by unit", total, beside(total));
    let sums = index.sums();
    let covariance = median(ROUNDS, || sums.covariance(0).unwrap());
    show("its covariance between units", covariance, String::new());
    drop(sums);

    let steps = [Step::Rake(data.raking())];
    reset_peak();
    let mut chain = None;
    let raking = median(ROUNDS, || {
        chain = None;
        chain = Some(Chain::new(&data.weight, &steps).unwrap());
    });
    show("raking, 3 margins, tolerance 1e-12", raking, peak());
    let weights = chain.unwrap().weights().to_vec();
    drop(steps);
    reset_peak();
    let time = median(ROUNDS, || whole(data, &items, &measures, Some(&weights)));
    show("table by unit after raking, residual variance", time, format!("{}, {}", beside(time), peak()));
    show("raking and that table", raking + time, beside(raking + time));
    times
}

/// `sipas estimate` from a CSV file to the written table: the pooled index and every item by unit, with Wilson intervals.
fn whole_process(data: &Data) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let names: Vec<String> = (1..=ITEMS).map(|item| format!("q{item:02}")).collect();
    let mut csv = BufWriter::new(File::create(path("data.csv")).unwrap());
    writeln!(csv, "unit,commune,residence,age,kind,w,{}", names.join(",")).unwrap();
    for row in 0..data.rows() {
        let [a, b, c] = [&data.margins[0], &data.margins[1], &data.margins[2]].map(|cells| cells[row]);
        write!(csv, "U{:03},U{:03}_{},{a},{b},{c},{}", data.unit[row], data.unit[row], data.psu[row] % PSUS, data.weight[row]).unwrap();
        for codes in &data.codes {
            match codes[row] {
                0 => write!(csv, ",").unwrap(),
                code => write!(csv, ",{code}").unwrap(),
            }
        }
        writeln!(csv).unwrap();
    }
    csv.flush().unwrap();
    let spec = format!(
        "data: data.csv\ndesign: {{weights: w, strata: [unit], clusters: [commune], nested: true}}\nestimates:\n  - {{name: s, by: [unit], ci: wilson, \
         satisfaction: {{items: [{}], valid: [1, 2, 3, 4, 5], satisfied: [4, 5], each: true}}}}\n",
        names.join(", ")
    );
    std::fs::write(path("spec.yaml"), spec).unwrap();
    let time = median(ROUNDS, || {
        let mut run = Command::new(env!("CARGO_BIN_EXE_sipas"));
        let status = run.args(["estimate", "--format", "csv", "--out"]).arg(path("out.csv")).arg(path("spec.yaml")).status().unwrap();
        assert!(status.success());
    });
    let size = std::fs::metadata(path("data.csv")).unwrap().len() / 1_000_000;
    println!("  {:<50}{:>9.1} ms  a file of {size} MB", "sipas estimate, from CSV to table, whole process", time.as_secs_f64() * 1e3);
}

/// Design, estimates, standard errors and intervals.
fn whole(data: &Data, items: &[Item<'_>], measures: &[Measure], raked: Option<&[f64]>) -> IndexTable {
    let design = data.design(raked.unwrap_or(&data.weight), LonelyPsu::Fail);
    let domains = Domains::new(data.unit.as_slice(), UNITS);
    let index = Index::new(IndexSpec { design: &design, items, measures, domains, poststratified: None }).unwrap();
    let margins = || data.margins.iter().zip(MARGINS).map(|(cells, count)| (cells.as_slice().into(), count)).collect();
    let calibrated = raked.map(|_| Calibrated::new(data.weight.as_slice(), margins()).unwrap());
    let table = match &calibrated {
        Some(calibrated) => index.calibrated(calibrated).unwrap().estimate(),
        None => index.estimate(),
    };
    assert_eq!(black_box(intervals(&table)), table.rows().len());
    table
}

fn intervals(table: &IndexTable) -> usize {
    let interval = |e: &Estimate| {
        let (value, se) = e.estimate.zip(e.se)?;
        ProportionInterval::Wilson.interval(value / 100.0, se / 100.0, f64::from(e.df_domain), e.n_valid, 0.95).ok()
    };
    table.rows().par_iter().with_min_len(64).filter_map(interval).collect::<Vec<_>>().len()
}

struct Polars {
    best: Duration,
    shares: Vec<f64>,
}

/// Lets polars make the percentages; `None`, with a word why, when it cannot be run.
fn polars(data: &Data) -> Option<Polars> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("unit", data.unit.iter().flat_map(|unit| unit.to_le_bytes()).collect());
    write("weight", data.weight.iter().flat_map(|weight| weight.to_le_bytes()).collect());
    write("codes", data.codes.concat());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/estimate_table.py");
    let arguments = [data.rows(), ITEMS, ROUNDS].map(|number| number.to_string());
    let output = Command::new("python3").arg(script).arg(folder.path()).args(arguments).output();
    let text = match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            println!("  no yardstick, python3 with numpy and polars is needed: {}", error.lines().last().unwrap_or(""));
            return None;
        }
        Err(error) => {
            println!("  no yardstick, python3 with numpy and polars is needed: {error}");
            return None;
        }
    };
    let mut best = Duration::MAX;
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (name, second, third) = (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next());
        if let Some(threads) = third {
            println!("  yardstick: {name} {second}, {threads} threads");
        } else {
            let time = Duration::from_secs_f64(second.parse().unwrap());
            println!("  {:<50}{:>9.1} ms", format!("{name}: percentages by unit"), time.as_secs_f64() * 1e3);
            best = best.min(time);
        }
    }
    let bytes = std::fs::read(folder.path().join("polars")).unwrap();
    // Item by item within a unit, or unit by unit within an item, as numpy keeps it.
    let shares = bytes.chunks_exact(8).map(|eight| f64::from_le_bytes(eight.try_into().unwrap())).collect();
    Some(Polars { best, shares })
}

/// Both make the same percentages.
fn agree(polars: &Polars, table: &IndexTable) {
    let largest = polars.shares.iter().zip(table.rows()).map(|(a, b)| (a - b.estimate.unwrap()).abs()).fold(0.0, f64::max);
    assert!(polars.shares.len() == table.rows().len() && largest < 1e-9, "polars makes other percentages, by {largest}");
}
