//! The machine the journeys run on: programs, ports, folders.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{Outcome, Trouble};

/// The first of these programs on the path, else a sentence that says what to install.
pub fn program(names: &[&str], package: &str) -> Outcome<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let found = names
        .iter()
        .find_map(|name| folders.iter().map(|f| f.join(name)).find(|file| file.is_file()));
    found.ok_or_else(|| {
        Trouble::new(format!(
            "{} is not installed. Install it (apt-get install {package}; cargo x ci does so as root), \
             or set GONGZHI_NO_BROWSER=1 and cargo x ci leaves the browser journeys out.",
            names[0]
        ))
    })
}

/// A TCP port on the loopback address that nobody listens on at this moment.
pub fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Runs a program until our end of the pipe closes, which it does however we end, SIGKILL included.
const KEEPER: &str = r#"exec 3<&0; "$@" 3<&- & kept=$!; (cat <&3 >/dev/null; kill -KILL "$kept" 2>/dev/null) & wait "$kept""#;

/// A program that ends when this is dropped, or when the test's process is gone.
#[derive(Debug)]
pub struct Kept {
    keeper: Child,
    lifeline: Option<ChildStdin>,
}

impl Kept {
    /// Starts it with its output going to `out`.
    pub fn start(program: &Path, words: &[String], out: Stdio, err: Stdio) -> Outcome<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper"]).arg(program).args(words);
        // A group of its own: whoever ends the tests' group leaves the keeper to clean up.
        let mut keeper =
            command.process_group(0).stdin(Stdio::piped()).stdout(out).stderr(err).spawn()?;
        let lifeline = keeper.stdin.take();
        Ok(Self { keeper, lifeline })
    }

    /// How it ended, if it has.
    pub fn ending(&mut self) -> Outcome<Option<ExitStatus>> {
        Ok(self.keeper.try_wait()?)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // The keeper is ours and ends by itself; there is nobody left to tell if it cannot be waited for.
        drop(self.keeper.wait());
    }
}

/// A new folder that is removed when this is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(purpose: &str) -> Outcome<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("gongzhi-{purpose}-{}-{number}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays in the temporary folder, where it harms nobody.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
