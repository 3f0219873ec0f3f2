//! Letters as they are compared, and how Chinese ones are read.

use pinyin::ToPinyinMulti;

/// A letter or digit as it is compared: of ordinary width, lower case; `None` for everything else.
pub(super) fn plain(letter: char) -> Option<char> {
    let letter = match letter {
        // Full width, as Chinese keyboards type it.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        'ü' | 'Ü' => 'v',
        other => other,
    };
    letter.is_alphanumeric().then(|| letter.to_lowercase().next().unwrap_or(letter))
}

/// Hands over every reading of a Chinese letter in plain ASCII letters; none for other letters.
pub(super) fn any_reading(letter: char, mut each: impl FnMut(&'static str)) {
    if letter.is_ascii() {
        return;
    }
    let Some(readings) = letter.to_pinyin_multi() else { return };
    for reading in readings {
        match reading.plain() {
            // As keyboards have it, and as many write it.
            "lü" => ["lv", "lu"].into_iter().for_each(&mut each),
            "nü" => ["nv", "nu"].into_iter().for_each(&mut each),
            "lüe" => ["lve", "lue"].into_iter().for_each(&mut each),
            "nüe" => ["nve", "nue"].into_iter().for_each(&mut each),
            // Interjections without a vowel (嗯、呒) are read by nobody in a name.
            usual if usual.is_ascii() && usual.contains(['a', 'e', 'i', 'o', 'u']) => each(usual),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(letter: char) -> Vec<&'static str> {
        let mut all = Vec::new();
        any_reading(letter, |reading| all.push(reading));
        all.sort_unstable();
        all.dedup();
        all
    }

    #[test]
    fn letters_have_all_their_readings() {
        assert_eq!(readings('青'), ["jing", "qing"]);
        assert!(readings('重').contains(&"zhong") && readings('重').contains(&"chong"));
        assert_eq!(readings('女').iter().filter(|reading| reading.starts_with('n')).count(), 2);
        assert!(readings('A').is_empty() && readings('2').is_empty() && readings('，').is_empty());
    }

    #[test]
    fn letters_of_any_width_and_case_are_one() {
        assert_eq!([plain('Ａ'), plain('a'), plain('A')], [Some('a'); 3]);
        assert_eq!(
            [plain('ü'), plain('％'), plain(' '), plain('\u{0}')],
            [Some('v'), None, None, None]
        );
    }
}
