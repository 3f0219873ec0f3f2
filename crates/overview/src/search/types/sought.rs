//! What it means that a text is found. Pure: the database only spares the reading of texts that can't be it.

mod reading;

use reading::{any_reading, plain};

use super::{Finding, Way};

/// Most letters that are looked for: a bit each in a machine word, and longer than any name.
const MOST_LETTERS: usize = 60;
/// Most words.
const MOST_WORDS: usize = 6;
/// Fewest letters by which a code is looked for: one digit stands in every code.
const FEWEST_OF_CODE: usize = 3;

/// Why nothing can be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsearchable {
    /// Neither letters nor digits.
    #[error("请输入名称、拼音、首字母或编号。")]
    Nothing,
    /// More than anything is called.
    #[error("关键词太长，请缩短到 60 个字、6 个词以内。")]
    TooLong,
}

/// What is looked for: words that must all be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    words: Vec<Vec<char>>,
}

impl Sought {
    /// Reads what somebody typed. Spaces and commas part words; everything else that is neither letter nor digit is left
    /// out, so that `2.1.2-2` is found as it is written and nothing typed is ever a sign of a pattern.
    pub fn read(typed: &str) -> Result<Self, Unsearchable> {
        let mut words = Vec::new();
        let mut letters = 0;
        for part in typed.split(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, ',' | '，' | '、' | ';' | '；')
        }) {
            let word: Vec<char> = part.chars().filter_map(plain).take(MOST_LETTERS + 1).collect();
            letters += word.len();
            if letters > MOST_LETTERS {
                return Err(Unsearchable::TooLong);
            }
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
            if words.len() > MOST_WORDS {
                return Err(Unsearchable::TooLong);
            }
        }
        if words.is_empty() { Err(Unsearchable::Nothing) } else { Ok(Self { words }) }
    }

    /// How many letters they have together.
    pub(crate) fn letters(&self) -> usize {
        self.words.iter().map(Vec::len).sum()
    }

    /// For each word a LIKE pattern that [`key_of`] every text holds in which the word is found, and few others. A letter
    /// that begins a syllable wherever it stands in pinyin is asked for at the beginning of one.
    pub(crate) fn patterns(&self) -> Vec<String> {
        self.words.iter().map(|word| pattern(word)).collect()
    }

    /// Looks for every word in a thing's texts, its name first. `None`: it is not what is sought.
    pub(crate) fn finds(&self, texts: &[(Way, &str)]) -> Option<Finding> {
        let read: Vec<Vec<Letter>> = texts.iter().map(|(_, text)| letters(text)).collect();
        let mut finding = Finding { class: 0, spans: Vec::new() };
        for word in &self.words {
            let (class, place, span) = texts
                .iter()
                .zip(&read)
                .enumerate()
                .filter(|(_, ((way, _), _))| !way.is_code() || word.len() >= FEWEST_OF_CODE)
                .filter_map(|(place, ((way, _), letters))| {
                    let (first, last) = stretch(letters, word, *way == Way::Name)?;
                    let whole = first == 0 && last + 1 == letters.len();
                    let span = (letters[first].at, letters[last].at + 1);
                    Some((class(*way, first == 0, whole), place, span))
                })
                .min()?;
            finding.class = finding.class.max(class);
            finding.spans.push((place, span));
        }
        Some(finding)
    }
}

/// Smaller is better.
fn class(way: Way, from_start: bool, whole: bool) -> u8 {
    match (way, whole, from_start) {
        (Way::Name, true, _) => 0,
        (Way::Name, _, true) => 1,
        (Way::NationalCode | Way::Number, true, _) => 2,
        (Way::Name, ..) => 3,
        (Way::NationalCode | Way::Number, _, true) => 4,
        (Way::Former, _, true) | (Way::FormerCode, true, _) => 5,
        (Way::Former, ..) => 6,
        (Way::NationalCode | Way::Number | Way::FormerCode, ..) => 7,
    }
}

/// A letter of a text that can be looked for.
#[derive(Debug, Clone, Copy)]
struct Letter {
    /// Which character of the text it is.
    at: usize,
    plain: char,
}

fn letters(text: &str) -> Vec<Letter> {
    text.chars()
        .enumerate()
        .filter_map(|(at, letter)| plain(letter).map(|plain| Letter { at, plain }))
        .collect()
}

/// The stretch of letters in which a word is found: each letter stands for itself or for the beginning of one of its
/// readings. Of several the first; from the start of the text if `best_whole` and one there ends with the text.
fn stretch(letters: &[Letter], word: &[char], best_whole: bool) -> Option<(usize, usize)> {
    for first in 0..letters.len() {
        // Bit n: the first n letters of the word have been found.
        let mut found: u64 = 1;
        let mut end = None;
        for (last, letter) in letters.iter().enumerate().skip(first) {
            found = step(found, letter.plain, word);
            if found == 0 {
                break;
            }
            if found & (1 << word.len()) != 0 {
                end = Some(last);
                // “南山” is found in its first two letters, but a name that is “nanshan” and nothing else is found whole.
                if !(best_whole && first == 0) {
                    break;
                }
            }
        }
        if let Some(last) = end {
            return Some((first, last));
        }
    }
    None
}

