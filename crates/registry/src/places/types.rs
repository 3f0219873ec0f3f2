//! The nouns of the administrative tree. Streets and communities are `geography`'s own.

use kernel::Place;

/// A district that manages education.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// The code of GB/T 2260 where there is one (`440305`), else its own (`dapeng`).
    pub code: String,
    /// 南山区.
    pub name: String,
    /// The code of GB/T 2260, if the district has one.
    pub gb_code: Option<String>,
    /// Its place in the tree.
    pub place: Place,
}

/// An outline as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineText {
    /// A GeoJSON geometry, WGS-84.
    pub geojson: String,
    /// What a map that draws it must say of its source; empty for a bureau's own outline.
    pub note: String,
}
