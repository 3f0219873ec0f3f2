//! The front-end files of others that we ship or test with: a manifest beside them lists origin, licence and digest.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use toml::{Table, Value};

use crate::{Outcome, workspace};

/// Folders of vendored files, each with its `manifest.toml`.
const FOLDERS: [&str; 2] = ["crates/web/assets/vendor", "e2e/vendor"];

/// One vendored file: where it lies and where it comes from.
#[derive(Debug)]
struct Vendored {
    file: String,
    licence_file: String,
    package: String,
    version: String,
    /// Inside the package: the file itself, or the folder of a sprite's icons.
    path: String,
    sha256: String,
    /// The icons of a sprite, in their order; none for a file that is copied as it is.
    icons: Option<Vec<String>>,
}

/// Compares every vendored file with its digest; a file without an entry and an entry without its licence are faults.
pub fn verify(root: &Path) -> Outcome {
    let mut faults = Vec::new();
    let mut known = 0;
    for folder in FOLDERS {
        let folder = root.join(folder);
        let entries = manifest(&folder)?;
        known += entries.len();
        faults.extend(faults_of(&folder, &entries)?);
    }
    if faults.is_empty() {
        println!("{known} vendored files are as their manifests say");
        Ok(())
    } else {
        Err(faults.join("\n"))
    }
}

/// Fetches every file again at the manifest's version and writes its digest into the manifest: to take a newer version,
/// change the version there and refresh.
pub fn refresh(root: &Path) -> Outcome {
    for folder in FOLDERS {
        let folder = root.join(folder);
        let place = folder.join("manifest.toml");
        let mut text = read(&place)?;
        for entry in manifest(&folder)? {
            let content = fetch(root, &entry)?;
            write(&folder.join(&entry.file), &content)?;
            let digest = sha256(&content);
            let news = if digest == entry.sha256 { "unchanged" } else { "CHANGED" };
            println!("{:<24} {} {}  {news}", entry.file, entry.package, entry.version);
            text = text.replace(&entry.sha256, &digest);
        }
        write(&place, text.as_bytes())?;
    }
    verify(root)
}

fn manifest(folder: &Path) -> Outcome<Vec<Vendored>> {
    let place = folder.join("manifest.toml");
    let said = |reason: &str| format!("{}: {reason}", place.display());
    let table: Table = read(&place)?.parse().map_err(|fault| said(&format!("{fault}")))?;
    let list = |kind: &str| table.get(kind).and_then(Value::as_array).into_iter().flatten();
    list("file")
        .chain(list("sprite"))
        .map(|entry| vendored(entry).map_err(|reason| said(&reason)))
        .collect()
}

fn vendored(entry: &Value) -> Outcome<Vendored> {
    let text = |key: &str| {
        let value = entry.get(key).and_then(Value::as_str).map(str::to_owned);
        value.ok_or_else(|| format!("an entry lacks `{key}`"))
    };
    // Name and licence are for the reader and for NOTICE; they have to be there.
    text("name")?;
    text("licence")?;
    let words =
        |icons: &Vec<Value>| icons.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Vendored {
        file: text("file")?,
        licence_file: text("licence_file")?,
        package: text("package")?,
        version: text("version")?,
        path: text("path")?,
        sha256: text("sha256")?,
        icons: entry.get("icons").and_then(Value::as_array).map(words),
    })
}

fn faults_of(folder: &Path, entries: &[Vendored]) -> Outcome<Vec<String>> {
    let mut faults = Vec::new();
    let mut expected = BTreeSet::from(["manifest.toml".to_owned()]);
    for entry in entries {
        expected.insert(entry.file.clone());
        expected.insert(entry.licence_file.clone());
        let place = folder.join(&entry.file);
        match fs::read(&place) {
            Ok(content) if sha256(&content) == entry.sha256 => {}
            Ok(content) => faults.push(format!(
                "{} is not {} {}: its digest is {}, the manifest says {}",
                place.display(),
                entry.package,
                entry.version,
                sha256(&content),
                entry.sha256
            )),
            Err(fault) => faults.push(format!("{}: {fault}", place.display())),
        }
        if !folder.join(&entry.licence_file).is_file() {
            faults.push(format!(
                "{}: its licence {} is missing",
                place.display(),
                entry.licence_file
            ));
        }
    }
    for found in
        fs::read_dir(folder).map_err(|fault| format!("{}: {fault}", folder.display()))?.flatten()
    {
        let name = found.file_name().to_string_lossy().into_owned();
        if !expected.contains(&name) {
            faults.push(format!(
                "{}: nobody knows where it comes from; list it in manifest.toml",
                found.path().display()
            ));
        }
    }
    Ok(faults)
}