/// What of the word is found when one more letter of the text is taken.
fn step(found: u64, letter: char, word: &[char]) -> u64 {
    let mut next = 0;
    for done in (0..word.len()).filter(|done| found & (1 << done) != 0) {
        let rest = &word[done..];
        if rest.first() == Some(&letter) {
            next |= 1 << (done + 1);
        }
        any_reading(letter, |reading| {
            for (taken, pair) in reading.chars().zip(rest).enumerate() {
                if pair.0 != *pair.1 {
                    break;
                }
                next |= 1 << (done + taken + 1);
            }
        });
    }
    next
}

/// What is kept of a thing's texts: each on a line with its way, then all letters, each after a stroke and followed by its
/// readings, each after a stroke.
pub(crate) fn key_of(texts: &[(Way, &str)]) -> String {
    let mut key = String::new();
    for (way, text) in texts {
        key.push(way.sign());
        key.extend(text.chars().map(|letter| if letter == '\n' { ' ' } else { letter }));
        key.push('\n');
    }
    for (_, text) in texts {
        for letter in letters(text) {
            key.push('|');
            key.push(letter.plain);
            any_reading(letter.plain, |reading| {
                key.push('|');
                key.push_str(reading);
            });
        }
    }
    key
}

/// The texts out of a key.
pub(crate) fn texts_of(key: &str) -> Vec<(Way, &str)> {
    let of_line = |line: &'_ str| -> Option<Way> { Way::of_sign(line.chars().next()?) };
    key.lines().filter_map(|line| Some((of_line(line)?, &line[1..]))).collect()
}

