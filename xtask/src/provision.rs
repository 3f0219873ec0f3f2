//! What the tests need on the machine: PostgreSQL, Chromium with its driver, a Chinese font. Installed by apt when
//! missing and we are root; otherwise the one command that installs them is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Outcome, workspace};

/// Makes sure that everything is there.
pub fn provide() -> Outcome {
    let packages = missing();
    if packages.is_empty() {
        println!("PostgreSQL, Chromium, its driver and a Chinese font are here.");
        return Ok(());
    }
    let wanted = packages.join(" ");
    if !is_root() || workspace::program(&["apt-get"]).is_none() {
        return Err(format!(
            "The tests need more than is here. Install it and run again:\n    sudo apt-get install {wanted}"
        ));
    }
    println!("installing {wanted}");
    workspace::run(apt().args(["update", "-q"]))?;
    workspace::run(apt().args(["install", "-q", "-y", "--no-install-recommends"]).args(&packages))?;
    let still = missing();
    if still.is_empty() {
        Ok(())
    } else {
        Err(format!("apt-get installed {wanted}, and yet there is no {}", still.join(", ")))
    }
}

/// The Debian (or Ubuntu) packages that have to be installed.
fn missing() -> Vec<&'static str> {
    let ubuntu = fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"));
    let mut packages = Vec::new();
    if postgres_programs().is_none() {
        packages.push("postgresql");
    }
    if workspace::setting("GONGZHI_NO_BROWSER").is_some_and(|value| value == "1") {
        return packages;
    }
    if workspace::program(&["chromium", "chromium-browser", "google-chrome"]).is_none() {
        packages.push(if ubuntu { "chromium-browser" } else { "chromium" });
    }
    if workspace::program(&["chromedriver", "chromium.chromedriver"]).is_none() {
        packages.push(if ubuntu { "chromium-chromedriver" } else { "chromium-driver" });
    }
    if !has_chinese_font() {
        packages.push("fonts-noto-cjk");
    }
    packages
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

fn has_chinese_font() -> bool {
    let listed = Command::new("fc-list")
        .arg(":lang=zh-cn")
        .output()
        .is_ok_and(|output| !output.stdout.is_empty());
    listed || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").is_file()
}

/// The folder with PostgreSQL's own programs, the newest version first: Debian keeps `initdb` off the path.
pub fn postgres_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let mut folders: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .collect();
    folders.sort();
    let on_path =
        || workspace::program(&["initdb"])?.canonicalize().ok()?.parent().map(Path::to_path_buf);
    folders.pop().map(|(_, folder)| folder).or_else(on_path)
}

/// Whether we run as root.
pub fn is_root() -> bool {
    workspace::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// User and group number of the account that may run PostgreSQL for root, which PostgreSQL itself refuses.
pub fn unprivileged_user() -> Outcome<(u32, u32)> {
    let accounts =
        fs::read_to_string("/etc/passwd").map_err(|fault| format!("/etc/passwd: {fault}"))?;
    let of = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2);
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    of("postgres")
        .or_else(|| of("nobody"))
        .ok_or_else(|| "There is no user postgres or nobody to run PostgreSQL.".to_owned())
}
