/// The events of the trail, as codes and in Chinese, in the order of the filter's list.
pub const EVENTS: &[(&str, &str)] = &[
    ("session.begun", "登录"),
    ("session.held", "登录待续"),
    ("session.refused", "登录失败"),
    ("session.post_chosen", "切换岗位"),
    ("session.ended", "退出登录"),
    ("act.refused", "操作被拒绝"),
    ("account.opened", "开通账号"),
    ("account.locked", "停用账号"),
    ("account.password_set", "重设密码"),
    ("account.password_changed", "更换密码"),
    ("account.unlocked", "解锁账号"),
    ("account.invited", "发出启用邀请"),
    ("account.accepted", "凭邀请启用账号"),
    ("second_factor.begun", "开始启用动态码"),
    ("second_factor.enabled", "启用动态码"),
    ("second_factor.codes_renewed", "重新生成恢复码"),
    ("second_factor.disabled", "停用动态码"),
    ("stand_in.given", "交由代理"),
    ("stand_in.ended", "终止代理"),
    ("post.given", "任命岗位"),
    ("post.ended", "离任"),
    ("audit.exported", "导出审计日志"),
    ("setting.changed", "更改设置"),
    ("regions.loaded", "载入行政区划"),
    ("calendar.loaded", "载入工作日历"),
    ("terms.set", "设定学期"),
    ("parameter.set", "设定政策参数"),
    ("backup.made", "备份"),
    ("backup.failed", "备份失败"),
    ("backup.restored", "恢复备份"),
    ("keys.rotated", "更换密钥"),
    ("import.previewed", "上传名册"),
    ("import.applied", "导入名册"),
    ("import.discarded", "放弃导入"),
    ("kindergarten.corrected", "更正幼儿园信息"),
    ("delegation.recorded", "登记委托书"),
    ("delegation.ended", "终止委托"),
    ("plan.drafted", "起草划分方案"),
    ("plan.changed", "修改划分方案"),
    ("plan.solicited", "征求划分意见"),
    ("opinion.recounted", "重算反馈期限"),
    ("opinion.answered", "反馈划分意见"),
    ("plan.submitted", "提交划分方案"),
    ("plan.returned", "退回划分方案"),
    ("plan.approved", "批准划分方案"),
    ("plan.withdrawn", "撤回划分方案"),
    ("plan.adopted", "公布划分方案"),
    ("cluster.amended", "调整学区"),
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
