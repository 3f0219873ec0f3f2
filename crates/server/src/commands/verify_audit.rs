//! `gongzhi verify-audit`: an export of the audit trail, checked without the server that wrote it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use clap::Args;

use super::files;
use super::outcome::{Ending, Outcome, Trouble, print};
use super::solve::json_line;

/// Check an export of the audit trail: chain, gaps, altered entries, a cut-off tail.
#[derive(Args, Debug)]
pub(crate) struct VerifyAudit {
    /// The export, JSON lines
    file: PathBuf,
    /// A head of the chain that was kept outside: it must stand in the chain, or the tail was cut off or rewritten
    #[arg(long, value_name = "HEX", value_parser = head)]
    head: Option<String>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// A head is the 64 hexadecimal digits of an SM3 digest.
fn head(text: &str) -> Result<String, String> {
    let is_head = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_head
        .then(|| text.to_ascii_lowercase())
        .ok_or_else(|| "expected 64 hexadecimal digits".to_owned())
}

/// Checks the export.
pub(crate) fn run(wanted: &VerifyAudit) -> Outcome {
    let unreadable = |fault: std::io::Error| {
        Trouble(format!("无法读取 {}：{}。", wanted.file.display(), files::reason(&fault)))
    };
    if wanted.file.is_dir() {
        return Err(Trouble(format!("{} 是文件夹，需要的是文件。", wanted.file.display())));
    }
    let file = File::open(&wanted.file).map_err(unreadable)?;
    let verdict = people::audit::verify(BufReader::new(file).lines(), wanted.head.as_deref());
    print(&if wanted.json { json_line(&verdict)? } else { people::audit::report(&verdict) });
    Ok(if verdict.passed { Ending::Done } else { Ending::FaultFound })
}
