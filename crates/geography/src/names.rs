//! When two names of a place mean the same place: offices write 南山 for 南山区 and 招商街道办事处 for 招商街道.

/// The distinctive part of a district's name: without the city before it and the kind behind it.
pub(crate) fn district_stem<'a>(name: &'a str, city: &str) -> &'a str {
    let name = name.trim();
    let city_stem = city.trim_end_matches('市');
    let name = [city, city_stem]
        .into_iter()
        .find_map(|prefix| {
            name.strip_prefix(prefix).filter(|rest| !prefix.is_empty() && rest.chars().count() > 1)
        })
        .unwrap_or(name);
    without_kind(name, &["特别合作区", "合作区", "新区", "区", "县", "市"])
}

/// The distinctive part of a street's or town's name.
pub(crate) fn street_stem(name: &str) -> &str {
    without_kind(name.trim(), &["街道办事处", "街道办", "街道", "办事处", "镇", "乡"])
}

/// A community's name as people say it: 大塘龙社区居民委员会 is 大塘龙社区, 元新村民委员会 is 元新村.
pub(crate) fn short_community(name: &str) -> &str {
    let name = name.trim();
    match name.strip_suffix("民委员会") {
        Some(rest) if rest.ends_with('村') => rest,
        _ => without_kind(name, &["居民委员会", "居委会", "居委", "委员会"]),
    }
}

/// The distinctive part of a community's name.
pub(crate) fn community_stem(name: &str) -> &str {
    without_kind(short_community(name), &["社区", "村"])
}

fn without_kind<'a>(name: &'a str, kinds: &[&str]) -> &'a str {
    kinds
        .iter()
        .find_map(|kind| name.strip_suffix(kind).filter(|rest| rest.chars().count() > 1))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_district_keeps_its_stem_however_it_is_written() {
        for written in ["南山", "南山区", " 深圳市南山区", "深圳南山区"] {
            assert_eq!(district_stem(written, "深圳市"), "南山", "{written}");
        }
        for written in ["深汕", "深汕合作区", "深汕特别合作区", "深圳市深汕特别合作区"]
        {
            assert_eq!(district_stem(written, "深圳市"), "深汕", "{written}");
        }
        assert_eq!(district_stem("大鹏新区", "深圳市"), "大鹏");
        assert_eq!(district_stem("深圳市", "深圳市"), "深圳");
    }

    #[test]
    fn a_street_and_a_community_keep_their_stems() {
        assert_eq!(street_stem("招商街道办事处"), "招商");
        assert_eq!(street_stem("鹅埠镇"), "鹅埠");
        assert_eq!(short_community("大塘龙社区居民委员会"), "大塘龙社区");
        assert_eq!(short_community("元新村民委员会"), "元新村");
        assert_eq!(community_stem("大塘龙社区居民委员会"), community_stem("大塘龙"));
    }

    #[test]
    fn a_name_of_one_character_and_a_kind_is_left_whole() {
        assert_eq!(district_stem("沙县", "三明市"), "沙县");
        assert_eq!(street_stem("村镇"), "村镇");
    }
}
