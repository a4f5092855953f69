//! The program's parser process alone, for the tests: they cannot start themselves as a child.

use clap::Parser;
use cli::args::{Args, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Command::ParseDocument(args) = Args::parse().command {
        return cli::commands::parse_document::run(&args);
    }
    ExitCode::FAILURE
}
