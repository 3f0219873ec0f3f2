//! Every page that people reach by links: accessible, without faults behind it, and never wider than the screen.

use std::collections::BTreeSet;

use e2e::{Outcome, Site, Trouble, Visitor, WIDTHS};

/// The map has drawn its first picture, or there is none; the editor has its plan.
const SETTLED: &str = "const editor = document.getElementById('editor'); \
    return document.readyState === 'complete' && (!editor || editor.dataset.ready === 'yes') \
        && [...document.querySelectorAll('[data-map]')].every(map => map.querySelector('canvas'))";

/// What sticks out of the screen on the right, outermost first; nothing when the page does not scroll sideways.
const STICKS_OUT: &str = "const wide = document.documentElement.clientWidth; \
    if (document.documentElement.scrollWidth <= wide) return ''; \
    return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > wide + 1) \
        .slice(0, 4).map(e => e.outerHTML.slice(0, 140)).join('\\n')";

/// Follows every link of the site from `first`, and looks at each kind of page at a desk and on a phone. All that is wrong
/// is told at once.
fn looks_everywhere(visitor: &Visitor, first: &str, seen: &mut BTreeSet<String>) -> Outcome {
    let mut wrong = Vec::new();
    visitor.walks(first, seen, |path| {
        for width in WIDTHS {
            visitor.is_at_width(width)?;
            let found = looks_at(visitor, width);
            wrong.extend(found.err().map(|trouble| format!("{path} at {width} px: {trouble}")));
        }
        visitor.is_at_width(WIDTHS[0])?;
        wrong.extend(visitor.finds_no_errors_behind().err().map(|trouble| trouble.to_string()));
        Ok(())
    })?;
    if wrong.is_empty() { Ok(()) } else { Err(Trouble::new(wrong.join("\n"))) }
}

fn looks_at(visitor: &Visitor, width: u32) -> Outcome {
    visitor.waits("the whole page", || Ok(visitor.run(SETTLED, &[])? == true))?;
    let out = visitor.run(STICKS_OUT, &[])?;
    if out != "" {
        return Err(Trouble::new(format!(
            "wider than {width} px:\n{}",
            out.as_str().unwrap_or("the page")
        )));
    }
    visitor.finds_it_accessible()
}

/// Signs in as each of them and looks at every kind of page, of which `expected` must be among those reached.
fn reach(logins: &[&str], expected: &[&str]) -> Outcome {
    let site = Site::demo()?;
    let mut seen = BTreeSet::new();
    for login in logins {
        let visitor = site.visitor()?;
        visitor.sign_in(&site.account(login)?)?;
        let workbench = visitor.path()?;
        seen.remove(&e2e::kind_of(&workbench));
        looks_everywhere(&visitor, &workbench, &mut seen)
            .map_err(|trouble| Trouble::new(format!("as {login}: {trouble}")))?;
    }
    for page in expected {
        assert!(seen.contains(*page), "no link led to {page}, only to {seen:#?}");
    }
    Ok(())
}

#[test]
fn a_district_officer_finds_every_page_in_order() -> Outcome {
    let expected = [
        "/workbench",
        "/tasks",
        "/districts/id",
        "/kindergartens",
        "/kindergartens/id",
        "/kindergartens/id/edit",
        "/clusters",
        "/clusters/id",
        "/clusters/id/committee",
        "/clusters/id/staffing",
        "/kindergartens/id/staffing",
        "/staffing",
        "/appointments",
        "/appointments/id",
        "/parties",
        "/parties/id",
        "/districts/id/parties/new",
        "/plans",
        "/plans/new",
        "/plans/id",
        "/plans/id/editor",
        "/plans/id/map",
        "/plans/id/sheets",
        "/imports",
        "/imports/clusters",
        "/imports/heads",
        "/account",
        "/account/second-factor",
        "/stand-ins",
        "/obligations",
        "/obligations/id",
        "/obligations/text",
        "/obligations/places/id",
    ];
    reach(&["nanshan"], &expected)
}

#[test]
fn the_supervision_office_finds_every_page_in_order() -> Outcome {
    let expected = [
        "/workbench",
        "/staffing",
        "/imports/inspectors",
        "/clusters/id/staffing",
        "/clusters/id/inspectors/new",
    ];
    reach(&["futian-inspector"], &expected)
}

#[test]
fn the_city_and_its_administrators_find_every_page_in_order() -> Outcome {
    reach(
        &["city", "auditor", "sysadmin", "secadmin", "principal"],
        &[
            "/workbench",
            "/city",
            "/audit",
            "/audit/id",
            "/settings",
            "/accounts",
            "/accounts/id",
            "/accounts/invitations",
        ],
    )
}

#[test]
fn who_does_not_sign_in_finds_every_page_in_order() -> Outcome {
    let site = Site::demo()?;
    let visitor = site.visitor()?;
    let mut seen = BTreeSet::new();
    for path in ["/sign-in", "/invitation", "/public", "/public/440305"] {
        looks_everywhere(&visitor, path, &mut seen)?;
    }
    Ok(())
}
