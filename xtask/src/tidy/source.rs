//! The files that tidy reads.

use std::fs;
use std::path::Path;

use crate::Outcome;

/// What tidy reads, below the root.
const ROOTS: [&str; 4] = ["crates", "xtask", "e2e", "docs"];
/// Folders with other people's files or with what cargo makes.
const PASSED_OVER: [&str; 3] = ["vendor", "target", "node_modules"];
/// Kinds of file that hold text of ours.
const KINDS: [&str; 6] = ["rs", "html", "toml", "md", "js", "css"];

/// One file.
#[derive(Debug)]
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The crate's name when the file lies in `crates/NAME/src`, and the rest of its path there.
    pub fn place_in_crate(&self) -> Option<(&str, &str)> {
        let (name, rest) = self.path.strip_prefix("crates/")?.split_once('/')?;
        Some((name, rest.strip_prefix("src/")?))
    }

    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn is_rust(&self) -> bool {
        self.kind() == "rs"
    }

    pub fn is_template(&self) -> bool {
        self.kind() == "html" && self.path.starts_with("crates/")
    }

    fn kind(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// The lines that become part of the program, with their numbers: without comment lines and without the test module
    /// at the bottom of the file.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len());
        let code = &self.text[..tests];
        code.lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The first code line that holds any of these words, with the word.
    pub fn first_use<'a>(&self, words: &[&'a str]) -> Option<(usize, &'a str)> {
        self.code_lines().find_map(|(number, line)| {
            words.iter().find(|word| holds(line, word)).map(|word| (number, *word))
        })
    }
}

/// Whether `line` holds `word` not merely as the tail of a longer name: `web::` is not in `my_web::`.
pub fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Every text file of ours, in the order of their paths.
pub fn all(root: &Path) -> Outcome<Vec<Source>> {
    let mut found = Vec::new();
    for folder in ROOTS {
        gather(root, &root.join(folder), &mut found)?;
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn gather(root: &Path, folder: &Path, found: &mut Vec<Source>) -> Outcome {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !PASSED_OVER.contains(&name.as_str()) {
                gather(root, &path, found)?;
            }
        } else if path
            .extension()
            .and_then(|kind| kind.to_str())
            .is_some_and(|kind| KINDS.contains(&kind))
        {
            let text = fs::read_to_string(&path)
                .map_err(|fault| format!("{}: {fault}", path.display()))?;
            let below = path.strip_prefix(root).unwrap_or(&path);
            found.push(Source { path: below.to_string_lossy().replace('\\', "/"), text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_the_test_module_are_not_code() {
        let text =
            "use a;\n// use tokio::fs;\nfn f() {}\n\n#[cfg(test)]\nmod tests { use tokio::fs; }\n";
        let source = Source { path: "crates/policy/src/x.rs".to_owned(), text: text.to_owned() };
        assert_eq!(source.first_use(&["tokio::"]), None);
        assert_eq!(source.first_use(&["fn f"]), Some((3, "fn f")));
        assert_eq!(source.place_in_crate(), Some(("policy", "x.rs")));
    }

    #[test]
    fn a_longer_name_does_not_hold_a_shorter_one() {
        assert!(holds("use web::Routes;", "web::"));
        assert!(!holds("use my_web::Routes;", "web::"));
    }
}
