//! A person at a browser. She sees text, labels and buttons, waits for what is on its way, and gives up after ten seconds.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::driver::{Driver, text};
use crate::{Account, Outcome, Trouble, pictures};

/// How long she waits for something to appear.
const PATIENCE: Duration = Duration::from_secs(10);

/// What she can click: visible, and called by its text, its label or its title. The exact name wins over one that only
/// holds it, and the innermost over what lies around it.
const CLICKABLE: &str = r"
    const wanted = arguments[0];
    const tidy = text => (text || '').replace(/\s+/g, ' ').trim();
    const names = element => [element.innerText, element.value, element.getAttribute('aria-label'), element.title].map(tidy);
    const kinds = 'a[href], button, summary, label, input[type=submit], input[type=button], [role=button], [role=tab],' +
        ' [role=menuitem], [role=option], [data-click]';
    const found = [...document.querySelectorAll(kinds)].filter(element => element.checkVisibility({visibilityProperty: true}) && !element.disabled);
    return found.find(element => names(element).includes(wanted))
        || found.find(element => names(element).some(name => name.includes(wanted))) || null;
";

/// The field that a label names; a label may be text around or beside it, an `aria-label` or a placeholder.
const FIELD: &str = r"
    const wanted = arguments[0];
    const tidy = text => (text || '').replace(/\s+/g, ' ').replace(/[*：:]/g, '').trim();
    const fields = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')];
    const names = field => [...(field.labels || [])].map(label => label.innerText)
        .concat([field.getAttribute('aria-label'), field.placeholder]).map(tidy);
    return fields.find(field => names(field).includes(wanted))
        || fields.find(field => names(field).some(name => name.includes(wanted))) || null;
";

/// A person at a browser of her own.
#[derive(Debug)]
pub struct Visitor {
    driver: Driver,
    address: String,
}

impl Visitor {
    pub(crate) fn before(address: &str) -> Outcome<Self> {
        let visitor = Self { driver: Driver::start()?, address: address.to_owned() };
        visitor.is_at_width(1440)?;
        Ok(visitor)
    }

    /// Opens a page by its path.
    pub fn open(&self, path: &str) -> Outcome {
        self.driver.command("url", &json!({"url": format!("{}{path}", self.address)})).map(drop)
    }

    /// Path and query of the page she is on.
    pub fn path(&self) -> Outcome<String> {
        Ok(text(&self.driver.run("return location.pathname + location.search", &[])?))
    }

    /// Signs in through the form.
    pub fn sign_in(&self, account: &Account) -> Outcome {
        self.open("/sign-in")?;
        self.fill("账号", &account.login)?;
        self.fill("密码", &account.password)?;
        self.click("登录")?;
        self.waits(&format!("the page after signing in as {}", account.login), || {
            Ok(!self.path()?.starts_with("/sign-in"))
        })
    }

    /// Clicks a link, button or label by its name.
    pub fn click(&self, name: &str) -> Outcome {
        let mut last = None;
        let clicked = self.waits(&format!("“{name}” to click"), || {
            let element = self.driver.run(CLICKABLE, &[json!(name)])?;
            if element.is_null() {
                return Ok(false);
            }
            // Something may lie over it for a moment, or the page may just be drawn anew: she tries again.
            last = self.driver.element(&element, "click", &json!({})).err();
            Ok(last.is_none())
        });
        clicked.map_err(|trouble| {
            last.map_or(trouble, |last| Trouble::new(format!("“{name}” cannot be clicked: {last}")))
        })
    }

    /// Types into the field with this label, in place of what it holds. Dates are given as `2026-02-03`.
    pub fn fill(&self, label: &str, value: &str) -> Outcome {
        let field = self.field(label)?;
        let by_script = "const [field, value] = arguments; if (!['date', 'time', 'color', 'range'].includes(field.type)) return false; \
             field.value = value; field.dispatchEvent(new Event('input', {bubbles: true})); \
             field.dispatchEvent(new Event('change', {bubbles: true})); return true;";
        if self.driver.run(by_script, &[field.clone(), json!(value)])? == json!(true) {
            return Ok(());
        }
        self.driver.element(&field, "clear", &json!({}))?;
        self.driver.element(&field, "value", &json!({"text": value})).map(drop)
    }

