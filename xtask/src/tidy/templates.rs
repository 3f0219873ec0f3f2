//! Every template is shown by a view or used by another template.

use super::source::Source;

pub fn faults(sources: &[Source]) -> Vec<String> {
    let templates: Vec<&Source> = sources.iter().filter(|source| source.is_template()).collect();
    let unused = |template: &&Source| {
        let tail = name_in_views(&template.path);
        let mentions = |source: &Source| {
            source.path != template.path && source.text.contains(&format!("{tail}\""))
        };
        !sources.iter().filter(|source| source.is_rust() || source.is_template()).any(mentions)
    };
    templates
        .into_iter()
        .filter(unused)
        .map(|template| {
            format!("{}: no view shows this template and no template uses it", template.path)
        })
        .collect()
}

/// How views name a template: by its path below `src` or below the shared folder of templates.
fn name_in_views(path: &str) -> &str {
    ["/src/", "/templates/"]
        .iter()
        .find_map(|folder| path.split_once(folder))
        .map_or(path, |(_, tail)| tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_without_a_view_is_found() {
        let source =
            |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let sources = [
            source("crates/people/src/posts/pages/switch.html", "{% extends \"base.html\" %}"),
            source("crates/people/src/posts/pages/forgotten.html", "{% extends \"base.html\" %}"),
            source(
                "crates/people/src/posts/pages.rs",
                "#[template(path = \"posts/pages/switch.html\")]",
            ),
            source("crates/web/templates/base.html", ""),
        ];
        let faults = faults(&sources);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains("forgotten.html"));
    }
}
