mod chain;
mod changes;
mod events;
mod personal;
mod report;
mod verify;

pub use chain::next_seal;
pub use changes::{Change, changes};
pub use events::{EVENTS, event_label};
pub use personal::personal_digest;
pub use report::report;
pub use verify::{Check, FORMAT, verify};

use kernel::{Reach, Refuses};

use super::types::Filter;

/// Most rows of an Excel list; the whole trail is exported as JSON lines.
pub const MOST_ROWS: i64 = 10_000;

/// Why something about the trail is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Seals chain the entries of the whole city; a part of them can't be checked.
    #[error("核验文件须含全市日志，只有市级审计岗位可以导出；本区日志请导出 Excel。")]
    NotCityWide,
}

impl Refuses for Refusal {}

/// Whether the whole trail may be exported: only by a post that reaches the whole city.
pub fn export_whole(reach: &Reach) -> Result<(), Refusal> {
    if reach.is_city_wide() { Ok(()) } else { Err(Refusal::NotCityWide) }
}

/// The filter in words, for the note on an exported list.
pub fn filter_in_words(filter: &Filter) -> String {
    let mut words = Vec::new();
    let mut say = |label: &str, text: &str| {
        if !text.is_empty() {
            words.push(format!("{label}：{text}"));
        }
    };
    say("事件", event_label(&filter.event));
    say("人员", &filter.person);
    say("对象", &filter.subject);
    say("结果", outcome_label(&filter.outcome));
    say("自", &filter.from.map(|day| day.to_string()).unwrap_or_default());
    say("至", &filter.to.map(|day| day.to_string()).unwrap_or_default());
    say("行政区代码", &filter.district);
    if words.is_empty() { "全部日志".to_owned() } else { words.join("；") }
}

/// How an entry ended, in Chinese.
pub fn outcome_label(code: &str) -> &str {
    match code {
        "done" => "成功",
        "refused" => "被拒绝",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use kernel::Place;

    use super::*;

    #[test]
    fn a_district_can_not_export_the_whole_trail() {
        let city = Place::city("4403");
        let district = Reach { areas: vec![city.child("440305")], ..Reach::default() };
        assert_eq!(export_whole(&district), Err(Refusal::NotCityWide));
        assert_eq!(export_whole(&Reach::default()), Err(Refusal::NotCityWide));
        assert_eq!(export_whole(&Reach { areas: vec![city], ..Reach::default() }), Ok(()));
    }

    #[test]
    fn a_filter_is_said_in_words() {
        assert_eq!(filter_in_words(&Filter::default()), "全部日志");
        let filter = Filter {
            event: "session.begun".to_owned(),
            outcome: "done".to_owned(),
            ..Filter::default()
        };
        assert_eq!(filter_in_words(&filter), "事件：登录；结果：成功");
    }
}
