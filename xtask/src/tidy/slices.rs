//! What the files of a slice are called and what they may import.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, holds};

/// The crates whose folders are slices.
const FAMILIES: [&str; 5] = ["people", "registry", "institutions", "planning", "overview"];

/// What a slice's files may be called: one meaning each, the same in every slice. A file that outgrows its page becomes a
/// folder of verbs under the same name (`acts/adopt.rs`).
const FILES: [&str; 8] = ["mod", "types", "rules", "acts", "store", "pages", "jobs", "sheets"];
/// Folders that a slice may have besides: its tests, and what it prints.
const FOLDERS: [&str; 2] = ["tests", "print"];

/// What a file of this name never says, and why.
const NEVER: [(&str, &[&str], &str); 5] = [
    (
        "types",
        &["storage::", "web::", "super::store", "super::acts", "super::pages", "async fn"],
        "types are plain nouns",
    ),
    (
        "rules",
        &["storage::", "web::", "super::store", "super::acts", "super::pages", "async fn"],
        "a rule is a pure function",
    ),
    (
        "store",
        &["web::", "axum::", "askama::", "super::rules", "super::acts", "super::pages"],
        "a store only reads and writes rows",
    ),
    ("acts", &["axum::", "askama::", "web::", "super::pages"], "an act knows no HTTP"),
    ("pages", &["storage::Sql", "storage::FromRow"], "a page asks its store"),
];

pub fn faults(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    // family → slice → the slices it mentions, with the place
    let mut mentions: BTreeMap<(&str, &str), BTreeMap<&str, String>> = BTreeMap::new();
    let slices: BTreeSet<(&str, &str)> =
        sources.iter().filter_map(slice_of).map(|(family, slice, _)| (family, slice)).collect();

    for source in sources {
        let Some((family, slice, rest)) = slice_of(source) else { continue };
        let first = rest.split('/').next().unwrap_or(rest);
        let kind = first.strip_suffix(".rs").unwrap_or(first);
        if source.is_rust() && !FILES.contains(&kind) && !FOLDERS.contains(&kind) {
            faults.push(format!(
                "{}: a slice has no file of this name; it may have {} and the folders {}",
                source.path,
                FILES.join(".rs, ") + ".rs",
                FOLDERS.join(", ")
            ));
        }
        if kind == "tests" || !source.is_rust() {
            continue;
        }
        for (name, words, reason) in NEVER {
            if kind == name
                && let Some((number, word)) = source.first_use(words)
            {
                faults.push(format!(
                    "{}:{number}: {name}.rs never says `{word}`: {reason}",
                    source.path
                ));
            }
        }
        for (number, line) in source.code_lines() {
            for other in slices
                .iter()
                .filter(|(its, name)| *its == family && *name != slice)
                .map(|(_, name)| *name)
            {
                let path = format!("crate::{other}::");
                if !holds(line, &path) {
                    continue;
                }
                mentions
                    .entry((family, slice))
                    .or_default()
                    .entry(other)
                    .or_insert_with(|| format!("{}:{number}", source.path));
                if FILES.iter().any(|inner| holds(line, &format!("{path}{inner}::"))) {
                    faults.push(format!(
                        "{}:{number}: use what `{other}/mod.rs` offers, not its files",
                        source.path
                    ));
                }
            }
        }
    }

    for ((family, slice), others) in &mentions {
        for (other, place) in others {
            let back =
                mentions.get(&(*family, *other)).is_some_and(|theirs| theirs.contains_key(slice));
            if back && *slice < *other {
                faults.push(format!("{place}: `{slice}` and `{other}` of `{family}` know each other; only one may know the other"));
            }
        }
    }
    faults
}

/// Family, slice and the path inside the slice, for a file that lies in a slice.
fn slice_of(source: &Source) -> Option<(&str, &str, &str)> {
    let (family, rest) = source.place_in_crate()?;
    let (slice, inner) = rest.split_once('/')?;
    FAMILIES.contains(&family).then_some((family, slice, inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_file_with_a_name_of_its_own_is_refused() {
        let odd = source("crates/registry/src/imports/matching.rs", "");
        assert!(faults(&[odd])[0].contains("no file of this name"));
        let verb = source("crates/registry/src/imports/acts/confirm.rs", "");
        assert_eq!(faults(&[verb]), Vec::<String>::new());
    }

    #[test]
    fn a_rule_may_not_wait_and_a_page_may_not_query() {
        let rule = source("crates/planning/src/plans/rules.rs", "pub async fn adopt() {}\n");
        assert!(faults(&[rule])[0].contains("a rule is a pure function"));
        let page = source("crates/planning/src/plans/pages/show.rs", "use storage::Sql;\n");
        assert!(faults(&[page])[0].contains("a page asks its store"));
    }

    #[test]
    fn two_slices_may_not_know_each_other() {
        let one = source("crates/planning/src/plans/acts.rs", "use crate::editor::Change;\n");
        let back = source("crates/planning/src/editor/acts.rs", "use crate::plans::Plan;\n");
        assert_eq!(faults(&[one, back]).len(), 1);
    }

    #[test]
    fn the_files_of_another_slice_are_its_own() {
        let nosy = source("crates/planning/src/editor/acts.rs", "use crate::plans::store::find;\n");
        let other = source("crates/planning/src/plans/mod.rs", "");
        assert!(faults(&[nosy, other])[0].contains("use what `plans/mod.rs` offers"));
    }
}
