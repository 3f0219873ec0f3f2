//! `gongzhi`: the server and the command line of Gongzhi 共治.

mod clock;
mod commands;
mod configuration;
mod gateway;
mod serving;
mod wiring;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
