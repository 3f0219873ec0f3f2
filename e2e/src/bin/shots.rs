//! Pictures of every page of the demo city, at both widths: each account that the demo prints signs in and follows every
//! link; of pages whose addresses differ only in an id the first is taken. `cargo x shots` runs this.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use e2e::{Outcome, Site, Visitor, WIDTHS, kind_of};

/// Pages that no link leads to.
const UNLINKED: [&str; 2] = ["/sign-in", "/no-such-page"];

fn main() -> Outcome {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("shots"), PathBuf::from);
    let site = Site::demo()?;
    let mut seen = BTreeSet::new();
    let stranger = site.visitor()?;
    for path in UNLINKED {
        photograph(&stranger, path, &folder.join("public"), &mut seen)?;
    }
    drop(stranger);
    for (line, account) in site.accounts() {
        println!("{line}");
        let visitor = site.visitor()?;
        visitor.sign_in(&account)?;
        // Every post has a workbench of its own; the other pages look the same to all who see them.
        let workbench = visitor.path()?;
        seen.remove(&kind_of(&workbench));
        photograph(&visitor, &workbench, &folder.join(&account.login), &mut seen)?;
    }
    println!("{} kinds of page in {}", seen.len(), folder.display());
    Ok(())
}

/// Goes to the page `first` and to all that it leads to for this visitor, and takes each kind that is not in `seen` yet: a
/// page that somebody else saw first may lead this visitor further.
fn photograph(
    visitor: &Visitor,
    first: &str,
    folder: &Path,
    seen: &mut BTreeSet<String>,
) -> Outcome {
    visitor.walks(first, &mut BTreeSet::new(), |path| {
        if !seen.insert(kind_of(path)) {
            return Ok(());
        }
        for width in WIDTHS {
            visitor.is_at_width(width)?;
            // Maps draw after the page: two frames and a moment.
            visitor.run("return new Promise(done => setTimeout(() => requestAnimationFrame(() => done()), 400))", &[])?;
            visitor.picture(&folder.join(format!("{}-{width}.png", file_name(path))))?;
        }
        visitor.is_at_width(WIDTHS[0])?;
        if let Err(trouble) = visitor.finds_no_errors_behind() {
            println!("  {trouble}");
        }
        Ok(())
    })
}

fn file_name(path: &str) -> String {
    let name = kind_of(path).trim_matches('/').replace('/', "-");
    if name.is_empty() { "home".to_owned() } else { name }
}
