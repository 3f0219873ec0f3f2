//! Pictures of every page of the demo city, at both widths: each account that the demo prints signs in and follows every
//! link; of pages whose addresses differ only in an id the first is taken. `cargo x shots` runs this.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use e2e::{Outcome, Site, Visitor, WIDTHS};
use serde_json::Value;

/// Pages that no link leads to.
const UNLINKED: [&str; 2] = ["/sign-in", "/no-such-page"];

/// Pages of this site that the page links to: no downloads, no other hosts.
const LINKS: &str = "return [...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin && !a.download) \
    .map(a => a.pathname + a.search)";

fn main() -> Outcome {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("shots"), PathBuf::from);
    let site = Site::demo()?;
    let mut seen = BTreeSet::new();
    let stranger = site.visitor()?;
    photograph(&stranger, UNLINKED.map(str::to_owned).into(), &folder.join("public"), &mut seen)?;
    drop(stranger);
    for (line, account) in site.accounts() {
        println!("{line}");
        let visitor = site.visitor()?;
        visitor.sign_in(&account)?;
        // Every post has a workbench of its own; the other pages look the same to all who see them.
        let workbench = visitor.path()?;
        seen.remove(&kind_of(&workbench));
        photograph(&visitor, [workbench].into(), &folder.join(&account.login), &mut seen)?;
    }
    println!("{} kinds of page in {}", seen.len(), folder.display());
    Ok(())
}

/// Takes the pages in `open` and all that they lead to, unless their kind is in `seen` already.
fn photograph(
    visitor: &Visitor,
    mut open: VecDeque<String>,
    folder: &Path,
    seen: &mut BTreeSet<String>,
) -> Outcome {
    while let Some(path) = open.pop_front() {
        let name = path.split('?').next().unwrap_or(&path);
        let is_file = name.rsplit('/').next().is_some_and(|last| last.contains('.'));
        if is_file || !seen.insert(kind_of(&path)) {
            continue;
        }
        visitor.open(&path)?;
        if let Value::Array(links) = visitor.run(LINKS, &[])? {
            open.extend(links.iter().filter_map(Value::as_str).map(str::to_owned));
        }
        for width in WIDTHS {
            visitor.is_at_width(width)?;
            // Maps draw after the page: two frames and a moment.
            visitor.run("return new Promise(done => setTimeout(() => requestAnimationFrame(() => done()), 400))", &[])?;
            visitor.picture(&folder.join(format!("{}-{width}.png", file_name(&path))))?;
        }
        visitor.is_at_width(WIDTHS[0])?;
        if let Err(trouble) = visitor.finds_no_errors_behind() {
            println!("  {trouble}");
        }
    }
    Ok(())
}

/// The address without its query, ids and numbers taken out.
fn kind_of(path: &str) -> String {
    let plain = path.split('?').next().unwrap_or(path);
    let is_id = |part: &str| part.chars().any(|c| c.is_ascii_digit()) || part.contains('%');
    plain.split('/').map(|part| if is_id(part) { "id" } else { part }).collect::<Vec<_>>().join("/")
}

fn file_name(path: &str) -> String {
    let name = kind_of(path).trim_matches('/').replace('/', "-");
    if name.is_empty() { "home".to_owned() } else { name }
}