fn fetch(root: &Path, entry: &Vendored) -> Outcome<Vec<u8>> {
    let folder = workspace::target_dir(root).join("vendor").join(format!(
        "{}-{}",
        entry.package.replace('/', "-"),
        entry.version
    ));
    let package = folder.join("package");
    if !package.is_dir() {
        fs::create_dir_all(&folder).map_err(|fault| format!("{}: {fault}", folder.display()))?;
        let wanted = format!("{}@{}", entry.package, entry.version);
        let packed = workspace::output(
            Command::new("npm").current_dir(&folder).args(["pack", "--silent", &wanted]),
        )?;
        let archive = packed.lines().last().unwrap_or_default().trim().to_owned();
        workspace::run(Command::new("tar").current_dir(&folder).args(["-xzf", &archive]))?;
    }
    match &entry.icons {
        None => bytes(&package.join(&entry.path)),
        Some(icons) => sprite(&package.join(&entry.path), icons),
    }
}

/// One SVG with a symbol for each icon, as the manifest describes it.
fn sprite(folder: &Path, icons: &[String]) -> Outcome<Vec<u8>> {
    let mut text = "<svg xmlns=\"http://www.w3.org/2000/svg\">\n".to_owned();
    for icon in icons {
        let source = read(&folder.join(format!("{icon}.svg")))?;
        let paths: String = source
            .split("<path")
            .skip(1)
            .filter_map(|rest| rest.split_once("/>"))
            .filter(|(attributes, _)| !attributes.contains("M0 0h24v24H0z"))
            .map(|(attributes, _)| format!("<path{}/>", attributes.trim_end()))
            .collect();
        text.push_str(&format!("<symbol id=\"{icon}\" viewBox=\"0 0 24 24\">{paths}</symbol>\n"));
    }
    text.push_str("</svg>\n");
    Ok(text.into_bytes())
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(place: &Path) -> Outcome<Vec<u8>> {
    fs::read(place).map_err(|fault| format!("{}: {fault}", place.display()))
}

fn read(place: &PathBuf) -> Outcome<String> {
    fs::read_to_string(place).map_err(|fault| format!("{}: {fault}", place.display()))
}

fn write(place: &Path, content: &[u8]) -> Outcome {
    fs::write(place, content).map_err(|fault| format!("{}: {fault}", place.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendored_files_are_as_their_manifests_say() {
        assert_eq!(verify(&workspace::root()), Ok(()));
    }

    #[test]
    fn a_changed_file_an_unknown_file_and_a_missing_licence_are_named() {
        let folder = std::env::temp_dir().join(format!("gongzhi-vendor-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        for name in ["manifest.toml", "map.js", "stray.js"] {
            fs::write(folder.join(name), "changed").expect("a file");
        }
        let entry = Vendored {
            file: "map.js".to_owned(),
            licence_file: "LICENSE-map".to_owned(),
            package: "map".to_owned(),
            version: "1.0.0".to_owned(),
            path: "map.js".to_owned(),
            sha256: sha256(b"original"),
            icons: None,
        };
        let faults = faults_of(&folder, &[entry]).expect("a readable folder");
        fs::remove_dir_all(&folder).expect("removed");
        assert_eq!(faults.len(), 3);
        assert!(faults[0].contains("is not map 1.0.0"));
        assert!(faults[1].contains("LICENSE-map is missing"));
        assert!(faults[2].contains("stray.js"));
    }

    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
