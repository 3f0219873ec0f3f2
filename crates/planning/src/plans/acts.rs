//! What changes a plan. Every act works on the version that its caller has seen: when somebody was first, nothing is
//! saved and the caller is told who it was.

mod adopting;
mod asking;
mod deciding;
mod drafting;
mod editing;

pub use adopting::{Adoption, adopt};
pub use asking::{answer, recount_deadlines, solicit};
pub use deciding::{approve, give_back, submit, withdraw};
pub use drafting::{Origin, draft};
pub use editing::{Edited, change, save_proposal};

use kernel::{Failure, Invalid};

use super::rules::{LONGEST_NAME, LONGEST_REMARK};
use super::types::Plan;

/// Somebody was first: who, when, what.
pub(super) fn stale(plan: &Plan) -> Failure {
    let version = &plan.version;
    Failure::Stale(format!(
        "方案刚由{}修改（{}，{}），您的操作没有保存，请按最新内容再办。",
        version.made_by, version.made_at, version.cause
    ))
}

fn checked_name(name: &str) -> Result<&str, Invalid> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)
    {
        return Err(Invalid::field("name", format!("请填写方案名称，不超过 {LONGEST_NAME} 个字")));
    }
    Ok(name)
}

fn checked_remark(remark: &str, least: usize) -> Result<&str, Invalid> {
    let remark = remark.trim();
    if !(least..=LONGEST_REMARK).contains(&remark.chars().count()) {
        return Err(Invalid::field(
            "remark",
            format!("请写明意见，{least} 至 {LONGEST_REMARK} 个字"),
        ));
    }
    Ok(remark)
}
