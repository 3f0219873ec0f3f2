//! The server under load: the demo city in a folder of its own, started, signed in to and read off `/proc`.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::client::{self, Answer, Connection};
use crate::{Outcome, workspace};

/// The demo's day, as in the browser tests.
const TODAY: &str = "2026-02-03";
/// The officer who asks: every bench is comparable with the one before.
const OFFICER: &str = "学前科";
/// Kernel ticks a second in `/proc/PID/stat`; Linux has shown 100 to programs on every architecture for decades.
const TICKS_PER_SECOND: f64 = 100.0;
/// Pages of a mix that is found by following links.
const PAGES_AT_MOST: usize = 24;

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    start: Duration,
    printed: String,
}

/// A signed-in officer.
#[derive(Debug)]
pub struct Session {
    address: SocketAddr,
    cookies: String,
    landing: String,
}

impl Server {
    /// Prepares the demo city unless the folder has it already, then starts on it and waits for the first page.
    pub fn start(program: &Path, folder: &Path) -> Outcome<Self> {
        fs::create_dir_all(folder).map_err(|fault| format!("{}: {fault}", folder.display()))?;
        let demo = || {
            let mut command = Command::new(program);
            command
                .arg("demo")
                .arg("--data")
                .arg(folder)
                .args(["--today", TODAY])
                .stdin(Stdio::null());
            command
        };
        let begun = Instant::now();
        let printed = workspace::output(demo().arg("--prepare-only"))?;
        println!("demo city ready after {:.1} s", begun.elapsed().as_secs_f64());

        let address = SocketAddr::from(([127, 0, 0, 1], workspace::free_port()?));
        let log = folder.with_extension("log");
        let file = File::create(&log).map_err(|fault| format!("{}: {fault}", log.display()))?;
        let errors = file.try_clone().map_err(|fault| format!("{}: {fault}", log.display()))?;
        let begun = Instant::now();
        let mut command = demo();
        command.arg("--listen").arg(address.to_string()).stdout(file).stderr(errors);
        let child = command.spawn().map_err(|fault| format!("{}: {fault}", program.display()))?;
        let mut server = Self { child, address, start: Duration::ZERO, printed };
        server.wait_for_first_page(begun)?;
        server.printed.push_str(&fs::read_to_string(&log).unwrap_or_default());
        Ok(server)
    }

