//! Calling the program, and files for it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use demo::register::{register_in, to_csv};

/// The day of every test.
pub(crate) const DAY: &str = "2026-02-03";

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) printed: String,
    pub(crate) said: String,
}

impl Ended {
    /// The one line of JSON that was printed.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.printed).unwrap_or_else(|fault| panic!("{fault}: {self:?}"))
    }
}

/// Calls the program, without any configuration of the machine it runs on.
pub(crate) fn gongzhi<I: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = I>) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    let output = command.env_clear().args(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    Ended { code: output.status.code(), printed: String::from_utf8(output.stdout).unwrap(), said }
}

/// A folder of this test run.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("command-line-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// A new file with this content.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let path = folder().join(format!("{}-{name}", COUNT.fetch_add(1, Ordering::Relaxed)));
    std::fs::write(&path, content).unwrap();
    path
}

/// The register of two small districts, 盐田区 and 坪山区.
pub(crate) fn register() -> String {
    to_csv(&register_in(11, 104, &["440308", "440310"]))
}

/// The register as a file, and a plan for it that the program made.
pub(crate) fn planned() -> &'static (PathBuf, PathBuf) {
    static PLANNED: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    PLANNED.get_or_init(|| {
        let register = file("register.csv", register());
        let plan = folder().join("plan.geojson");
        let ended = plan_of(&register, &plan, &["--effort", "1"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        (register, plan)
    })
}

/// Calls `gongzhi plan`.
pub(crate) fn plan_of(register: &Path, plan: &Path, more: &[&str]) -> Ended {
    let words = ["plan", "--day", DAY, "--input", path(register), "--out", path(plan)];
    gongzhi(words.iter().chain(more))
}

/// Calls `gongzhi check --json`.
pub(crate) fn check_of(register: &Path, plan: &Path) -> Ended {
    gongzhi(["check", "--json", "--day", DAY, "--input", path(register), "--plan", path(plan)])
}

/// A path as text.
pub(crate) fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
