//! Invented names for kindergartens.

use rand::Rng;
use rand::seq::SliceRandom;

/// Three characters make a name. The lists are of one length, so that the third follows from the first two and any
/// two names of one round differ in at least two characters: none looks like a misspelling of another.
/// Words of housing estates (苑 轩 阁 湾 花园) are left out, after which real kindergartens are named.
const FIRST: &str =
    "青云溪晴暖清明朗欣嘉和安宁静雅悦彩银金碧翠素霁澄新春夏秋南北东西远初晓晨知闻听望山湖海江竹";
const SECOND: &str =
    "禾雀帆笛萤枝苗穗蝶鹿鹭燕莺鹂松梅荷莲菱芦薇兰桂棠榕枫桐柳杏桃橘榴麦豆露霞虹月星风雨石舟羽蕉";
const THIRD: &str =
    "里台洲坡岭桥渡亭浦汀塘坞岸谷林原丘泉泽峰岗埠巷墩屿滩沙川涧岩麓圃渠矶崖陂堤池坪榭廊垅畔畴径";

/// A supply of names that never gives one twice (up to 91,125 names).
pub(super) struct Names {
    letters: [Vec<char>; 3],
    order: Vec<usize>,
    given: usize,
}

impl Names {
    pub(super) fn shuffled(rng: &mut impl Rng) -> Names {
        let letters = [FIRST, SECOND, THIRD].map(|list| list.chars().collect::<Vec<char>>());
        let mut order: Vec<usize> = (0..letters[0].len() * letters[1].len()).collect();
        order.shuffle(rng);
        Names { letters, order, given: 0 }
    }

    pub(super) fn next(&mut self) -> String {
        let [first, second, third] = &self.letters;
        let (round, at) = (self.given / self.order.len(), self.given % self.order.len());
        self.given += 1;
        let (a, b) = (self.order[at] / second.len(), self.order[at] % second.len());
        [first[a], second[b], third[(a + b + round) % third.len()]].iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_pcg::Pcg64;
    use std::collections::HashSet;

    #[test]
    fn the_lists_are_of_one_length_and_name_no_character_twice() {
        for list in [FIRST, SECOND, THIRD] {
            assert_eq!(list.chars().count(), 45);
            assert_eq!(list.chars().collect::<HashSet<char>>().len(), 45);
        }
    }

    #[test]
    fn names_of_a_city_differ_in_two_characters_at_least() {
        let mut names = Names::shuffled(&mut Pcg64::seed_from_u64(1));
        let all: Vec<Vec<char>> = (0..1_935).map(|_| names.next().chars().collect()).collect();
        for (at, one) in all.iter().enumerate() {
            for other in &all[..at] {
                assert!(one.iter().zip(other).filter(|(a, b)| a != b).count() >= 2);
            }
        }
    }

    #[test]
    fn a_large_city_still_has_no_name_twice() {
        let mut names = Names::shuffled(&mut Pcg64::seed_from_u64(1));
        assert_eq!((0..20_000).map(|_| names.next()).collect::<HashSet<String>>().len(), 20_000);
    }
}
