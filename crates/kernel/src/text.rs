//! Small things about Chinese text that several families need.

/// A person's name with all but the surname hidden: 王敏 → 王*, 欧阳明月 → 欧***.
pub fn masked_name(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        std::iter::once(first).chain(letters.map(|_| '*')).collect()
    })
}

/// A text by which lists are sorted alike on both databases (LAYOUT §8): digits are padded so that 第2学区 stands before
/// 第10学区, and each character becomes its code point, so that a byte order of ASCII decides.
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() * 2);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_digit() {
            let mut digits = String::from(letter);
            while let Some(more) = letters.next_if(char::is_ascii_digit) {
                digits.push(more);
            }
            let digits = digits.trim_start_matches('0');
            key.push_str(&format!("0{digits:0>8}"));
        } else {
            key.push_str(&format!("{:05x}", u32::from(letter)));
        }
    }
    key.truncate(240);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_surname_stays() {
        assert_eq!(masked_name("王敏"), "王*");
        assert_eq!(masked_name(""), "");
    }

    #[test]
    fn the_second_stands_before_the_tenth() {
        assert!(sort_key("南山区第2学区") < sort_key("南山区第10学区"));
        assert!(sort_key("粤海") < sort_key("粤海学区"));
    }
}
