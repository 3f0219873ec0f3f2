//! The program under test: the demo city on a day that stands still, served from a copy of its own folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use crate::machine::{self, Folder, Kept};
use crate::{Outcome, Trouble, Visitor};

/// The day of every journey.
const TODAY: &str = "2026-02-03";

/// Someone who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What is typed into 账号.
    pub login: String,
    /// What is typed into 密码.
    pub password: String,
}

/// A place on the web to visit; dropping it stops its server.
#[derive(Debug)]
pub struct Site {
    address: String,
    printed: String,
    server: Option<(Kept, Folder)>,
}

impl Site {
    /// The demo city, freshly copied: whatever this journey changes, the next one does not see.
    pub fn demo() -> Outcome<Self> {
        let program = gongzhi()?;
        let prepared = prepared(&program)?;
        let folder = Folder::new("demo")?;
        let city = folder.path().join("city");
        machine::copy_folder(&prepared.join("city"), &city)?;
        let port = machine::free_port()?;
        let address = format!("127.0.0.1:{port}");
        let log = folder.path().join("log");
        let out = File::create(&log)?;
        let mut words = demo(&city);
        words.extend(["--listen".to_owned(), address.clone()]);
        let server = Kept::start(&program, &words, out.try_clone()?.into(), out.into())?;
        let printed = fs::read_to_string(prepared.join("printed"))?;
        let mut site =
            Self { address: format!("http://{address}"), printed, server: Some((server, folder)) };
        site.wait_for_first_page(&log)?;
        site.printed.push_str(&fs::read_to_string(&log)?);
        Ok(site)
    }

    /// Something that is served already.
    pub fn at(address: impl Into<String>) -> Self {
        Self { address: address.into(), printed: String::new(), server: None }
    }

    /// Scheme, host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A person at a browser of his own, in front of this site.
    pub fn visitor(&self) -> Outcome<Visitor> {
        Visitor::before(&self.address)
    }

    /// The first printed account whose line has all of these words, for example `南山区 学前科`.
    pub fn account(&self, words: &str) -> Outcome<Account> {
        let named = |line: &&str| words.split_whitespace().all(|word| line.contains(word));
        let found = self.printed.lines().filter(named).find_map(account_in);
        found.ok_or_else(|| {
            Trouble::new(format!("the demo printed no account for `{words}`:\n{}", self.printed))
        })
    }

    /// All printed accounts, each with its line.
    pub fn accounts(&self) -> Vec<(String, Account)> {
        let with_line =
            |line: &str| account_in(line).map(|account| (line.trim().to_owned(), account));
        let mut accounts: Vec<(String, Account)> =
            self.printed.lines().filter_map(with_line).collect();
        accounts.sort_by(|a, b| a.1.login.cmp(&b.1.login));
        accounts.dedup_by(|a, b| a.1.login == b.1.login);
        accounts
    }

    fn wait_for_first_page(&mut self, log: &Path) -> Outcome {
        let begun = Instant::now();
        let said = || fs::read_to_string(log).unwrap_or_default();
        while begun.elapsed() < Duration::from_mins(1) {
            if ureq::get(format!("{}/sign-in", self.address)).call().is_ok() {
                return Ok(());
            }
            if let Some((server, _)) = &mut self.server
                && let Some(status) = server.ending()?
            {
                return Err(Trouble::new(format!("the server ended with {status}:\n{}", said())));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(Trouble::new(format!("the server did not answer within a minute:\n{}", said())))
    }
}

/// The program: named by `GONGZHI_BIN`, else the one that was built beside this test.
fn gongzhi() -> Outcome<PathBuf> {
    if let Some(named) = std::env::var_os("GONGZHI_BIN") {
        return Ok(PathBuf::from(named));
    }
    let test = std::env::current_exe()?;
    let beside = test.ancestors().map(|folder| folder.join("gongzhi")).find(|file| file.is_file());
    beside.ok_or_else(|| {
        Trouble::new("There is no program to visit. Build it: cargo build -p server")
    })
}

fn demo(city: &Path) -> Vec<String> {
    ["demo", "--data", &city.to_string_lossy(), "--today", TODAY].map(str::to_owned).into()
}

/// The demo city as this very program prepares it: made once, beside the program, under a lock that waiting tests share.
fn prepared(program: &Path) -> Outcome<PathBuf> {
    let built = fs::metadata(program)?;
    let since = built.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let folder = program.with_file_name("journeys");
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    let ready = folder.join(format!("{}-{}", since.as_nanos(), built.len()));
    if ready.join("printed").is_file() {
        return Ok(ready);
    }
    for old in fs::read_dir(&folder)?.flatten().filter(|entry| entry.path().is_dir()) {
        fs::remove_dir_all(old.path())?;
    }
    fs::create_dir_all(&ready)?;
    let output = Command::new(program)
        .args(demo(&ready.join("city")))
        .arg("--prepare-only")
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Trouble::new(format!(
            "the demo city could not be prepared: {}\n{said}",
            output.status
        )));
    }
    // Written last: a half-made city is never taken for a ready one.
    fs::write(ready.join("printed"), &output.stdout)?;
    Ok(ready)
}

/// Login and password in a printed line: its words of ASCII, at least three letters long, beside Chinese ones.
fn account_in(line: &str) -> Option<Account> {
    if line.is_ascii() || line.contains("://") {
        return None;
    }
    let trimmed = |word: &str| word.trim_matches(|c: char| !c.is_ascii_graphic()).to_owned();
    let mut words =
        line.split_whitespace().map(trimmed).filter(|word| word.len() >= 3 && word.is_ascii());
    Some(Account { login: words.next()?, password: words.next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_what_the_demo_prints() {
        let line = "  南山区  学前科科员   nanshan-officer   cloud-2026";
        let account =
            Account { login: "nanshan-officer".to_owned(), password: "cloud-2026".to_owned() };
        assert_eq!(account_in(line), Some(account.clone()));
        assert_eq!(account_in("演示城市：http://127.0.0.1:8080 已就绪"), None);
        let mut site = Site::at("http://127.0.0.1:1");
        site.printed = format!("演示城市\n{line}\n");
        assert_eq!(site.account("南山区 学前科").expect("an account"), account);
        assert!(site.account("福田区 学前科").is_err());
    }
}
