//! The `sipas` program; everything is in the library.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    sipas::cli::run(sipas::cli::Cli::parse())
}
