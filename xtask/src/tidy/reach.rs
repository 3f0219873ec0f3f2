//! No query forgets whom it is for: a store's function that reads records which lie somewhere narrows them to the reader's
//! reach, or its comment says why reach has been asked already: the word itself, or "just found" of the record it belongs to.

use super::source::{Source, holds};

/// Tables whose rows belong to a kindergarten, a cluster or a district.
const LIE_SOMEWHERE: [&str; 13] = [
    "kindergarten_state",
    "cluster_state",
    "membership",
    "plan",
    "plan_version",
    "import",
    "opinion",
    "paper",
    "exception",
    "amendment",
    "audit_entry",
    "staff_state",
    "staff_known",
];

/// One function of a store: where it begins, its comment, its text.
struct Function<'a> {
    line: usize,
    name: &'a str,
    comment: String,
    text: String,
    waits: bool,
}

pub fn faults(sources: &[Source]) -> Vec<String> {
    let is_store =
        |source: &&Source| source.path.ends_with("/store.rs") || source.path.contains("/store/");
    sources.iter().filter(is_store).flat_map(faults_of).collect()
}

fn faults_of(source: &Source) -> Vec<String> {
    let functions = functions_of(source);
    // A function that only writes part of a query lends its tables to those that send it.
    let lenders: Vec<String> = functions
        .iter()
        .filter(|f| !f.waits && table_in(&f.text).is_some())
        .map(|f| format!("{}(", f.name))
        .collect();
    let reads = |function: &Function| {
        let borrowed = || {
            lenders
                .iter()
                .find(|lender| holds(&function.text, lender))
                .map(|name| name.trim_end_matches('(').to_owned())
        };
        table_in(&function.text).map(str::to_owned).or_else(borrowed)
    };
    // Inside a change (`tx: &Tx`) a rule needs the facts of all; what a person is shown comes through a `Source`.
    let asks = |function: &Function| {
        let said = |word: &str| function.comment.to_lowercase().contains(word);
        let narrows = function.text.contains("within(") || function.text.contains("reach");
        narrows || function.text.contains("tx: &Tx") || said("reach") || said("just found")
    };
    let forgotten = functions.iter().filter(|function| function.waits && !asks(function));
    forgotten
        .filter_map(|function| Some((function, reads(function)?)))
        .map(|(function, table)| {
            format!(
                "{}:{}: `{}` reads `{table}` without `within`: narrow it, or say in its comment why reach needs no asking",
                source.path, function.line, function.name
            )
        })
        .collect()
}

/// The first table of records that lie somewhere from which this text selects.
fn table_in(text: &str) -> Option<&'static str> {
    let after = |word: &'static str| text.split(word).skip(1);
    after("FROM ").chain(after("JOIN ")).find_map(|rest| {
        let table = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
        LIE_SOMEWHERE.into_iter().find(|known| *known == table)
    })
}

/// The functions at the outermost level, as rustfmt sets them, without those of the test module.
fn functions_of(source: &Source) -> Vec<Function<'_>> {
    let code = source.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some((before, after)) = line.split_once("fn ") else { continue };
        if line.starts_with([' ', '/', '#', '\t']) || before.contains('"') {
            continue;
        }
        let end = lines[start..]
            .iter()
            .position(|line| *line == "}")
            .map_or(lines.len(), |length| start + length);
        let is_above = |line: &&&str| line.starts_with("//") || line.starts_with("#[");
        let comment: Vec<&str> =
            lines[..start].iter().rev().take_while(is_above).copied().collect();
        found.push(Function {
            line: start + 1,
            name: after.split(['(', '<']).next().unwrap_or_default(),
            comment: comment.join("\n"),
            text: lines[start..end].join("\n"),
            waits: before.contains("async"),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_in(text: &str) -> Vec<String> {
        faults(&[Source {
            path: "crates/registry/src/kindergartens/store.rs".to_owned(),
            text: text.to_owned(),
        }])
    }

    #[test]
    fn a_query_without_reach_is_found() {
        let bare = "/// All of them.\npub async fn all(s: &Source) {\n    Sql::new(\"SELECT * FROM kindergarten_state s\");\n}\n";
        let found = faults_in(bare);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("store.rs:2: `all` reads `kindergarten_state`"));
    }

    #[test]
    fn a_query_that_is_narrowed_or_explained_passes() {
        let narrowed = "async fn all() {\n    sql.text(\"FROM plan p WHERE \").within(reach, \"p.place\");\n}\n";
        assert_eq!(faults_in(narrowed), Vec::<String>::new());
        let explained = "/// The sealer reads every entry: reach is the readers' matter.\nasync fn all() {\n    \"FROM audit_entry\";\n}\n";
        assert_eq!(faults_in(explained), Vec::<String>::new());
        let no_place = "async fn all() {\n    \"FROM calendar_day JOIN plan_note\";\n}\n";
        assert_eq!(faults_in(no_place), Vec::<String>::new());
    }

    #[test]
    fn a_shared_beginning_of_queries_does_not_hide_the_table() {
        let shared = "fn select() -> Sql {\n    Sql::new(\"SELECT * FROM paper\")\n}\n\nasync fn all() {\n    select();\n}\n";
        assert!(faults_in(shared)[0].contains("`all` reads `select`"));
    }
}
