//! The staff of the demo city's kindergartens, as bureaus keep them in a file. Every name is **invented**, and there are no
//! identity numbers: any that is well-formed could be somebody's. The same seed gives the same people.

use std::collections::HashSet;

use chrono::{Datelike, Days, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::register::RegisterRow;

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万";
const GIVEN: &str = "静敏丽艳娟霞秀玲婷雪慧莹洁琳颖佳欣怡雯倩蕾薇芳萍红梅兰英华玉珍凤云莉燕彤瑶思雨晓晨梦可安宁嘉乐文君婉清若水子涵诗语心悦明月春秋冬夏青禾竹溪岚书墨知行远航伟强勇军杰涛超";

const HEADER: &str =
    "幼儿园编号,姓名,岗位,职称,学历,教师资格,骨干教师,联系电话,入职日期,离职日期\n";

/// The staff of these kindergartens as CSV, as many as the register says, as of `today`.
pub fn staff_csv<'a>(
    kindergartens: impl Iterator<Item = &'a RegisterRow>,
    seed: u64,
    today: NaiveDate,
) -> String {
    let mut rng = Pcg64::seed_from_u64(seed ^ 0x5741_4646);
    let letters = |text: &str| text.chars().collect::<Vec<char>>();
    let (surnames, given) = (letters(SURNAMES), letters(GIVEN));
    let mut csv = String::from(HEADER);
    for row in kindergartens {
        let opened = NaiveDate::parse_from_str(&row.opened, "%Y-%m-%d").unwrap_or(today);
        let mut taken = HashSet::new();
        for position in positions(row) {
            let name = loop {
                let pick = |from: &[char], rng: &mut Pcg64| from[rng.random_range(0..from.len())];
                let mut name = String::from(pick(&surnames, &mut rng));
                name.push(pick(&given, &mut rng));
                if rng.random_bool(0.8) {
                    name.push(pick(&given, &mut rng));
                }
                if taken.insert(name.clone()) {
                    break name;
                }
            };
            line(&mut csv, &row.kg_id, &name, position, (opened, today), &mut rng);
        }
    }
    csv
}

/// Everybody's position, by the register's counts: heads, health workers, kitchen and gate are among the other staff.
fn positions(row: &RegisterRow) -> Vec<&'static str> {
    let count = |text: &str| text.parse::<usize>().unwrap_or_default();
    let classes = count(&row.classes);
    let mut others = vec!["园长"];
    let wanted = [
        ("副园长", usize::from(classes >= 6) + usize::from(classes >= 15)),
        ("卫生保健人员", 1 + usize::from(classes >= 10)),
        ("炊事员", 1 + classes / 5),
        ("安保人员", 1 + classes / 6),
        ("行政人员", classes / 8),
    ];
    others.extend(wanted.iter().flat_map(|(position, number)| vec![*position; *number]));
    others.resize(count(&row.other_staff).max(1), "后勤人员");
    let mut all = others;
    all.extend(vec!["专任教师"; count(&row.teachers)]);
    all.extend(vec!["保育员"; count(&row.carers)]);
    all
}

/// One line. Among heads and teachers are a few who lack what the regulations ask: gaps to be seen.
fn line(
    csv: &mut String,
    kindergarten: &str,
    name: &str,
    position: &str,
    (opened, today): (NaiveDate, NaiveDate),
    rng: &mut Pcg64,
) {
    let teaches = matches!(position, "园长" | "副园长" | "专任教师");
    let luck: f64 = rng.random();
    let title = match (teaches, position) {
        (false, _) => "",
        (true, "园长") if luck < 0.35 => "高级教师",
        (true, "园长" | "副园长") if luck < 0.9 => "一级教师",
        (true, _) if luck < 0.04 => "高级教师",
        (true, _) if luck < 0.25 => "一级教师",
        (true, _) if luck < 0.6 => "二级教师",
        (true, _) => "未定职级",
    };
    let luck: f64 = rng.random();
    let education = match position {
        "园长" | "副园长" if luck < 0.06 => "研究生",
        "园长" | "副园长" if luck < 0.985 => "本科",
        "专任教师" if luck < 0.02 => "研究生",
        "专任教师" if luck < 0.55 => "本科",
        "专任教师" if luck < 0.995 => "大专",
        "专任教师" => "高中（中专）",
        "行政人员" if luck < 0.6 => "本科",
        "园长" | "副园长" | "卫生保健人员" | "行政人员" => "大专",
        _ if luck < 0.75 => "高中（中专）",
        "保育员" if luck < 0.99 => "高中（中专）",
        _ => "初中及以下",
    };
    let certificate = match (teaches, rng.random_bool(0.985)) {
        (false, _) => "",
        (true, true) => "幼儿园教师资格",
        (true, false) => "无教师资格",
    };
    let backbone = position == "专任教师" && rng.random_bool(0.08);
    // Most came in the last years, at the beginning of a school year; nobody before the kindergarten opened.
    let years = (rng.random::<f64>() * rng.random::<f64>() * 14.0) as i32;
    let first = NaiveDate::from_ymd_opt(today.year() - 1 - years, 9, 1).unwrap_or(today);
    let hired = first.max(opened).min(today);
    let left = (rng.random_bool(0.01) && hired + Days::new(60) < today)
        .then(|| today - Days::new(rng.random_range(1..30)));
    let left = left.map(|day| day.to_string()).unwrap_or_default();
    csv.push_str(&format!(
        "{kindergarten},{name},{position},{title},{education},{certificate},{},,{hired},{left}\n",
        if backbone { "是" } else { "" },
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::register;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 2, 3).unwrap()
    }

    #[test]
    fn there_are_as_many_people_as_the_register_says_and_no_namesakes_in_a_kindergarten() {
        let rows = register(1, 60);
        let csv = staff_csv(rows.iter(), 1, day());
        let people: usize = rows
            .iter()
            .flat_map(|row| [&row.teachers, &row.carers, &row.other_staff])
            .map(|count| count.parse::<usize>().unwrap())
            .sum();
        assert_eq!(csv.lines().count() - 1, people);
        let mut seen = HashSet::new();
        for line in csv.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            assert!(seen.insert((cells[0].to_owned(), cells[1].to_owned())), "{line}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_people() {
        let rows = register(1, 20);
        assert_eq!(staff_csv(rows.iter(), 1, day()), staff_csv(rows.iter(), 1, day()));
        assert_ne!(staff_csv(rows.iter(), 1, day()), staff_csv(rows.iter(), 2, day()));
    }
}
