/// The events of the trail, as codes and in Chinese, in the order of the filter's list.
pub const EVENTS: &[(&str, &str)] = &[
    ("session.begun", "登录"),
    ("session.refused", "登录失败"),
    ("session.post_chosen", "切换岗位"),
    ("session.ended", "退出登录"),
    ("act.refused", "操作被拒绝"),
    ("account.opened", "开通账号"),
    ("account.password_set", "重设密码"),
    ("account.unlocked", "解锁账号"),
    ("post.given", "任命岗位"),
    ("post.ended", "离任"),
    ("audit.exported", "导出审计日志"),
];

/// An event in Chinese; an unknown code as it is.
pub fn event_label(code: &str) -> &str {
    EVENTS.iter().find(|(known, _)| *known == code).map_or(code, |(_, label)| label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_event_shows_its_code() {
        assert_eq!(event_label("session.begun"), "登录");
        assert_eq!(event_label("rocket.launched"), "rocket.launched");
    }

    #[test]
    fn each_event_stands_once() {
        for (place, (code, label)) in EVENTS.iter().enumerate() {
            assert!(code.contains('.') && !label.is_empty());
            assert!(EVENTS.iter().skip(place + 1).all(|(other, _)| other != code), "{code}");
        }
    }
}
