//! One term for one thing: `docs/glossary.md` names nothing twice and nothing that the code does not have.

use std::collections::BTreeMap;

use super::source::Source;

const PLACE: &str = "docs/glossary.md";

/// Below this heading stand terms that are settled before the code has them.
const LATER: &str = "## Agreed, not yet in the code";

pub fn faults(sources: &[Source]) -> Vec<String> {
    let Some(glossary) = sources.iter().find(|source| source.path == PLACE) else {
        return vec![format!(
            "{PLACE} is missing: the terms of the interface and of the code stand there"
        )];
    };
    let ours = |source: &&Source| {
        source.is_template() || source.is_rust() && source.path.starts_with("crates/")
    };
    let written: String = sources.iter().filter(ours).map(|source| plain(&source.text)).collect();
    let mut faults = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut later = false;
    for (index, line) in glossary.text.lines().enumerate() {
        later = later || line == LATER;
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [chinese, english, ..] = cells[..] else { continue };
        if !line.starts_with('|') || chinese == "Chinese (UI)" || chinese.starts_with("---") {
            continue;
        }
        let number = index + 1;
        let names: Vec<&str> = english.split('`').skip(1).step_by(2).collect();
        if !later && !names.is_empty() && !names.iter().any(|name| written.contains(&plain(name))) {
            faults.push(format!(
                "{PLACE}:{number}: nothing in the code is called {}; put the row under “{LATER}” until it is",
                names.join(" or ")
            ));
        }
        let terms = chinese.split(['/', '、', '，']).map(str::trim).filter(|term| !term.is_empty());
        for term in terms.map(str::to_owned).chain(names.iter().map(|name| plain(name))) {
            if let Some(before) = seen.insert(term.clone(), number)
                && before != number
            {
                faults.push(format!("{PLACE}:{number}: `{term}` is in line {before} already"));
            }
        }
    }
    faults
}

/// Letters alone, in lower case, so that `school year`, `school_year` and `SchoolYear` are one name.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glossary(rows: &str) -> Vec<String> {
        let head = "| Chinese (UI) | English (code) | meaning |\n|---|---|---|\n";
        let text = format!("{head}{rows}");
        let code = "pub struct Cluster; pub fn school_year() {}";
        faults(&[
            Source {
                path: "crates/registry/src/clusters/types.rs".to_owned(),
                text: code.to_owned(),
            },
            Source { path: PLACE.to_owned(), text },
        ])
    }

    #[test]
    fn a_row_that_the_code_bears_out_is_fine() {
        assert_eq!(
            glossary("| 学区 | `cluster` | |\n| 学年 | `school year` | |\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_name_that_nothing_bears_is_found() {
        assert!(glossary("| 章程 | `charter` | |\n")[0].contains("charter"));
    }

    #[test]
    fn a_term_may_be_settled_before_the_code_has_it() {
        assert_eq!(
            glossary(&format!("\n{LATER}\n\n| 章程 | `charter` | |\n")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_term_may_stand_once() {
        assert_eq!(glossary("| 学区 | `cluster` | |\n| 片区 | `Cluster` | |\n").len(), 1);
        assert_eq!(glossary("| 学区 | `cluster` | |\n| 学区 | `school year` | |\n").len(), 1);
    }
}
