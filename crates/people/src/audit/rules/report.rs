use std::fmt::Write;

use crate::audit::types::Verdict;

/// A verdict in Chinese, for `gongzhi verify-audit`. Ends with a line break.
pub fn report(verdict: &Verdict) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let mut say = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    say(if verdict.passed {
        "审计日志核验通过。".to_owned()
    } else {
        format!("审计日志核验未通过：发现 {} 处问题。", verdict.faults_total)
    });
    if let Some(moment) = verdict.exported_at {
        say(format!("导出：{}，{moment}", verdict.city));
    }
    say(format!("记录 {} 条，封存 {} 次。", verdict.entries, verdict.seals));
    if let Some(entry) = verdict.first_bad_entry {
        say(format!("第一条有问题的记录：编号 {entry}。"));
    }
    for fault in &verdict.faults {
        say(format!("  · {fault}"));
    }
    let unlisted = verdict.faults_total.saturating_sub(verdict.faults.len() as u64);
    if unlisted > 0 {
        say(format!("  · 另有 {unlisted} 处问题未列出"));
    }
    if verdict.unsealed_tail > 0 {
        say(format!(
            "尾部 {} 条尚未封存，其内容与是否完整不在本次核验保证之内。",
            verdict.unsealed_tail
        ));
    }
    if let Some(seal) = verdict.earlier_seal {
        say(format!("先前留存的链头即第 {seal} 号封存，其前的日志完整。"));
    }
    if verdict.passed && !verdict.head.is_empty() {
        say(format!("最新链头（请另行留存，供下次核验）：{}", verdict.head));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::types::Fault;

    #[test]
    fn a_report_names_the_first_bad_entry() {
        let verdict = Verdict {
            entries: 10,
            seals: 3,
            first_bad_entry: Some(6),
            faults: vec![Fault::Altered { entry: 6, seal: 2 }],
            faults_total: 4,
            ..Verdict::default()
        };
        assert_eq!(
            report(&verdict),
            "审计日志核验未通过：发现 4 处问题。\n记录 10 条，封存 3 次。\n第一条有问题的记录：编号 6。\n  \
             · 记录 6 与第 2 号封存时的内容不一致，已被改动\n  · 另有 3 处问题未列出\n"
        );
    }
}
