//! The nouns: a staff member, what is known of one, and what an import says about each row.

mod identity;
mod kept;
mod member;

use kernel::{Date, coded};
use serde::{Deserialize, Serialize};

pub use identity::{IdentityNumber, NoIdentityNumber, is_masked};
pub use kept::Kept;
pub use member::{
    Filter, Known, Listed, Member, Presence, Roll, Sort, StaffState, StateNumber, Statistics,
};

use crate::kindergartens::{self, Bounded};

coded! {
    /// What somebody does in a kindergarten (岗位), in the order in which lists show them.
    Position {
        /// 园长
        Principal = "principal", "园长";
        /// 副园长
        VicePrincipal = "vice_principal", "副园长";
        /// 专任教师
        Teacher = "teacher", "专任教师";
        /// 保育员
        Carer = "carer", "保育员";
        /// 卫生保健人员
        HealthWorker = "health_worker", "卫生保健人员";
        /// 行政人员, 财务 included
        Administrator = "administrator", "行政人员";
        /// 炊事员
        Cook = "cook", "炊事员";
        /// 安保人员
        Guard = "guard", "安保人员";
        /// 其他后勤人员
        Logistics = "logistics", "后勤人员";
    }
}

impl Position {
    /// Its place in the order.
    pub fn rank(self) -> i64 {
        Self::ALL.iter().position(|one| *one == self).map_or(0, |place| place as i64)
    }
    /// Whether its bearer teaches, so that he or she can be a backbone teacher.
    pub fn teaches(self) -> bool {
        matches!(self, Self::Principal | Self::VicePrincipal | Self::Teacher)
    }
}

coded! {
    /// A teacher's professional title (职称).
    Title {
        /// 正高级教师
        SeniorFirst = "senior_first", "正高级教师";
        /// 高级教师
        Senior = "senior", "高级教师";
        /// 一级教师
        First = "first", "一级教师";
        /// 二级教师
        Second = "second", "二级教师";
        /// 三级教师
        Third = "third", "三级教师";
        /// 未定职级
        None = "none", "未定职级";
    }
}

coded! {
    /// The highest education (学历).
    Education {
        /// 研究生
        Postgraduate = "postgraduate", "研究生";
        /// 本科
        Bachelor = "bachelor", "本科";
        /// 专科
        College = "college", "大专";
        /// 高中、中专
        Secondary = "secondary", "高中（中专）";
        /// 初中及以下
        Basic = "basic", "初中及以下";
    }
}

coded! {
    /// The teaching certificate (教师资格).
    Certificate {
        /// 幼儿园教师资格
        Preschool = "preschool", "幼儿园教师资格";
        /// 其他教师资格
        Other = "other", "其他教师资格";
        /// 无教师资格
        None = "none", "无教师资格";
    }
}

coded! {
    /// What can be known of a staff member, one by one: the columns of a file, the lines of the history.
    Field {
        /// The kindergarten
        Kindergarten = "kindergarten", "幼儿园";
        /// [`Facts::name`]
        Name = "name", "姓名";
        /// [`Facts::position`]
        Position = "position", "岗位";
        /// [`Facts::title`]
        Title = "title", "职称";
        /// [`Facts::education`]
        Education = "education", "学历";
        /// [`Facts::certificate`]
        Certificate = "certificate", "教师资格";
        /// [`Facts::backbone`]
        Backbone = "backbone", "骨干教师";
        /// [`Facts::phone`]
        Phone = "phone", "联系电话";
        /// [`Facts::hired_on`]
        HiredOn = "hired_on", "入职日期";
        /// [`Facts::left_on`]
        LeftOn = "left_on", "离职日期";
        /// The identity number
        Identity = "identity", "身份证号";
    }
}

/// A person's name.
pub type PersonName = Bounded<40>;

/// A telephone number: 7 to 15 digits, with a hyphen or a plus sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// The number without blanks; `None` when it is none.
    pub fn new(text: &str) -> Option<Self> {
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let fits =
            bare.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '-' | '+'));
        (fits && (7..=15).contains(&digits) && bare.len() <= 20).then_some(Self(bare))
    }
    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

impl TryFrom<String> for Phone {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Phone::new(&text).ok_or("应为 7 至 15 位的电话号码")
    }
}

/// All that is known of a staff member on one day, but for the identity number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The name.
    pub name: PersonName,
    /// What he or she does.
    pub position: Position,
    /// Professional title; `None` was not stated.
    pub title: Option<Title>,
    /// Education; `None` was not stated.
    pub education: Option<Education>,
    /// Teaching certificate; `None` was not stated.
    pub certificate: Option<Certificate>,
    /// Whether he or she is a backbone teacher (骨干教师).
    pub backbone: bool,
    /// Telephone number.
    pub phone: Option<Phone>,
    /// First day of the employment.
    pub hired_on: Date,
    /// First day after it.
    pub left_on: Option<Date>,
}

/// One fact before and after.
pub type Change = kindergartens::Change<Field>;

/// What a rule says about one field of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field it is about.
    pub field: Field,
    /// How grave it is.
    pub severity: sheets::Severity,
    /// What was found, what was expected, what to do.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_digits_without_blanks() {
        assert_eq!(Phone::new(" 138 0000 0000 ").unwrap().as_str(), "13800000000");
        assert_eq!(Phone::new("0755-12345678").unwrap().as_str(), "0755-12345678");
        for text in ["", "123456", "1380000000000000", "无", "138O0000000"] {
            assert_eq!(Phone::new(text), None, "{text}");
        }
    }

    #[test]
    fn lists_begin_with_the_principal() {
        assert_eq!(Position::Principal.rank(), 0);
        assert!(Position::Teacher.rank() < Position::Cook.rank());
    }
}
