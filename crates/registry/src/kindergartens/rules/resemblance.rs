//! Two entries that may be one kindergarten: the same or almost the same name, the same or almost the same point.

use std::collections::HashMap;

use geography::Point;

/// Two entrances of one site lie this close; two kindergartens do not.
const SAME_SITE_M: f64 = 15.0;
/// Names that differ in one character are suspicious only among neighbours.
const NEIGHBOURS_M: f64 = 500.0;
/// Side of the cells in which neighbours are sought, in degrees: more than [`SAME_SITE_M`] everywhere in China.
const CELL_DEGREES: f64 = 0.0005;
/// Resemblances beyond these are not listed for one entry; the first say enough.
const MOST_PER_ENTRY: usize = 3;

/// Entries compared in one place at most: honest registers have a handful, and a file made to hurt must not cost minutes.
const MOST_COMPARED: usize = 64;

/// An entry to be compared with all others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resembled<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// The code of the district.
    pub(crate) district: &'a str,
    /// Where it stands.
    pub(crate) point: Point,
}

/// In what two entries resemble each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Likeness {
    /// The names are the same but for prefixes and brackets.
    SameName,
    /// The names differ in one character that is not a number or a direction.
    LikeName,
    /// The points are the same but for some metres.
    SamePoint,
}

/// The pairs of entries that resemble each other, each pair once for each likeness, in order. At most
/// [`MOST_PER_ENTRY`] are listed for one entry and likeness.
pub(crate) fn resemblances(entries: &[Resembled<'_>]) -> Vec<(usize, usize, Likeness)> {
    let stems: Vec<Vec<char>> = entries.iter().map(|entry| stem(entry.name)).collect();
    let mut pairs = same_names(entries, &stems);
    pairs.extend(like_names(entries, &stems));
    pairs.extend(same_points(entries));
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn same_names(entries: &[Resembled<'_>], stems: &[Vec<char>]) -> Vec<(usize, usize, Likeness)> {
    let mut by_stem: HashMap<(&str, &[char]), Vec<usize>> = HashMap::new();
    let mut pairs = Vec::new();
    for (index, (entry, stem)) in entries.iter().zip(stems).enumerate() {
        if stem.is_empty() {
            continue;
        }
        let earlier = by_stem.entry((entry.district, stem)).or_default();
        pairs.extend(
            earlier
                .iter()
                .rev()
                .take(MOST_PER_ENTRY)
                .map(|other| (*other, index, Likeness::SameName)),
        );
        earlier.push(index);
    }
    pairs
}

/// Two texts that differ by replacing, adding or leaving out one character become the same when one character is left
/// out of either, so equal shortened texts find all candidates.
fn like_names(entries: &[Resembled<'_>], stems: &[Vec<char>]) -> Vec<(usize, usize, Likeness)> {
    let mut by_shortened: HashMap<(&str, Vec<char>), Vec<usize>> = HashMap::new();
    let mut pairs = Vec::new();
    for (index, (entry, stem)) in entries.iter().zip(stems).enumerate() {
        if stem.len() < 3 {
            continue;
        }
        for left_out in 0..=stem.len() {
            let mut shortened = stem.clone();
            if left_out < stem.len() {
                shortened.remove(left_out);
            }
            let candidates = by_shortened.entry((entry.district, shortened)).or_default();
            let alike = candidates.iter().rev().filter(|&&other| {
                other != index
                    && entries[other].point.distance_m(entry.point) <= NEIGHBOURS_M
                    && differ_in_one_plain_character(&stems[other], stem)
            });
            pairs.extend(
                alike.take(MOST_PER_ENTRY).map(|other| (*other, index, Likeness::LikeName)),
            );
            if candidates.len() < MOST_COMPARED && candidates.last() != Some(&index) {
                candidates.push(index);
            }
        }
    }
    pairs
}

fn same_points(entries: &[Resembled<'_>]) -> Vec<(usize, usize, Likeness)> {
    let cell = |point: Point| {
        ((point.lon / CELL_DEGREES).floor() as i64, (point.lat / CELL_DEGREES).floor() as i64)
    };
    let mut by_cell: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    let mut pairs = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let (x, y) = cell(entry.point);
        let around = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
        let near =
            around.filter_map(|cell| by_cell.get(&cell)).flat_map(|found| found.iter().rev());
        let near =
            near.filter(|&&other| entries[other].point.distance_m(entry.point) <= SAME_SITE_M);
        pairs.extend(near.take(MOST_PER_ENTRY).map(|other| (*other, index, Likeness::SamePoint)));
        let own = by_cell.entry((x, y)).or_default();
        if own.len() < MOST_COMPARED {
            own.push(index);
        }
    }
    pairs
}

/// The distinctive part of a name: without brackets and blanks, without 深圳市…区 before it and 幼儿园 behind it.
fn stem(name: &str) -> Vec<char> {
    let mut depth = 0_usize;
    let plain: String = name
        .chars()
        .filter(|letter| match letter {
            '（' | '(' => {
                depth += 1;
                false
            }
            '）' | ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            letter => depth == 0 && letter.is_alphanumeric(),
        })
        .collect();
    let mut rest = plain.as_str();
    for kind in ['市', '区'] {
        if let Some((before, after)) = rest.split_once(kind)
            && (2..=4).contains(&before.chars().count())
            && after.chars().count() >= 5
        {
            rest = after;
        }
    }
    for kind in ["幼儿园", "幼稚园", "幼教中心"] {
        rest = rest.strip_suffix(kind).unwrap_or(rest);
    }
    rest.chars().flat_map(char::to_lowercase).collect()
}

/// Whether one character is replaced, added or left out, and it is not one by which sister kindergartens are told apart:
/// 第一 and 第二, 东园 and 西园, A and B.
fn differ_in_one_plain_character(one: &[char], other: &[char]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let replaced = usize::from(short.len() == long.len());
    if long.len() - short.len() > 1
        || start == long.len()
        || short[(start + replaced).min(short.len())..] != long[start + 1..]
    {
        return false;
    }
    let plain = |letter: char| {
        !"零一二三四五六七八九十甲乙丙丁东西南北中上下大小新老前后左右".contains(letter)
            && !letter.is_ascii_alphanumeric()
    };
    plain(long[start]) && (replaced == 0 || plain(short[start]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Point = Point { lon: 113.93, lat: 22.53 };

    fn at(name: &str, east_m: f64) -> Resembled<'_> {
        Resembled {
            name,
            district: "440305",
            point: geography::Plane::around(&[HERE]).point(east_m, 0.0),
        }
    }

    #[test]
    fn names_that_differ_in_prefix_and_brackets_only_are_the_same() {
        let entries = [
            at("深圳市南山区青禾湾幼儿园", 0.0),
            at("青禾湾幼儿园（分园）", 3_000.0),
            at("云杉幼儿园", 6_000.0),
        ];
        assert_eq!(resemblances(&entries), [(0, 1, Likeness::SameName)]);
    }

    #[test]
    fn the_same_name_in_another_district_is_no_likeness() {
        let elsewhere = Resembled { district: "440304", ..at("青禾湾幼儿园", 3_000.0) };
        assert_eq!(resemblances(&[at("青禾湾幼儿园", 0.0), elsewhere]), []);
    }

    #[test]
    fn a_name_with_one_character_wrong_is_like_its_neighbour() {
        for wrong in ["青和湾幼儿园", "青禾湾湾幼儿园"] {
            let near = [at("青禾湾幼儿园", 0.0), at(wrong, 200.0)];
            assert_eq!(resemblances(&near), [(0, 1, Likeness::LikeName)], "{wrong}");
            let far = [at("青禾湾幼儿园", 0.0), at(wrong, 2_000.0)];
            assert_eq!(resemblances(&far), [], "{wrong}");
        }
    }

    #[test]
    fn sisters_told_apart_by_a_number_or_a_direction_are_not_alike() {
        for (one, other) in [
            ("青禾湾第一幼儿园", "青禾湾第二幼儿园"),
            ("青禾东园幼儿园", "青禾西园幼儿园"),
            ("青禾湾幼儿园", "青禾湾2幼儿园"),
        ] {
            assert_eq!(resemblances(&[at(one, 0.0), at(other, 200.0)]), [], "{one} {other}");
        }
    }

    #[test]
    fn points_a_few_metres_apart_are_one_site() {
        let entries = [at("青禾幼儿园", 0.0), at("云杉幼儿园", 10.0), at("白榆幼儿园", 40.0)];
        assert_eq!(resemblances(&entries), [(0, 1, Likeness::SamePoint)]);
    }

    #[test]
    fn many_alike_are_listed_by_the_first_few() {
        let entries = vec![at("青禾湾幼儿园", 0.0); 200];
        assert!(resemblances(&entries).len() < 200 * 2 * MOST_PER_ENTRY);
    }
}
