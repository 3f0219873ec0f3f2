//! Tidy: what neither cargo nor clippy can hold. Plain text scanning, one file for each kind of rule. The rules are those
//! of ARCHITECTURE.md's invariants; each fault says where, what, and what to do instead.

mod crates;
mod glossary;
mod names;
mod reach;
mod sizes;
mod slices;
mod source;
mod templates;

use std::path::Path;

use crate::Outcome;

/// Every fault of the repository at `root`, as sentences beginning with their place.
pub fn faults(root: &Path) -> Outcome<Vec<String>> {
    let sources = source::all(root)?;
    let mut faults = crates::faults(&sources);
    faults.extend(slices::faults(&sources));
    faults.extend(names::faults(&sources));
    faults.extend(reach::faults(&sources));
    faults.extend(templates::faults(&sources));
    faults.extend(glossary::faults(&sources));
    Ok(faults)
}

/// Prints the longest functions and files, so that someone looks at them, then every fault.
pub fn report(root: &Path) -> Outcome {
    let sources = source::all(root)?;
    sizes::print(&sources);
    let faults = faults(root)?;
    if faults.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n{} faults", faults.join("\n"), faults.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let faults = faults(&crate::workspace::root()).expect("readable sources");
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }
}
