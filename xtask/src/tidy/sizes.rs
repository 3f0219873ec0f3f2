//! The longest functions and files. Size is a matter of taste, not of law: they are printed so that someone looks at them.

use super::source::Source;

const SHOWN: usize = 10;

pub fn print(sources: &[Source]) {
    let rust = || sources.iter().filter(|source| source.is_rust());
    let mut files: Vec<(usize, String)> =
        rust().map(|source| (source.text.lines().count(), source.path.clone())).collect();
    let mut functions: Vec<(usize, String)> = rust().flat_map(functions_of).collect();
    for (title, list) in
        [("longest functions (lines)", &mut functions), ("longest files (lines)", &mut files)]
    {
        list.sort_by(|a, b| b.cmp(a));
        println!("{title}");
        for (length, place) in list.iter().take(SHOWN) {
            println!("  {length:>5}  {place}");
        }
    }
}

/// Length and place of each function: from its line to the closing brace at the same depth, as rustfmt sets it.
fn functions_of(source: &Source) -> Vec<(usize, String)> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let depth = line.len() - line.trim_start().len();
        let Some(name) = function_name(line.trim_start()) else { continue };
        let closing = format!("{}}}", " ".repeat(depth));
        if let Some(length) = lines[start..].iter().position(|line| *line == closing) {
            found.push((length + 1, format!("{}:{} {name}", source.path, start + 1)));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let only_modifiers = before
        .split_whitespace()
        .all(|word| word.starts_with("pub") || matches!(word, "async" | "const"));
    if only_modifiers && !line.ends_with(['}', ';']) {
        after.split(['(', '<']).next()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_reaches_to_its_own_brace() {
        let text = "impl X {\n    pub async fn adopt(\n        &self,\n    ) {\n        if a {\n        }\n    }\n}\n";
        let source = Source { path: "x.rs".to_owned(), text: text.to_owned() };
        assert_eq!(functions_of(&source), vec![(6, "x.rs:2 adopt".to_owned())]);
    }
}
