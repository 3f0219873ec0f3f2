//! `cargo x`: everything that is done to this repository rather than by the program.

use std::process::ExitCode;

use xtask::{Outcome, bench, generated, pipeline, shots, tidy, vendor, workspace};

const USAGE: &str = "\
cargo x COMMAND

  ci                        the whole pipeline: format, lints, tidy, vendored files, licences, spelling,
                            tests on SQLite and PostgreSQL, browser journeys; installs by apt what the
                            tests need when run as root, else says what to install
  test [ARGS…]              the tests alone, on both databases; ARGS go to cargo nextest (or cargo test),
                            for example: cargo x test -p registry
  tidy                      import rules, names, templates, glossary; prints the longest functions and files
  generate                  write the generated files again: schemas, permission matrix, route table
  schema [--check]          the schemas alone; --check compares instead of writing
  vendor [--verify]         check the vendored front-end files against their manifest
  vendor --refresh          fetch them again from the npm registry
  shots [DIR]               pictures of every page at 1440 and 390 px into DIR (default: shots)
  bench [OPTIONS]           pages a second of the demo city, the policy's obligations, the optimiser
      --instances DIR       instances for the optimiser (default: bench/city, when it is there)
                            GONGZHI_BIN names another program to measure than the one built for release
      --seconds N           length of the measured run (default 20)
      --connections N       closed-loop connections (default 32)
      --paths FILE          pages to ask for, one a line (default: found by following the workbench's links)
      --gzip                ask for compressed pages, as a browser does
      --pages | --obligations | --optimiser
                            only one of the three
      -- ARGS…              for the optimiser's measuring, such as: -- 2 --threads 2
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Outcome {
    let root = workspace::root();
    match words {
        ["ci"] => pipeline::ci(&root),
        ["test", rest @ ..] => pipeline::test(&root, rest),
        ["tidy"] => tidy::report(&root),
        ["generate"] => generated::write(&root),
        ["schema"] => generated::schema(&root, true),
        ["schema", "--check"] => generated::schema(&root, false),
        ["vendor"] | ["vendor", "--verify"] => vendor::verify(&root),
        ["vendor", "--refresh"] => vendor::refresh(&root),
        ["shots"] => shots::take(&root, "shots"),
        ["shots", folder] => shots::take(&root, folder),
        ["bench", rest @ ..] => bench::run(&root, rest),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(format!("cargo x does not know `{}`.\n\n{USAGE}", other.join(" "))),
    }
}
