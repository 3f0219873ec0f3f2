//! Names that say nothing, and exceptions from lints that give no reason.

use super::source::Source;

/// Words that name no thing of the field's: whatever bears one is better called by what it is or does.
const BANNED: [&str; 15] = [
    "manager",
    "helper",
    "helpers",
    "util",
    "utils",
    "common",
    "misc",
    "service",
    "handler",
    "processor",
    "data",
    "info",
    "base",
    "dto",
    "impl",
];

const DECLARATIONS: [&str; 6] = ["struct", "enum", "trait", "type", "mod", "fn"];

pub fn faults(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust()) {
        let file = source.file_name().trim_end_matches(".rs");
        faults.extend(banned_word(file).map(|word| {
            format!("{}: `{word}` says nothing; name the file by what it holds", source.path)
        }));
        for (number, line) in source.code_lines() {
            if let Some((kind, name)) = declared(line)
                && let Some(word) =
                    if kind == "fn" { banned_last_word(name) } else { banned_word(name) }
            {
                faults.push(format!(
                    "{}:{number}: `{word}` in `{name}` says nothing; name it by what it is",
                    source.path
                ));
            }
        }
        faults.extend(exceptions_without_reason(source));
    }
    faults
}

/// Kind and name of what this line declares.
fn declared(line: &str) -> Option<(&str, &str)> {
    let mut words = line.trim_start().split([' ', '(']).filter(|word| !word.is_empty());
    let kind = words.find(|word| {
        !matches!(*word, "pub" | "crate)" | "super)" | "async" | "const" | "unsafe")
    })?;
    let name = words.next()?.split(['<', '(', ';', ':', '{', '=']).next()?;
    DECLARATIONS.contains(&kind).then_some((kind, name))
}

fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            words.push(String::new());
        }
        if letter != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn banned_word(name: &str) -> Option<String> {
    words_of(name).into_iter().find(|word| BANNED.contains(&word.as_str()))
}

/// Of a function's name only the last word counts: `data_folder` names a folder, `load_data` names nothing.
fn banned_last_word(name: &str) -> Option<String> {
    words_of(name).pop().filter(|word| BANNED.contains(&word.as_str()))
}

/// `#[allow(…)]` and `#[expect(…)]` must say why.
fn exceptions_without_reason(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for opening in ["[allow(", "[expect("] {
        for (at, _) in source.text.match_indices(opening) {
            let line = source.text[..at].rsplit('\n').next().unwrap_or_default();
            if !line.trim_start().starts_with('#') || line.trim_start().len() > 2 {
                continue;
            }
            let attribute = source.text[at..].split(")]").next().unwrap_or_default();
            if !attribute.contains("reason") {
                let number = source.text[..at].lines().count().max(1);
                faults.push(format!(
                    "{}:{number}: an exception from a lint needs its `reason = \"…\"`",
                    source.path
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_in(text: &str) -> Vec<String> {
        faults(&[Source { path: "crates/people/src/x.rs".to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn names_that_say_nothing_are_refused() {
        assert_eq!(faults_in("pub struct PlanManager;\n").len(), 1);
        assert_eq!(faults_in("pub(crate) mod utils;\n").len(), 1);
        assert_eq!(faults_in("pub async fn load_data() {}\n").len(), 1);
        let file = Source { path: "crates/people/src/helpers.rs".to_owned(), text: String::new() };
        assert_eq!(faults(&[file]).len(), 1);
    }

    #[test]
    fn names_that_mean_something_may_hold_the_word() {
        assert_eq!(
            faults_in("fn data_folder() {}\nstruct Database;\nstruct Information;\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn an_exception_from_a_lint_needs_a_reason() {
        let bare = ["#[", "allow(clippy::x)]\nfn f() {}\n"].concat();
        assert_eq!(faults_in(&bare).len(), 1);
        let reasoned = ["#![", "expect(\n    clippy::x,\n    reason = \"tests\"\n)]\n"].concat();
        assert_eq!(faults_in(&reasoned), Vec::<String>::new());
    }
}
