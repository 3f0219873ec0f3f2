//! Pictures of every page, taken by the journeys' own browser code (`e2e/src/bin/shots.rs`).

use std::path::Path;

use crate::{Outcome, provision, workspace};

/// Builds the program and photographs its pages at both widths into `folder`.
pub fn take(root: &Path, folder: &str) -> Outcome {
    provision::provide()?;
    workspace::run(workspace::cargo(root).args([
        "build",
        "--quiet",
        "--package",
        "server",
        "--bin",
        "gongzhi",
    ]))?;
    workspace::run(
        workspace::cargo(root)
            .args(["run", "--quiet", "--package", "e2e", "--bin", "shots", "--", folder])
            .env("GONGZHI_BIN", workspace::target_dir(root).join("debug/gongzhi")),
    )
}