    /// Chooses an option of the list with this label by its text.
    pub fn choose(&self, label: &str, option: &str) -> Outcome {
        let script = "const [list, wanted] = arguments; const option = [...list.options || []].find(o => o.text.trim() === wanted) \
             || [...list.options || []].find(o => o.text.includes(wanted)); if (!option) return false; list.value = option.value; \
             list.dispatchEvent(new Event('input', {bubbles: true})); list.dispatchEvent(new Event('change', {bubbles: true})); return true;";
        match self.driver.run(script, &[self.field(label)?, json!(option)])? {
            Value::Bool(true) => Ok(()),
            _ => Err(self.in_vain(&format!("“{option}” in the list “{label}”"))),
        }
    }

    /// Puts a file into the field with this label.
    pub fn attach(&self, label: &str, file: &Path) -> Outcome {
        let file = file.canonicalize()?;
        self.driver
            .element(&self.field(label)?, "value", &json!({"text": file.to_string_lossy()}))
            .map(drop)
    }

    /// Presses the button of an act that asks first, and says yes.
    pub fn confirms(&self, button: &str, yes: &str) -> Outcome {
        let press = |within: &str, name: &str| {
            let script = "const found = [...document.querySelectorAll(arguments[0])].find(b => b.innerText.trim() === arguments[1]); \
                found?.click(); return Boolean(found);";
            self.waits(&format!("“{name}” to press"), || {
                Ok(self.run(script, &[json!(within), json!(name)])? == true)
            })
        };
        press("form[data-confirm] button", button)?;
        press("dialog[open] button[value=yes]", yes)
    }

    /// Waits until the page shows this text.
    pub fn sees(&self, wanted: &str) -> Outcome {
        self.waits(&format!("“{wanted}”"), || Ok(self.shown()?.contains(wanted)))
    }

    /// Makes sure that the page, as it stands now, does not show this text.
    pub fn does_not_see(&self, unwanted: &str) -> Outcome {
        if self.shown()?.contains(unwanted) {
            Err(Trouble::new(format!("“{unwanted}” should not be on {}", self.path()?)))
        } else {
            Ok(())
        }
    }

    /// The visible text of the page.
    pub fn shown(&self) -> Outcome<String> {
        Ok(text(&self.driver.run("return document.body ? document.body.innerText : ''", &[])?))
    }

    /// The text of the first element that a CSS selector finds; she waits for it.
    pub fn text_of(&self, selector: &str) -> Outcome<String> {
        let mut found = Value::Null;
        self.waits(selector, || {
            found = self.driver.run(
                "const e = document.querySelector(arguments[0]); return e && e.innerText",
                &[json!(selector)],
            )?;
            Ok(!found.is_null())
        })?;
        Ok(text(&found))
    }

