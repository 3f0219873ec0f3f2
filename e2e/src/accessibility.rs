//! WCAG 2.1 AA as far as a program can see it: axe-core, run in the page.

use serde_json::Value;

use crate::{Outcome, Trouble, Visitor};

/// axe-core as published; see `e2e/vendor/manifest.toml`.
const AXE: &str = include_str!("../vendor/axe.min.js");

/// Runs it and returns the violations that keep someone out or make it hard, one line for each place.
const RUN: &str = r"
    return axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})
        .then(result => result.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
            .flatMap(v => v.nodes.map(n => `${v.impact} ${v.id}: ${v.help}: ${n.target.join(' ')} ${n.html.slice(0, 160)}`)));
";

impl Visitor {
    /// Fails on every serious or critical violation on the page as it stands.
    pub fn finds_it_accessible(&self) -> Outcome {
        self.run(AXE, &[])?;
        let found = self.run(RUN, &[])?;
        let Value::Array(found) = found else { return Err(Trouble::new("axe-core did not run")) };
        if found.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> =
            found.iter().filter_map(Value::as_str).map(|line| format!("  {line}")).collect();
        Err(Trouble::new(format!("{} keeps someone out:\n{}", self.path()?, lines.join("\n"))))
    }
}
