//! Places and reach: the administrative tree as paths, and the set of it that a post reaches.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ClusterId, KindergartenId};

/// A path in the administrative tree: `4403/`, `4403/440305/`, `4403/440305/440305003/`.
///
/// "In the subtree" is a range of texts, the same on both databases, because codes are ASCII letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(String);

impl Place {
    /// The city's own place.
    pub fn city(city: &str) -> Self {
        Self(format!("{city}/"))
    }
    /// The place below this one with the given code.
    #[must_use]
    pub fn child(&self, code: &str) -> Self {
        Self(format!("{}{code}/", self.0))
    }
    /// A path as the store keeps it.
    pub fn from_path(path: impl Into<String>) -> Self {
        Self(path.into())
    }
    /// The path as the store keeps it.
    pub fn path(&self) -> &str {
        &self.0
    }
    /// The first text that is greater than every path of the subtree: `…/` becomes `…0`.
    pub fn end(&self) -> String {
        let mut end = self.0.clone();
        if end.pop().is_some() {
            end.push('0');
        }
        end
    }
    /// Whether `other` is this place or lies in it.
    pub fn holds(&self, other: &Place) -> bool {
        other.0.starts_with(&self.0)
    }
    /// The codes from the city down.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|code| !code.is_empty())
    }
    /// The district's code, if the place is a district or lies in one.
    pub fn district(&self) -> Option<&str> {
        self.codes().nth(1)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a caller reaches: a set of subtrees, clusters and single kindergartens (LAYOUT §6).
///
/// Reading and writing differ (2.1.2-8): a cluster gives only reading, and a city-run kindergarten, though it lies in a
/// district, is written by the city alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Reach {
    /// Subtrees of the administrative tree.
    pub areas: Vec<Place>,
    /// Clusters in which the caller's kindergarten is today.
    pub clusters: Vec<ClusterId>,
    /// Single kindergartens: a principal's own.
    pub kindergartens: Vec<KindergartenId>,
}

impl Reach {
    /// Whether a place lies in one of the subtrees.
    pub fn holds(&self, place: &Place) -> bool {
        self.areas.iter().any(|area| area.holds(place))
    }
    /// Whether the caller stands at the level of a whole city (not of a district or kindergarten).
    pub fn is_city_wide(&self) -> bool {
        self.areas.iter().any(|area| area.codes().count() == 1)
    }
    /// The code of the one district reached, if reach is exactly one district.
    pub fn only_district(&self) -> Option<&str> {
        match self.areas.as_slice() {
            [area] => area.district(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbouring_district_lies_outside() {
        let city = Place::city("4403");
        let (nanshan, baoan) = (city.child("440305"), city.child("440306"));
        let street = nanshan.child("440305003");
        let reach = Reach { areas: vec![nanshan.clone()], ..Reach::default() };
        assert!(reach.holds(&street) && reach.holds(&nanshan));
        assert!(!reach.holds(&baoan) && !reach.holds(&city));
        assert!(street.path() >= nanshan.path() && street.path() < nanshan.end().as_str());
        assert!(baoan.path() >= nanshan.end().as_str());
        assert_eq!(street.district(), Some("440305"));
    }

    #[test]
    fn a_code_that_begins_alike_is_not_inside() {
        let city = Place::city("4403");
        let (a, b) = (city.child("4403"), city.child("44030"));
        assert!(!a.holds(&b));
        assert!(!(b.path() >= a.path() && b.path() < a.end().as_str()));
    }
}
