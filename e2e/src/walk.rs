//! A walk through the site: every link is followed, and of pages whose addresses differ only in an id the first is taken.

use std::collections::{BTreeSet, VecDeque};

use serde_json::Value;

use crate::{Outcome, Visitor};

/// Pages of this site that the page links to: no downloads, no other hosts.
const LINKS: &str = "return [...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin && !a.download) \
    .map(a => a.pathname + a.search)";

impl Visitor {
    /// Goes to `first` and to all that it leads to, but to no kind of page in `seen`; `at` is called on each with its address.
    pub fn walks(
        &self,
        first: &str,
        seen: &mut BTreeSet<String>,
        mut at: impl FnMut(&str) -> Outcome,
    ) -> Outcome {
        let mut open = VecDeque::from([first.to_owned()]);
        while let Some(path) = open.pop_front() {
            let name = path.split('?').next().unwrap_or(&path);
            // A clause has dots in its number, a file has letters behind its last.
            let ending = name.rsplit('/').next().and_then(|last| last.rsplit_once('.'));
            let is_file =
                ending.is_some_and(|(_, letters)| !letters.contains(|c: char| c.is_ascii_digit()));
            if is_file || !seen.insert(kind_of(&path)) {
                continue;
            }
            self.open(&path)?;
            if let Value::Array(links) = self.run(LINKS, &[])? {
                open.extend(links.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            at(&path)?;
        }
        Ok(())
    }
}

/// The address without its query, every id and number in it replaced by `id`.
pub fn kind_of(path: &str) -> String {
    let plain = path.split('?').next().unwrap_or(path);
    let is_id = |part: &str| part.chars().any(|c| c.is_ascii_digit()) || part.contains('%');
    plain.split('/').map(|part| if is_id(part) { "id" } else { part }).collect::<Vec<_>>().join("/")
}
