//! What a design may be refused for.

/// Why a design was refused. Rows and stages are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SamplingError {
    /// There is no row.
    #[error("the design has no rows; give at least one")]
    NoRows,
    /// More rows than 32 bits can count.
    #[error("the design has {rows} rows, more than it can hold; estimate in parts")]
    TooManyRows {
        /// Rows given.
        rows: usize,
    },
    /// A column is shorter or longer than the rows.
    #[error("the {column} column of stage {stage} has {found} entries for {rows} rows; give one entry a row")]
    Length {
        /// Which column.
        column: &'static str,
        /// Its stage.
        stage: usize,
        /// Rows of the design.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// A weight that is not a finite number from 0 on.
    #[error("row {row} has weight {value}; weights must be finite and not negative")]
    Weight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// Nobody counts.
    #[error("all weights are 0; at least one row must stand for somebody")]
    NoWeight,
    /// A probability that is not above 0 and at most 1.
    #[error("row {row} has inclusion probability {value} at stage {stage}; it must be above 0 and at most 1")]
    Probability {
        /// First row concerned.
        row: usize,
        /// Its stage.
        stage: usize,
        /// The probability.
        value: f64,
    },
    /// A population size that is not a number above 0.
    #[error("row {row} has population size or sampling fraction {value} at stage {stage}; it must be above 0")]
    Population {
        /// First row concerned.
        row: usize,
        /// Its stage.
        stage: usize,
        /// The value.
        value: f64,
    },
    /// Population sizes and sampling fractions in one column.
    #[error(
        "stage {stage} mixes population sizes (row {size} has {size_value}) and sampling fractions (row {fraction} has {fraction_value}); give one kind"
    )]
    MixedPopulations {
        /// The stage.
        stage: usize,
        /// First row with a size.
        size: usize,
        /// Its size.
        size_value: f64,
        /// First row with a fraction.
        fraction: usize,
        /// Its fraction.
        fraction_value: f64,
    },
    /// Two population sizes in one stratum.
    #[error(
        "rows {first} and {row} are in one stratum of stage {stage} but have population sizes {first_value} and {value}; a stratum has one size"
    )]
    PopulationVaries {
        /// The stage.
        stage: usize,
        /// First row of the stratum.
        first: usize,
        /// Its size.
        first_value: f64,
        /// Row with another size.
        row: usize,
        /// That size.
        value: f64,
    },
    /// A population smaller than its sample.
    #[error(
        "row {row} lies in a stratum of stage {stage} with {sampled} sampled clusters out of a population of {population}; a population is at least as large as its sample"
    )]
    PopulationTooSmall {
        /// First row of the stratum.
        row: usize,
        /// The stage.
        stage: usize,
        /// Clusters in the sample.
        sampled: u32,
        /// Clusters in the population.
        population: f64,
    },
    /// One cluster lies in two strata.
    #[error(
        "rows {first} and {row} are in cluster {cluster} but in two strata; a cluster belongs to one stratum, say that identifiers are nested if they restart in every stratum"
    )]
    ClusterInTwoStrata {
        /// First row of the cluster.
        first: usize,
        /// Row in another stratum.
        row: usize,
        /// The cluster's identifier.
        cluster: u32,
    },
    /// Weights were to follow from populations, but there are none.
    #[error("weights cannot follow from populations, because stage {stage} has none; give weights or probabilities")]
    NoPopulations {
        /// The stage.
        stage: usize,
    },
    /// PPS methods need probabilities.
    #[error("a design with unequal probabilities needs the inclusion probabilities of its first stage")]
    PpsProbabilities,
    /// Two probabilities in one cluster.
    #[error(
        "rows {first} and {row} are in one cluster of stage {stage} but have inclusion probabilities {first_value} and {value}; a cluster has one"
    )]
    ProbabilityVaries {
        /// The stage.
        stage: usize,
        /// First row of the cluster.
        first: usize,
        /// Its probability.
        first_value: f64,
        /// Row with another one.
        row: usize,
        /// That probability.
        value: f64,
    },
    /// Joint probabilities of another number of PSUs.
    #[error("{found} joint probabilities for {psus} PSUs; give a square matrix, PSUs in order of appearance")]
    JointLength {
        /// PSUs of the design.
        psus: usize,
        /// Entries found.
        found: usize,
    },
    /// A joint probability out of range.
    #[error(
        "the joint inclusion probability of PSUs {first} and {second} is {value}; it must be above 0, at most either PSU's own and the same both ways"
    )]
    JointProbability {
        /// One PSU.
        first: usize,
        /// The other.
        second: usize,
        /// The value.
        value: f64,
    },
    /// Joint forms look at one stage only.
    #[error("joint inclusion probabilities are for one stage of sampling; stage {stage} has a population of its own, use Brewer's form")]
    JointStages {
        /// The later stage.
        stage: usize,
    },
}