    /// Presses keys one after the other where the focus is: `"m"`, or a WebDriver key such as `"\u{e007}"` (Enter),
    /// `"\u{e004}"` (Tab), `"\u{e00c}"` (Escape), `"\u{e012}"`–`"\u{e015}"` (left, up, right, down).
    pub fn press(&self, keys: &str) -> Outcome {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
            })
            .collect();
        self.strokes(&strokes)
    }

    /// Presses a key while Control is held.
    pub fn press_with_control(&self, key: char) -> Outcome {
        let stroke = |kind: &str, value: &str| json!({"type": kind, "value": value});
        let (control, key) = ("\u{e009}", key.to_string());
        self.strokes(&[
            stroke("keyDown", control),
            stroke("keyDown", &key),
            stroke("keyUp", &key),
            stroke("keyUp", control),
        ])
    }

    fn strokes(&self, strokes: &[Value]) -> Outcome {
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": strokes});
        self.driver.command("actions", &json!({"actions": [keyboard]})).map(drop)
    }

    /// Drags with the mouse from one point of the window to another, in CSS pixels, slowly enough for a map to follow.
    pub fn drag(&self, from: (i64, i64), to: (i64, i64)) -> Outcome {
        let half = (i64::midpoint(from.0, to.0), i64::midpoint(from.1, to.1));
        let go =
            |(x, y): (i64, i64)| json!({"type": "pointerMove", "duration": 120, "x": x, "y": y});
        let steps = json!([go(from), {"type": "pointerDown", "button": 0}, {"type": "pause", "duration": 80},
            go(half), go(to), {"type": "pause", "duration": 80}, {"type": "pointerUp", "button": 0}]);
        self.driver
            .command("actions", &json!({"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}]}))
            .map(drop)
    }

    /// Runs the body of a function in the page and returns what it returns; a promise is waited for.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Outcome<Value> {
        self.driver.run(script, arguments)
    }

    /// Status code of a page that is asked for with her cookies, without going there.
    pub fn status_of(&self, path: &str) -> Outcome<u64> {
        let status = self.driver.run(
            "return fetch(arguments[0], {redirect: 'manual'}).then(answer => answer.status)",
            &[json!(path)],
        )?;
        Ok(status.as_u64().unwrap_or_default())
    }

    /// Sits before a screen of this width: 1440 is a desk, 390 a phone.
    pub fn is_at_width(&self, width: u32) -> Outcome {
        let height = if width < 600 { 844 } else { 900 };
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.driver.chromium("Emulation.setDeviceMetricsOverride", &screen).map(drop)
    }

    /// Takes a picture of the whole page as it is now.
    pub fn picture(&self, file: &Path) -> Outcome {
        pictures::take(&self.driver, file)
    }

    /// Makes sure that nothing went wrong behind the page: no script error, no refused resource, no missing file.
    pub fn finds_no_errors_behind(&self) -> Outcome {
        let log = self.driver.command("se/log", &json!({"type": "browser"}))?;
        let severe: Vec<String> = log
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| text(&entry["message"]))
            .collect();
        if severe.is_empty() {
            Ok(())
        } else {
            Err(Trouble::new(format!("behind {}:\n{}", self.path()?, severe.join("\n"))))
        }
    }

    /// Waits until `is_so`.
    pub fn waits(&self, what: &str, is_so: impl FnMut() -> Outcome<bool>) -> Outcome {
        self.waits_at_most(PATIENCE, what, is_so)
    }

    /// Waits until `is_so` for something that takes its time.
    pub fn waits_at_most(
        &self,
        patience: Duration,
        what: &str,
        mut is_so: impl FnMut() -> Outcome<bool>,
    ) -> Outcome {
        let begun = Instant::now();
        let mut last = None;
        while begun.elapsed() < patience {
            match is_so() {
                Ok(true) => return Ok(()),
                Ok(false) => last = None,
                // A page that is just being left answers nothing for a moment.
                Err(trouble) => last = Some(trouble),
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(last.unwrap_or_else(|| self.in_vain(what)))
    }

    fn field(&self, label: &str) -> Outcome<Value> {
        let mut found = Value::Null;
        self.waits(&format!("a field “{label}”"), || {
            found = self.driver.run(FIELD, &[json!(label)])?;
            Ok(!found.is_null())
        })?;
        Ok(found)
    }

    /// She looked for something in vain: what the page shows instead, and a picture of it.
    fn in_vain(&self, what: &str) -> Trouble {
        let shown = self.shown().unwrap_or_default();
        let beginning: String =
            shown.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(600).collect();
        let file = std::env::temp_dir().join(format!("gongzhi-in-vain-{}.png", std::process::id()));
        let picture = self
            .picture(&file)
            .map_or_else(|trouble| trouble.to_string(), |()| file.display().to_string());
        Trouble::new(format!(
            "looked in vain for {what} on {}\n  shown: {beginning}\n  picture: {picture}",
            self.path().unwrap_or_default()
        ))
    }
}
