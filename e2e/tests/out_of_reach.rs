//! What lies outside her district does not exist for a district's officer.

use e2e::{Outcome, Site, Visitor};

#[test]
fn what_belongs_to_another_district_is_not_found() -> Outcome {
    let site = Site::demo()?;
    let neighbour = site.visitor()?;
    neighbour.sign_in(&site.account("福田区学前科")?)?;
    let mut theirs = Vec::new();
    for list in ["/kindergartens", "/clusters", "/plans"] {
        theirs.push(first_in(&neighbour, list)?);
    }
    let plan = theirs[2].clone();
    theirs.extend([format!("{plan}/editor"), "/districts/440304".to_owned()]);
    for path in &theirs {
        assert_eq!(neighbour.status_of(path)?, 200, "{path} is theirs");
    }

    let officer = site.visitor()?;
    officer.sign_in(&site.account("南山区学前科")?)?;
    for path in &theirs {
        assert_eq!(officer.status_of(path)?, 404, "{path} should not be found");
        officer.open(path)?;
        officer.sees("没有找到")?;
        officer.does_not_see("福田")?;
    }
    officer.finds_it_accessible()?;
    // Neither do her lists hold any of it.
    for list in ["/kindergartens", "/clusters", "/plans"] {
        officer.open(list)?;
        officer.sees("共")?;
        officer.does_not_see("福田区")?;
    }
    Ok(())
}

/// The address of the first in a list.
fn first_in(visitor: &Visitor, list: &str) -> Outcome<String> {
    visitor.open(list)?;
    visitor.text_of("tbody th a")?;
    let address = visitor.run("return document.querySelector('tbody th a').pathname", &[])?;
    Ok(address.as_str().unwrap_or_default().to_owned())
}
