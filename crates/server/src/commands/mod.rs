//! The command line: what can be asked for, and which file answers.

mod backup;
mod check;
mod demo;
mod export;
mod files;
mod import;
mod interruption;
mod keys;
mod obligations;
mod open;
mod outcome;
mod plan;
mod plan_file;
mod register;
mod restore;
mod schema;
mod serve;
mod solve;
mod user;
mod verify_audit;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::{Outcome, Trouble, print, say};

/// Gongzhi 共治: governing a city's preschools in clusters (学区).
///
/// Exit codes: 0 done; 1 done, and what was looked at is at fault (a hard breach, a refused row, a broken audit chain);
/// 2 not done: wrong usage, wrong configuration, or input that can't be read.
#[derive(Parser, Debug)]
#[command(name = "gongzhi", version, propagate_version = true, max_term_width = 110)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Migrate(serve::Migrate),
    Plan(plan::Plan),
    Check(check::Check),
    Obligations(obligations::Obligations),
    Solve(solve::Solve),
    #[command(subcommand)]
    Import(import::Import),
    Export(export::Export),
    Backup(backup::Backup),
    Restore(restore::Restore),
    #[command(subcommand)]
    Keys(keys::Keys),
    #[command(subcommand)]
    User(user::User),
    VerifyAudit(verify_audit::VerifyAudit),
    Schema(schema::Schema),
}

/// Answers the command line.
pub(crate) fn run() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(answer) if answer.use_stderr() => {
            say(answer.render().ansi());
            return ExitCode::from(Trouble::EXIT_CODE);
        }
        Err(help) => {
            print(&help.to_string());
            return ExitCode::SUCCESS;
        }
    };
    match ended(line.command) {
        Ok(ending) => ending.into(),
        Err(trouble) => {
            say(format_args!("错误：{trouble}"));
            ExitCode::from(Trouble::EXIT_CODE)
        }
    }
}

fn ended(command: Command) -> Outcome {
    match command {
        Command::Demo(wanted) => demo::run(&wanted),
        Command::Serve(wanted) => serve::run(&wanted),
        Command::Migrate(wanted) => serve::migrate(&wanted),
        Command::Plan(wanted) => plan::run(&wanted),
        Command::Check(wanted) => check::run(&wanted),
        Command::Obligations(wanted) => obligations::run(&wanted),
        Command::Solve(wanted) => solve::run(&wanted),
        Command::Import(wanted) => import::run(wanted),
        Command::Export(wanted) => export::run(&wanted),
        Command::Backup(wanted) => backup::run(&wanted),
        Command::Restore(wanted) => restore::run(&wanted),
        Command::Keys(wanted) => keys::run(&wanted),
        Command::User(wanted) => user::run(&wanted),
        Command::VerifyAudit(wanted) => verify_audit::run(&wanted),
        Command::Schema(wanted) => Ok(schema::run(&wanted)),
    }
}