    fn wait_for_first_page(&mut self, begun: Instant) -> Outcome {
        while begun.elapsed() < Duration::from_mins(1) {
            let mut answer = Answer::default();
            let asked = Connection::open(self.address)
                .and_then(|mut c| c.ask(&client::get("/sign-in", "", false), &mut answer));
            if asked.is_ok() && answer.status == 200 {
                self.start = begun.elapsed();
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the server ended with {status} instead of serving"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err("the server did not answer within 60 s".to_owned())
    }

    /// From the start of the process to its first answered page.
    pub fn start_seconds(&self) -> f64 {
        self.start.as_secs_f64()
    }

    /// Processor time that the server has used so far.
    pub fn cpu_seconds(&self) -> Outcome<f64> {
        let text = self.proc_file("stat")?;
        // The name in parentheses may hold blanks; user and system time are the 12th and 13th field behind it.
        let fields: Vec<&str> =
            text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |place: usize| {
            fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default()
        };
        Ok((ticks(11) + ticks(12)) / TICKS_PER_SECOND)
    }

    /// A memory figure of `/proc/PID/status`, in MB.
    pub fn memory_mb(&self, name: &str) -> Outcome<f64> {
        let text = self.proc_file("status")?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap_or_default() * 1024.0
            / 1e6)
    }

    fn proc_file(&self, name: &str) -> Outcome<String> {
        let place = format!("/proc/{}/{name}", self.child.id());
        fs::read_to_string(&place).map_err(|fault| format!("{place}: {fault}"))
    }

    /// Signs in through the form, as a browser would: its hidden fields, its cookie.
    pub fn sign_in(&self) -> Outcome<Session> {
        let (account, password) = account_in(&self.printed).ok_or_else(|| {
            format!("the demo printed no account of the {OFFICER}:\n{}", self.printed)
        })?;
        let mut connection = Connection::open(self.address)?;
        let mut answer = Answer::default();
        connection.ask(&client::get("/sign-in", "", false), &mut answer)?;
        let mut cookies = Cookies::default();
        cookies.take(&answer);
        let fields = filled_form(&answer.text(), &account, &password);
        connection.ask(
            &client::post("/sign-in", &cookies.header(), self.address, &fields),
            &mut answer,
        )?;
        cookies.take(&answer);
        if answer.status != 303 {
            return Err(format!("signing in as {account} answered {}", answer.status));
        }
        let landing = answer.location.unwrap_or_else(|| "/".to_owned());
        Ok(Session { address: self.address, cookies: cookies.header(), landing })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is our own child; when it is gone already there is nothing to stop.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Session {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn cookies(&self) -> &str {
        &self.cookies
    }

    /// One page of each kind that can be reached from the page after sign-in: pages whose addresses differ only in an id
    /// count as one kind.
    pub fn pages_by_following_links(&self) -> Outcome<Vec<String>> {
        let mut kinds: BTreeMap<String, String> = BTreeMap::new();
        let mut open = VecDeque::from([self.landing.clone()]);
        let mut connection = Connection::open(self.address)?;
        let mut answer = Answer::default();
        while let Some(path) = open.pop_front() {
            let kind = kind_of(&path);
            if kinds.contains_key(&kind) || kinds.len() == PAGES_AT_MOST {
                continue;
            }
            connection.ask(&client::get(&path, &self.cookies, false), &mut answer)?;
            if answer.status == 200 && answer.content_type.starts_with("text/html") {
                open.extend(links(&answer.text()));
                kinds.insert(kind, path);
            }
        }
        Ok(kinds.into_values().collect())
    }
}

#[derive(Default)]
struct Cookies(BTreeMap<String, String>);

impl Cookies {
    fn take(&mut self, answer: &Answer) {
        let pairs = answer.cookies.iter().filter_map(|cookie| cookie.split_once('='));
        self.0.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

/// Account and password in the line that names the officer's post: its two words of ASCII.
fn account_in(printed: &str) -> Option<(String, String)> {
    printed.lines().filter(|line| line.contains(OFFICER)).find_map(|line| {
        let trimmed = |word: &'_ str| word.trim_matches(|c: char| !c.is_ascii_graphic()).to_owned();
        let words: Vec<String> =
            line.split_whitespace().map(trimmed).filter(|word| word.len() >= 3).collect();
        Some((words.first()?.clone(), words.get(1)?.clone()))
    })
}

/// The fields of the page's sign-in form: hidden ones as they are, the password and the one other filled in.
fn filled_form(page: &str, account: &str, password: &str) -> Vec<(String, String)> {
    let form =
        page.split("<form").find(|form| form.contains("type=\"password\"")).unwrap_or_default();
    let form = form.split("</form>").next().unwrap_or_default();
    let fields = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    fields
        .filter_map(|tag| {
            let name = attribute(tag, "name")?;
            let value = match attribute(tag, "type").unwrap_or("text") {
                "password" => password.to_owned(),
                "hidden" => attribute(tag, "value").unwrap_or_default().to_owned(),
                "text" | "email" | "tel" => account.to_owned(),
                _ => return None,
            };
            Some((name.to_owned(), value))
        })
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// A clause has dots in its number, a file has letters behind its last.
fn is_file(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, ending)| !ending.contains(|c: char| c.is_ascii_digit() || c == '/'))
}

/// Addresses of this server that the page links to, downloads and assets left out.
fn links(page: &str) -> Vec<String> {
    let targets = page.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next());
    let is_page = |path: &&str| {
        let plain = path.split(['?', '#']).next().unwrap_or(path);
        !path.starts_with('/')
            && !path.starts_with("assets/")
            && !is_file(plain)
            && !path.contains("sign-out")
    };
    let address =
        |path: &str| format!("/{}", path.split('#').next().unwrap_or(path).replace("&amp;", "&"));
    targets.filter(is_page).map(address).collect()
}

/// The address with its ids and numbers taken out and without its query.
fn kind_of(path: &str) -> String {
    let plain = path.split('?').next().unwrap_or(path);
    let is_id = |part: &str| part.chars().any(|c| c.is_ascii_digit()) || !part.is_ascii();
    plain.split('/').map(|part| if is_id(part) { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_officers_account_is_read_from_what_the_demo_prints() {
        let printed = "open http://127.0.0.1:8080\n  南山区 分管领导   ns-deputy  pw-1\n  南山区 学前科科员  nanshan-officer  cloud-2026\n";
        assert_eq!(
            account_in(printed),
            Some(("nanshan-officer".to_owned(), "cloud-2026".to_owned()))
        );
        assert_eq!(account_in("nothing"), None);
    }

    #[test]
    fn the_sign_in_form_is_filled_as_it_stands() {
        let page = "<form action=\"/search\"><input name=\"q\"></form><form method=\"post\"><input type=\"hidden\" name=\"csrf\" value=\"t0k\">\
                    <input id=\"a\" name=\"account\"><input type=\"password\" name=\"password\"></form>";
        let fields = filled_form(page, "officer", "secret");
        let text: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(text, ["csrf=t0k", "account=officer", "password=secret"]);
    }

    #[test]
    fn pages_of_one_kind_differ_only_in_an_id() {
        assert_eq!(kind_of("/clusters/cls_01ab?day=2026-02-03"), kind_of("/clusters/cls_9f"));
        assert_ne!(kind_of("/clusters"), kind_of("/kindergartens"));
        let page = "<a href=\"/plans?page=2&amp;sort=name#top\"></a><a href=\"/assets/a\"></a><a href=\"/list.xlsx\"></a><a href=\"//other\"></a>";
        assert_eq!(links(page), ["/plans?page=2&sort=name"]);
    }
}
