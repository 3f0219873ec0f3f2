//! The resident identity number (公民身份号码, GB 11643-1999), and how it is shown.

use std::fmt;

use chrono::Datelike;
use kernel::Date;

/// Weights of the first seventeen digits, GB 11643-1999, 4.3 (ISO 7064, MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check characters for the remainders 0 to 10.
const CHECKS: &[u8; 11] = b"10X98765432";
/// The first two digits of a number: the codes of the provinces of GB/T 2260.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82", "83",
];

/// A whole identity number. It is printed nowhere: neither `Debug` nor `Display` shows more than its mask, and it is not
/// serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber(String);

/// Why a text is no identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoIdentityNumber {
    /// Not 18 characters, or others than digits and a last X.
    #[error("身份证号应为 18 位：17 位数字加 1 位校验码")]
    Shape,
    /// No province has the first two digits.
    #[error("身份证号前两位不是省级行政区划代码")]
    Province,
    /// The digits of the birth date are none, or lie ahead.
    #[error("身份证号中的出生日期不存在或尚未到来")]
    Birth,
    /// The last character does not follow from the others.
    #[error("身份证号校验码不对，请逐位核对")]
    Check,
}

impl IdentityNumber {
    /// Reads a number; blanks around it and a small x are put right. `today` bounds the birth date.
    pub fn read(text: &str, today: Date) -> Result<Self, NoIdentityNumber> {
        let text = text.trim().to_ascii_uppercase();
        let bytes = text.as_bytes();
        let (Some(digits), Some(check)) = (bytes.get(..17), bytes.get(17)) else {
            return Err(NoIdentityNumber::Shape);
        };
        if bytes.len() != 18 || !digits.iter().all(u8::is_ascii_digit) {
            return Err(NoIdentityNumber::Shape);
        }
        if !(check.is_ascii_digit() || *check == b'X') {
            return Err(NoIdentityNumber::Shape);
        }
        if !text.get(..2).is_some_and(|province| PROVINCES.contains(&province)) {
            return Err(NoIdentityNumber::Province);
        }
        let number = Self(text);
        match number.parsed_birth() {
            Some(birth) if birth <= today && birth.year() >= 1900 => {}
            _ => return Err(NoIdentityNumber::Birth),
        }
        let sum: u32 = number
            .0
            .bytes()
            .zip(WEIGHTS)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        let wanted = CHECKS.get((sum % 11) as usize);
        if wanted == number.0.as_bytes().get(17) {
            Ok(number)
        } else {
            Err(NoIdentityNumber::Check)
        }
    }

    fn parsed_birth(&self) -> Option<Date> {
        Date::parse_from_str(self.0.get(6..14)?, "%Y%m%d").ok()
    }

    /// The birth date in it.
    pub fn birth(&self) -> Date {
        self.parsed_birth().unwrap_or_default()
    }

    /// The whole number: for the sealer, and for who gave a reason.
    pub fn whole(&self) -> &str {
        &self.0
    }

    /// `440***********1234`: what lists and exports show.
    pub fn masked(&self) -> String {
        let (first, last) =
            (self.0.get(..3).unwrap_or_default(), self.0.get(14..).unwrap_or_default());
        format!("{first}***********{last}")
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Whether a text is a masked number, as exports show it: it says nothing new.
pub fn is_masked(text: &str) -> bool {
    text.contains('*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        Date::from_ymd_opt(2026, 2, 3).unwrap()
    }

    #[test]
    fn the_example_of_the_standard_is_read() {
        // GB 11643-1999, annex: 110105194912310021 and 44052418800101001X (born before 1900, beyond any employment).
        let number = IdentityNumber::read("11010519491231002X", today()).unwrap();
        assert_eq!(number.birth(), Date::from_ymd_opt(1949, 12, 31).unwrap());
        assert_eq!(IdentityNumber::read(" 11010519491231002x ", today()), Ok(number));
    }

    #[test]
    fn a_wrong_digit_or_a_swap_is_noticed() {
        for text in ["110105194912310021", "11010519491213002X", "11015019491231002X"] {
            assert_eq!(IdentityNumber::read(text, today()), Err(NoIdentityNumber::Check), "{text}");
        }
    }

    #[test]
    fn a_birth_that_never_was_or_lies_ahead_is_refused() {
        assert_eq!(
            IdentityNumber::read("110105194902300029", today()),
            Err(NoIdentityNumber::Birth)
        );
        let before = Date::from_ymd_opt(1949, 12, 30).unwrap();
        assert_eq!(
            IdentityNumber::read("11010519491231002X", before),
            Err(NoIdentityNumber::Birth)
        );
    }

    #[test]
    fn what_has_no_shape_of_a_number_is_refused() {
        for text in ["", "110105491231002", "1101051949123100２X", "X10105194912310021", "身份证"]
        {
            assert_eq!(IdentityNumber::read(text, today()), Err(NoIdentityNumber::Shape), "{text}");
        }
        assert_eq!(
            IdentityNumber::read("99010519491231002X", today()),
            Err(NoIdentityNumber::Province)
        );
    }

    #[test]
    fn neither_mask_nor_debugging_shows_the_birth() {
        let number = IdentityNumber::read("11010519491231002X", today()).unwrap();
        assert_eq!(number.masked(), "110***********002X");
        assert_eq!(number.masked().len(), 18);
        assert_eq!(format!("{number:?}"), number.masked());
    }
}
