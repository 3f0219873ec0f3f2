//! One Chromium with its driver. WebDriver is JSON over HTTP: each method here is one of its commands.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

use crate::machine::{self, Folder, Kept};
use crate::{Outcome, Trouble};

/// The key under which WebDriver hands out a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Without the background flags Chromium looks for its maker's hosts at every start, which a closed network refuses.
const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox", // the tests run as root in CI, and only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--lang=zh-CN",
    "--remote-debugging-pipe", // the browser ends with its driver, however that ends
];

/// A running browser; dropping it ends it.
#[derive(Debug)]
pub struct Driver {
    agent: Agent,
    _process: Kept,
    address: String,
    session: String,
    /// The browser's own folder; removed when the browser has ended.
    profile: Folder,
}

impl Driver {
    pub fn start() -> Outcome<Self> {
        let chromium =
            machine::program(&["chromium", "chromium-browser", "google-chrome"], "chromium")?;
        let program =
            machine::program(&["chromedriver", "chromium.chromedriver"], "chromium-driver")?;
        let port = machine::free_port()?;
        let process =
            Kept::start(&program, &[format!("--port={port}")], Stdio::null(), Stdio::null())?;
        let profile = Folder::new("browser")?;
        let timeout = Some(Duration::from_mins(2));
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(timeout)
            .build()
            .into();
        let address = format!("http://127.0.0.1:{port}");
        let mut driver =
            Self { agent, _process: process, address, session: String::new(), profile };
        driver.wait_until_ready()?;
        let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--user-data-dir={}", driver.profile.path().display()));
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": chromium, "args": flags},
            "goog:loggingPrefs": {"browser": "ALL"},
            "unhandledPromptBehavior": "accept",
        }}});
        let opened = driver.post("/session", &wanted)?;
        driver.session = text(&opened["sessionId"]);
        Ok(driver)
    }

    fn wait_until_ready(&self) -> Outcome {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            if self.agent.get(format!("{}/status", self.address)).call().is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(Trouble::new("chromedriver did not answer within 20 s"))
    }

    /// Sends a command to the driver and returns its value.
    fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let answer = self.agent.post(format!("{}{path}", self.address)).send_json(body)?;
        value_of(answer)
    }

    /// Sends a command of this session.
    pub fn command(&self, name: &str, body: &Value) -> Outcome<Value> {
        self.post(&format!("/session/{}/{name}", self.session), body)
    }

    /// Runs the body of a function in the page and returns what it returns; a promise is waited for.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Outcome<Value> {
        self.command("execute/sync", &json!({"script": script, "args": arguments}))
    }

    /// A command of Chromium's own protocol, for what WebDriver cannot do.
    pub fn chromium(&self, name: &str, parameters: &Value) -> Outcome<Value> {
        self.command("goog/cdp/execute", &json!({"cmd": name, "params": parameters}))
    }

    /// A command to an element that a script returned.
    pub fn element(&self, element: &Value, name: &str, body: &Value) -> Outcome<Value> {
        let id = element[ELEMENT]
            .as_str()
            .ok_or_else(|| Trouble::new("the script returned no element"))?;
        self.command(&format!("element/{id}/{name}"), body)
    }
}

fn value_of(mut answer: ureq::http::Response<ureq::Body>) -> Outcome<Value> {
    let body = answer.body_mut().with_config().limit(256 << 20).read_to_vec()?;
    let parsed: Value = serde_json::from_slice(&body)
        .map_err(|fault| Trouble::new(format!("chromedriver: {fault}")))?;
    let value = &parsed["value"];
    match value["error"].as_str() {
        Some(error) if !answer.status().is_success() => {
            let message = value["message"].as_str().unwrap_or_default();
            Err(Trouble::new(format!("{error}: {}", message.lines().next().unwrap_or_default())))
        }
        _ => Ok(value.clone()),
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Ending the session closes the browser; what is gone already needs no closing.
        drop(self.agent.delete(format!("{}/session/{}", self.address, self.session)).call());
    }
}

/// The text in a JSON value; nothing when it is something else.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
