//! Files that are written from the code and checked in: the tests that own them compare, and write instead of comparing
//! when `UPDATE_GENERATED` is set.

use std::path::Path;

use crate::{Outcome, workspace};

/// Writes all of them: schemas, permission matrix, route table.
pub fn write(root: &Path) -> Outcome {
    schema(root, true)?;
    owners(root, "server", "generated", true)?;
    workspace::run(std::process::Command::new("git").current_dir(root).args([
        "diff",
        "--stat",
        "--",
        "crates/storage/schema",
        "docs/generated",
    ]))
}

/// Writes or compares `crates/storage/schema/{sqlite,postgres}.sql`; the second needs a PostgreSQL, which is started.
pub fn schema(root: &Path, writes: bool) -> Outcome {
    owners(root, "storage", "schema", writes)
}

fn owners(root: &Path, package: &str, filter: &str, writes: bool) -> Outcome {
    let postgres = crate::postgres::Postgres::start()?;
    let mut command = workspace::cargo(root);
    command
        .args(["test", "--quiet", "-p", package, filter])
        .env("TEST_POSTGRES_URL", postgres.url());
    if writes {
        command.env("UPDATE_GENERATED", "1");
    }
    let printed = workspace::output(&mut command)?;
    // A filter that matches nothing would look like success.
    if printed
        .lines()
        .any(|line| line.starts_with("test result: ok.") && !line.contains(" 0 passed"))
    {
        Ok(())
    } else {
        Err(format!("{package} has no test named `{filter}`:\n{printed}"))
    }
}
