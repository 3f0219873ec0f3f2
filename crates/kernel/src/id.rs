//! Typed ids: one type for each kind of thing that has an address, listed here and nowhere else.
//!
//! Inside an id is a UUIDv7; outside it reads `kg_01jm…`: a prefix and 26 letters of Crockford's base 32.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// What an id belongs to; gives its prefix.
pub trait Kind {
    /// The short word before the underscore, unique among all kinds.
    const PREFIX: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $alias:ident = $kind:ident, $prefix:literal;)*) => {
        /// The kinds of things that have ids; never constructed.
        pub mod kind {
            $(
                #[doc = concat!("Kind of `", $prefix, "_…` ids.")]
                #[derive(Debug)]
                pub enum $kind {}
                impl super::Kind for $kind { const PREFIX: &'static str = $prefix; }
            )*
        }
        $($(#[$doc])* pub type $alias = Id<kind::$kind>;)*
        #[cfg(test)]
        const PREFIXES: &[&str] = &[$($prefix),*];
    };
}

kinds! {
    /// A person who may sign in.
    PersonId = Person, "per";
    /// A dated post of a person.
    PostId = Post, "pst";
    /// A kindergarten (幼儿园).
    KindergartenId = Kindergarten, "kg";
    /// A cluster (学区).
    ClusterId = Cluster, "cls";
    /// A clustering plan (学区划分方案).
    PlanId = Plan, "pln";
    /// An uploaded file with its preview.
    ImportId = Import, "imp";
    /// A paper with a document number (委托书 …).
    PaperId = Paper, "pap";
    /// A party organisation (党组织).
    PartyId = Party, "pty";
    /// A dated stand-in: one person acting in the post of another (代理).
    StandInId = StandIn, "sti";
    /// A staff member (教职工): one person employed in one kindergarten.
    StaffId = Staff, "stf";
}

/// The id of one thing of kind `K`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// An id around a UUID that was read from the store or minted by it.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
    /// The UUID inside.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.as_u128();
        let mut letters = [0_u8; 26];
        for (place, letter) in letters.iter_mut().enumerate() {
            let shift = 5 * (25 - place);
            *letter = ALPHABET[(number >> shift) as usize & 31];
        }
        write!(f, "{}_{}", K::PREFIX, String::from_utf8_lossy(&letters))
    }
}

/// A text that is no id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("不是有效的编号：{0}")]
pub struct UnknownId(pub String);

impl<K: Kind> FromStr for Id<K> {
    type Err = UnknownId;
    fn from_str(text: &str) -> Result<Self, UnknownId> {
        let unknown = || UnknownId(text.chars().take(40).collect());
        let letters = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|rest| rest.len() == 26)
            .ok_or_else(unknown)?;
        let mut number: u128 = 0;
        for (place, letter) in letters.bytes().enumerate() {
            let digit = ALPHABET.iter().position(|&known| known == letter).ok_or_else(unknown)?;
            if place == 0 && digit > 7 {
                return Err(unknown());
            }
            number = number << 5 | digit as u128;
        }
        Ok(Self::new(Uuid::from_u128(number)))
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        let id = KindergartenId::new(Uuid::from_u128(0x0190_1234_5678_7abc_8def_0123_4567_89ab));
        let text = id.to_string();
        assert!(text.starts_with("kg_") && text.len() == 29, "{text}");
        assert_eq!(text.parse::<KindergartenId>(), Ok(id));
    }

    #[test]
    fn the_id_of_something_else_is_refused() {
        let text = PlanId::new(Uuid::from_u128(7)).to_string();
        assert!(text.parse::<KindergartenId>().is_err());
        assert!("kg_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<KindergartenId>().is_err());
        assert!("kg_幼儿园".parse::<KindergartenId>().is_err());
        assert!("".parse::<KindergartenId>().is_err());
    }

    #[test]
    fn prefixes_are_unique() {
        let mut seen = PREFIXES.to_vec();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), PREFIXES.len());
    }
}
