//! Which crate may know which: the floors of the house, and what the pure libraries never touch.

use toml::{Table, Value};

use super::source::Source;

/// The floors, lowest first. A crate may depend on crates of lower floors only, so no cycle and no sideways look is possible.
const FLOORS: [&[&str]; 11] = [
    &["kernel", "storage-derive"],
    &["geography"],
    &["policy", "clustering", "sheets", "sealing"],
    &["storage"],
    &["web"],
    &["people"],
    &["registry", "backups"],
    &["institutions"],
    &["planning"],
    &["overview", "demo"],
    &["server"],
];

/// Crates that only one other may depend on.
const KNOWN_TO_ONE: [(&str, &str); 2] = [("overview", "server"), ("demo", "server")];

/// No database, no HTTP, no files, no clock, no ambient randomness: facts in, answers out.
const PURE: [&str; 5] = ["kernel", "policy", "clustering", "geography", "sheets"];
const NEVER_IN_PURE: [&str; 15] = [
    "axum::",
    "askama::",
    "tokio::",
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "Uuid::now_v7",
    "rand::rng",
    "rand::random",
    "getrandom::",
];
const NEVER_A_DEPENDENCY_OF_PURE: [&str; 5] = ["axum", "askama", "tokio", "getrandom", "tower"];
/// Which database runs is known to `storage` alone.
const DRIVERS: [&str; 3] = ["rusqlite", "tokio-postgres", "deadpool-postgres"];

pub fn faults(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        if let Some(name) =
            source.path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml"))
        {
            match source.text.parse::<Table>() {
                Ok(manifest) => faults.extend(manifest_faults(name, &manifest)),
                Err(fault) => faults.push(format!("{}: {fault}", source.path)),
            }
        }
        if source.is_rust() && source.place_in_crate().is_some_and(|(name, _)| PURE.contains(&name))
        {
            faults.extend(impurity(source));
        }
    }
    faults
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|crates| crates.contains(&name))
}

fn manifest_faults(name: &str, manifest: &Table) -> Vec<String> {
    let mut faults = Vec::new();
    let place = format!("crates/{name}/Cargo.toml");
    let own_floor = floor(name);
    if own_floor.is_none() && name != "fixtures" {
        faults.push(format!("{place}: `{name}` stands on no floor; give it one in xtask/src/tidy/crates.rs and in ARCHITECTURE.md"));
    }
    let Some(dependencies) = manifest.get("dependencies").and_then(Value::as_table) else {
        return faults;
    };
    for (other, how) in dependencies {
        let may_be_absent = how.get("optional").and_then(Value::as_bool).unwrap_or(false);
        if PURE.contains(&name)
            && NEVER_A_DEPENDENCY_OF_PURE.contains(&other.as_str())
            && !may_be_absent
        {
            faults.push(format!("{place}: `{name}` is pure and may not depend on `{other}`"));
        }
        if DRIVERS.contains(&other.as_str()) && name != "storage" {
            faults.push(format!("{place}: only `storage` talks to a database, not `{name}`"));
        }
        if other == "fixtures" {
            faults.push(format!(
                "{place}: `fixtures` is for tests; it belongs under [dev-dependencies]"
            ));
        }
        if KNOWN_TO_ONE.iter().any(|(known, only)| other == known && name != *only) {
            faults.push(format!("{place}: only `server` may depend on `{other}`"));
        }
        if let (Some(own), Some(others)) = (own_floor, floor(other))
            && others >= own
        {
            faults.push(format!(
                "{place}: `{name}` may depend on lower floors only, and `{other}` is not below it"
            ));
        }
    }
    faults
}

/// The first thing of the world outside that a pure source reaches for.
fn impurity(source: &Source) -> Option<String> {
    let (number, word) = source.first_use(&NEVER_IN_PURE)?;
    Some(format!(
        "{}:{number}: a pure crate may not use `{word}`: pass in what it needs",
        source.path
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_lower_floor_may_not_know_a_higher_one() {
        let upward =
            source("crates/people/Cargo.toml", "[dependencies]\nregistry.workspace = true\n");
        assert!(faults(&[upward])[0].contains("lower floors only"));
        let downward =
            source("crates/registry/Cargo.toml", "[dependencies]\npeople.workspace = true\n");
        assert_eq!(faults(&[downward]), Vec::<String>::new());
    }

    #[test]
    fn fixtures_are_for_tests_alone() {
        let shipped =
            source("crates/people/Cargo.toml", "[dependencies]\nfixtures.workspace = true\n");
        assert!(faults(&[shipped])[0].contains("[dev-dependencies]"));
        let tested =
            source("crates/people/Cargo.toml", "[dev-dependencies]\nfixtures.workspace = true\n");
        assert_eq!(faults(&[tested]), Vec::<String>::new());
    }

    #[test]
    fn a_pure_crate_may_not_read_the_clock_or_a_file() {
        let clock = source("crates/policy/src/rules.rs", "fn today() { chrono::Utc::now(); }\n");
        assert!(faults(&[clock])[0].starts_with("crates/policy/src/rules.rs:1: "));
        let file = source("crates/sheets/src/read.rs", "use std::fs::File;\n");
        assert_eq!(faults(&[file]).len(), 1);
        let elsewhere = source("crates/server/src/main.rs", "use std::fs::File;\n");
        assert_eq!(faults(&[elsewhere]), Vec::<String>::new());
    }

    #[test]
    fn only_the_store_has_a_driver() {
        let aside = source("crates/web/Cargo.toml", "[dependencies]\nrusqlite.workspace = true\n");
        assert!(faults(&[aside])[0].contains("only `storage` talks to a database"));
    }

    #[test]
    fn a_new_crate_needs_a_floor() {
        assert!(
            faults(&[source("crates/attic/Cargo.toml", "[package]\n")])[0]
                .contains("stands on no floor")
        );
    }
}
