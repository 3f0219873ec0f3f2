//! Which kindergarten a cell means.

use std::collections::HashMap;

use geography::Regions;
use sheets::{Cell, cells};

use crate::kindergartens::types::{Facts, NationalCode, RegisterId};

/// Kindergartens under everything they may be called.
#[derive(Debug)]
pub struct Lookup<'a> {
    by_code: HashMap<&'a str, &'a Facts>,
    /// Names, then names without 深圳市…区, then former names: a later kind counts only where an earlier finds nothing.
    by_name: [HashMap<String, Vec<&'a Facts>>; 3],
}

/// Why a kindergarten was not found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfound {
    /// Nothing is written.
    #[error("没有填幼儿园。请补上名称或编号。")]
    Blank,
    /// None is called so.
    #[error("名册中没有“{0}”。请核对名称或改填编号；新园请先导入名册。")]
    Unknown(String),
    /// More than one is called so.
    #[error("名册中有 {count} 所“{written}”。请改填编号。")]
    Ambiguous {
        /// What is written.
        written: String,
        /// How many are called so.
        count: usize,
    },
}

impl<'a> Lookup<'a> {
    /// Of these kindergartens.
    pub fn of(register: impl Iterator<Item = &'a Facts> + Clone, regions: &Regions) -> Lookup<'a> {
        let mut by_code = HashMap::new();
        let mut by_name = [HashMap::new(), HashMap::new(), HashMap::new()];
        for facts in register.clone() {
            let former = facts.former_codes.iter().map(RegisterId::as_str);
            for code in former.chain(facts.national_code.as_ref().map(NationalCode::as_str)) {
                by_code.entry(code).or_insert(facts);
            }
            let mut add = |kind: usize, name: String| {
                by_name[kind].entry(name).or_insert_with(Vec::new).push(facts);
            };
            add(0, facts.name.to_string());
            add(1, short(&facts.name, regions).to_owned());
            for former in &facts.former_names {
                add(2, former.to_string());
            }
        }
        // An id in use is never overridden by somebody's former one.
        by_code.extend(register.map(|facts| (facts.register_id.as_str(), facts)));
        Lookup { by_code, by_name }
    }

    /// The kindergarten that `written` means, by id, code or name; of several with one name the one in `district`.
    pub fn find(&self, written: &str, district: Option<&str>) -> Result<&'a Facts, Unfound> {
        let cell = Cell::Text(written.to_owned());
        let (code, name) = (cells::code(&cell).value, cells::phrase(&cell).value);
        if code.is_empty() {
            return Err(Unfound::Blank);
        }
        if let Some(facts) = self.by_code.get(code.as_str()) {
            return Ok(facts);
        }
        for names in &self.by_name {
            let Some(found) = names.get(&name) else { continue };
            let own: Vec<&&Facts> = found
                .iter()
                .filter(|facts| district.is_none_or(|own| own == facts.district))
                .collect();
            match own.as_slice() {
                [] => {}
                [one] => return Ok(one),
                several => {
                    return Err(Unfound::Ambiguous {
                        written: cells::excerpt(written),
                        count: several.len(),
                    });
                }
            }
        }
        Err(Unfound::Unknown(cells::excerpt(written)))
    }
}

/// 深圳市南山区青禾幼儿园 is called 青禾幼儿园.
fn short<'n>(name: &'n str, regions: &Regions) -> &'n str {
    let name = name.strip_prefix(regions.city.name.as_str()).unwrap_or(name);
    let district =
        regions.districts.iter().find_map(|district| name.strip_prefix(district.name.as_str()));
    district.filter(|rest| rest.chars().count() > 3).unwrap_or(name)
}
