//! Where the repository is, and how programs are started in it.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The root of the repository: the folder above xtask's.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// A variable of the environment, when it is set and not empty.
#[expect(clippy::disallowed_methods, reason = "the one place where xtask reads its environment")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The cargo that runs us, started in `root`. What it told us about our own package it must not tell the builds that we
/// start: a build script that watches those variables (ring's does) would compile its crate, and all above it, once more.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(setting("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.current_dir(root).stdin(Stdio::null());
    let of_our_package = ["CARGO_PKG_", "CARGO_MANIFEST_"];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if of_our_package.iter().any(|beginning| text.starts_with(beginning)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Where cargo puts what it builds.
pub fn target_dir(root: &Path) -> PathBuf {
    setting("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}

/// Runs a command to its end with our own output; an exit code other than 0 is an error.
pub fn run(command: &mut Command) -> Outcome {
    let line = line_of(command);
    let status = command.status().map_err(|fault| format!("{line}: {fault}"))?;
    if status.success() { Ok(()) } else { Err(format!("{line}: {status}")) }
}

/// Runs a command to its end and returns what it printed.
pub fn output(command: &mut Command) -> Outcome<String> {
    let line = line_of(command);
    let output = command.output().map_err(|fault| format!("{line}: {fault}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{line}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}

/// The command as one would type it.
fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Whether cargo has a subcommand of this name installed.
pub fn has_cargo_command(root: &Path, name: &str) -> bool {
    let mut command = cargo(root);
    command.args([name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The first of these programs that is on the path.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = setting("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|f| f.join(name)).find(|file| file.is_file()))
}

/// A TCP port on the loopback address that nobody listens on at this moment.
pub fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|fault| fault.to_string())?;
    Ok(listener.local_addr().map_err(|fault| fault.to_string())?.port())
}