fn pattern(word: &[char]) -> String {
    // Consonants that stand in a syllable of pinyin only at its beginning.
    const BEGINS: &str = "bpmfdtlkjqxzcsyw";
    let mut pattern = String::from("%");
    for (place, letter) in word.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| word.get(place));
        if before.is_some_and(|before| !(before.is_ascii_digit() && letter.is_ascii_digit())) {
            pattern.push('%');
        }
        if place == 0 || !letter.is_ascii_lowercase() || BEGINS.contains(*letter) {
            pattern.push('|');
        }
        pattern.push(*letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::types::Catch;

    fn finds(typed: &str, name: &str) -> bool {
        Sought::read(typed).is_ok_and(|sought| sought.finds(&[(Way::Name, name)]).is_some())
    }

    /// Whether a text is like a pattern of `%` and plain letters: what both databases do.
    fn is_like(text: &str, pattern: &str) -> bool {
        let mut rest = text;
        pattern
            .split('%')
            .filter(|part| !part.is_empty())
            .all(|part| rest.find(part).map(|at| rest = &rest[at + part.len()..]).is_some())
    }

    #[test]
    fn a_name_is_found_by_its_parts_its_pinyin_and_its_initials() {
        let name = "青禾幼儿园";
        for typed in [
            "青禾幼儿园",
            "禾幼",
            "qinghe",
            "qh",
            "qhyey",
            "QingHe",
            "ｑｈ",
            "qinghey",
            "qhe",
            "heyou",
            "青he",
            "q禾",
            "青禾 园",
            "yey qing",
            "er",
            "qing'he",
            "qing-he",
        ] {
            assert!(finds(typed, name), "{typed}");
        }
        for typed in ["禾青", "inghe", "qingheyx", "qx", "青园", "ing", "heyo x"] {
            assert!(!finds(typed, name), "{typed}");
        }
    }

    #[test]
    fn every_reading_of_a_letter_is_a_way_to_it() {
        for (name, ways) in [
            ("重庆路幼儿园", &["cql", "zql", "chongqing", "zhongqinglu", "zhql", "chql"][..]),
            (
                "长乐幼儿园",
                &["cl", "zl", "cy", "zy", "changle", "zhangyue", "zhangle", "changyue"][..],
            ),
            ("银行幼儿园", &["yh", "yx", "yinhang", "yinxing"][..]),
            ("大厦幼儿园", &["dasha", "daxia", "ds", "dx", "daisha"][..]),
            ("绿洲幼儿园", &["lz", "lvzhou", "luzhou", "lüzhou"][..]),
            ("单于幼儿园", &["chan", "shan", "dan", "dy"][..]),
        ] {
            for typed in ways {
                assert!(finds(typed, name), "{typed} for {name}");
            }
            assert!(!finds("xxx", name));
        }
    }

    #[test]
    fn digits_and_latin_letters_stand_for_themselves() {
        assert!(
            finds("第2", "粤海第2学区")
                && finds("2xq", "粤海第2学区")
                && finds("d2", "粤海第2学区")
        );
        assert!(
            finds("abc", "ABC幼儿园") && finds("bcyou", "ABC幼儿园") && finds("ai", "AI 幼儿园")
        );
        assert!(!finds("12", "粤海第2学区"));
    }

    #[test]
    fn what_is_no_letter_is_not_looked_for() {
        for typed in ["", "  ", "%", "_", "'", "\\", "%%__", "\u{0}\u{7}", "——", "\"';--"] {
            assert_eq!(Sought::read(typed), Err(Unsearchable::Nothing), "{typed:?}");
        }
        assert_eq!(Sought::read(&"a".repeat(10_000)), Err(Unsearchable::TooLong));
        assert_eq!(Sought::read(&"a b c d e f g h".repeat(9)), Err(Unsearchable::TooLong));
        assert_eq!(Sought::read(&"园".repeat(60)).map(|sought| sought.letters()), Ok(60));
        assert!(finds("q%h_", "青禾") && finds("青\u{0}禾", "青禾"));
    }

    #[test]
    fn the_better_fit_comes_first() {
        let sought = Sought::read("青禾").unwrap();
        let mut catch = Catch::of(4);
        let all: [&[(Way, &str)]; 6] = [
            &[(Way::Name, "云杉"), (Way::Former, "青禾")],
            &[(Way::Name, "南山青禾园")],
            &[(Way::Name, "青禾第二幼儿园")],
            &[(Way::Name, "青禾幼儿园")],
            &[(Way::Name, "南山青禾")],
            &[(Way::Name, "青禾")],
        ];
        for texts in all {
            catch.take(&sought.finds(texts).unwrap(), texts, ());
        }
        let names: Vec<_> = catch.hits.iter().map(|hit| hit.name.as_str()).collect();
        assert_eq!(
            (names, catch.total),
            (vec!["青禾", "青禾幼儿园", "青禾第二幼儿园", "南山青禾"], 6)
        );
    }

    #[test]
    fn what_was_found_is_marked_where_it_stands() {
        let finding =
            Sought::read("heyou 青").unwrap().finds(&[(Way::Name, "（青·禾）幼儿园")]).unwrap();
        let said: Vec<_> = finding
            .pieces(0, "（青·禾）幼儿园")
            .into_iter()
            .map(|piece| format!("{}{}", if piece.hit { "+" } else { "-" }, piece.text))
            .collect();
        assert_eq!(said, ["-（", "+青", "-·", "+禾）幼", "-儿园"]);
        assert_eq!(finding.other_text(), None);
    }

    #[test]
    fn texts_come_out_of_their_key_as_they_went_in() {
        let texts = [
            (Way::Name, "青禾|幼儿园"),
            (Way::NationalCode, ""),
            (Way::Number, "NS-1"),
            (Way::Former, "N云\n杉"),
        ];
        let key = key_of(&texts);
        assert_eq!(texts_of(&key)[..3], texts[..3]);
        assert_eq!(texts_of(&key)[3], (Way::Former, "N云 杉"));
        assert_eq!(texts_of(&key).len(), 4);
    }

    #[test]
    fn no_pattern_misses_what_is_found() {
        let names = [
            "青禾幼儿园",
            "重庆路第2幼儿园",
            "长乐ABC园",
            "行知实验幼儿园",
            "绿洲AI幼儿园",
            "安儿昂恩",
            "A1人大附幼",
            "佛山单于呒嗯园",
            "厦门大厦",
            "昂昂溪儿童之家",
        ];
        let mut state: u64 = 7;
        let mut random = |most: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % most
        };
        let mut found = 0;
        for _ in 0..20_000 {
            let name = names[random(names.len())];
            let all = letters(name);
            // A random way to type a random stretch of it: each letter itself, or a beginning of a random reading.
            let from = random(all.len());
            let mut typed = String::new();
            for letter in &all[from..] {
                let mut ways = vec![letter.plain.to_string()];
                any_reading(letter.plain, |reading| {
                    ways.extend((1..=reading.len()).map(|length| reading[..length].to_owned()));
                });
                typed.push_str(&ways[random(ways.len())]);
                if random(3) == 0 {
                    break;
                }
            }
            let Ok(sought) = Sought::read(&typed) else { continue };
            assert!(sought.finds(&[(Way::Name, name)]).is_some(), "{typed} for {name}");
            let key = key_of(&[(Way::Name, "x"), (Way::Former, name)]);
            assert!(is_like(&key, &sought.patterns()[0]), "{typed} for {name}: {key}");
            found += 1;
        }
        assert!(found > 15_000);
    }
}
