use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of entry numbers as ascending ranges that neither touch nor overlap; reads `1-5,7`.
///
/// Every set has one text and every text one set, so that a text can be sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids(Vec<(i64, i64)>);

/// A text that is no set of numbers in its one form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("不是编号范围：{0}")]
pub struct UnreadableIds(String);

impl Ids {
    /// No number.
    pub const fn none() -> Self {
        Self(Vec::new())
    }
    /// The numbers from `first` to `last`; none if `last` is smaller.
    pub fn range(first: i64, last: i64) -> Self {
        if first > last { Self::none() } else { Self(vec![(first, last)]) }
    }
    /// The given numbers, in any order.
    pub fn of(ids: impl IntoIterator<Item = i64>) -> Self {
        let mut ids: Vec<i64> = ids.into_iter().collect();
        ids.sort_unstable();
        Self::joined(ids.into_iter().map(|id| (id, id)))
    }
    /// The ranges, first and last number each.
    pub fn ranges(&self) -> &[(i64, i64)] {
        &self.0
    }
    /// Whether there is no number.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.0.iter().fold(0, |sum, (first, last)| {
            sum.saturating_add(last.abs_diff(*first).saturating_add(1))
        })
    }
    /// Whether `id` is one of them.
    pub fn contains(&self, id: i64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= id);
        after
            .checked_sub(1)
            .and_then(|place| self.0.get(place))
            .is_some_and(|(_, last)| id <= *last)
    }
    /// The numbers, ascending. Ask [`Ids::count`] first: a range may claim more than anybody can count.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }
    /// The numbers of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut ranges: Vec<(i64, i64)> = self.0.iter().chain(&other.0).copied().collect();
        ranges.sort_unstable();
        Self::joined(ranges)
    }
    /// The numbers that `other` lacks.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut kept = Vec::new();
        for &(first, last) in &self.0 {
            let mut next = Some(first);
            let from = other.0.partition_point(|(_, end)| *end < first);
            for &(cut, end) in other.0.iter().skip(from).take_while(|(cut, _)| *cut <= last) {
                if let Some(start) = next.filter(|start| *start < cut) {
                    kept.push((start, cut - 1));
                }
                next = end.checked_add(1);
            }
            if let Some(start) = next.filter(|start| *start <= last) {
                kept.push((start, last));
            }
        }
        Self(kept)
    }
    /// The numbers up to `last`, and the rest.
    #[must_use]
    pub fn split(&self, last: i64) -> (Self, Self) {
        let above =
            last.checked_add(1).map_or_else(Self::none, |first| Self::range(first, i64::MAX));
        let low = self.without(&above);
        let high = self.without(&low);
        (low, high)
    }

    /// Ranges in ascending order of their first numbers, touching and overlapping ones made one.
    fn joined(ranges: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut joined: Vec<(i64, i64)> = Vec::new();
        for (first, last) in ranges {
            match joined.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => joined.push((first, last)),
            }
        }
        Self(joined)
    }
}

impl fmt::Display for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (first, last)) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            if first == last { write!(f, "{first}")? } else { write!(f, "{first}-{last}")? }
        }
        Ok(())
    }
}

impl FromStr for Ids {
    type Err = UnreadableIds;
    fn from_str(text: &str) -> Result<Self, UnreadableIds> {
        let unreadable = || UnreadableIds(text.chars().take(40).collect());
        let mut ranges = Vec::new();
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            ranges.push((
                first.parse().map_err(|_| unreadable())?,
                last.parse().map_err(|_| unreadable())?,
            ));
        }
        let ids = Self(ranges);
        let is_ascending = ids.0.iter().all(|(first, last)| *first >= 1 && first <= last)
            && ids.0.is_sorted_by(|(_, end), (first, _)| end.saturating_add(1) < *first);
        if is_ascending && ids.to_string() == text { Ok(ids) } else { Err(unreadable()) }
    }
}

impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Ids {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_become_ranges_and_read_back() {
        assert_eq!(Ids::of([7, 1, 3, 2, 5, 4]).to_string(), "1-5,7");
        assert_eq!(ids("1-5,7").count(), 6);
        assert_eq!(ids("").count(), 0);
        assert!(ids("1-5,7").contains(5) && !ids("1-5,7").contains(6));
        assert_eq!(ids("2-4,9").iter().collect::<Vec<_>>(), [2, 3, 4, 9]);
    }

    #[test]
    fn a_text_has_one_form_only() {
        for text in [
            "5-1",
            "1,2",
            "3,1",
            "1-3,2-5",
            "01",
            "+1",
            "1-",
            "-3",
            "1,,3",
            " 1",
            "0",
            "１",
            "1-1",
            "9223372036854775808",
        ] {
            assert!(text.parse::<Ids>().is_err(), "{text}");
        }
    }

    #[test]
    fn sets_are_joined_and_cut() {
        assert_eq!(ids("1-3,8").and(&ids("4,10")).to_string(), "1-4,8,10");
        assert_eq!(ids("1-10").without(&ids("3-4,7,10")).to_string(), "1-2,5-6,8-9");
        assert_eq!(ids("1-10").without(&ids("1-10")), Ids::none());
        let (low, high) = ids("1-10,12").split(4);
        assert_eq!((low.to_string().as_str(), high.to_string().as_str()), ("1-4", "5-10,12"));
        assert_eq!(ids("1-10").split(i64::MAX).1, Ids::none());
        assert_eq!(Ids::range(1, i64::MAX).count(), i64::MAX as u64);
    }

    #[test]
    fn cutting_agrees_with_cutting_number_by_number() {
        for (a, b) in (0_u32..64).flat_map(|a| (0_u32..64).map(move |b| (a, b))) {
            let set =
                |bits: u32| Ids::of((0..6).filter(|place| bits >> place & 1 == 1).map(i64::from));
            assert_eq!(set(a).without(&set(b)), set(a & !b), "{a:b} {b:b}");
            assert_eq!(set(a).and(&set(b)), set(a | b), "{a:b} {b:b}");
        }
    }
}
