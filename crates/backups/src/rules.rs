//! What may be restored where, and when the next backup is due.

use kernel::{Moment, Refuses};
use sealing::{KeyRing, Keys};
use storage::Standing as Target;

use crate::types::{FORMAT, Header, Manifest, Standing};

/// Why a backup is not made or not restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file can't be read or written.
    #[error("无法读写 {path}：{reason}")]
    File {
        /// Which.
        path: String,
        /// In the system's words.
        reason: String,
    },
    /// Something else.
    #[error("这不是共治的备份文件")]
    NotABackup,
    /// Of a younger program.
    #[error("备份格式“{0}”来自更新的版本，请先升级程序再恢复")]
    FutureFormat(String),
    /// Of a younger program.
    #[error("备份的数据库结构（{0}）来自更新的版本，请先升级程序再恢复")]
    FutureSchema(String),
    /// Its end is missing.
    #[error("备份文件不完整：末尾缺失，可能是复制中断")]
    CutOff,
    /// Its content is not what was written.
    #[error("备份文件已损坏：{0}")]
    Damaged(&'static str),
    /// Sealed, and there are no keys.
    #[error("备份由编号为 {0} 的密钥加密，但没有配置密钥；请在配置中设置 key_file")]
    NoKeys(String),
    /// Sealed under another key.
    #[error("密钥不符：备份由编号为 {needed} 的密钥加密，密钥文件中只有 {known}")]
    WrongKey {
        /// The key that it needs.
        needed: String,
        /// The keys at hand.
        known: String,
    },
    /// Single values are sealed under keys that are not at hand.
    #[error("备份中有用编号为 {0} 的密钥加密的内容，而密钥文件中没有；请使用原来的密钥文件")]
    SealedUnder(String),
    /// Of another city.
    #[error("备份属于代码为 {backup} 的城市，而当前配置的是 {here}")]
    OtherCity {
        /// Its city.
        backup: String,
        /// Ours.
        here: String,
    },
    /// There are records already.
    #[error("目标数据库中已有记录，没有恢复。请换一个空库；确要以备份替换全部记录时，加 --replace")]
    Filled,
    /// There are tables of somebody else.
    #[error("目标数据库中有不属于本系统的表（{0}），没有恢复。请为本系统单独建库")]
    Foreign(String),
    /// Not as many rows as there were.
    #[error("恢复后核对不符：表 {table} 应有 {expected} 行，实有 {found} 行；没有保存任何内容")]
    Counts {
        /// Which.
        table: String,
        /// By the manifest.
        expected: i64,
        /// Now.
        found: i64,
    },
    /// The audit trail does not verify.
    #[error("恢复后审计日志核验不通过：{0}；没有保存任何内容")]
    Trail(String),
}

impl Refuses for Fault {}

/// Whether this program knows the format, and has the key.
pub fn legible<'keys>(header: &Header, keys: &'keys Keys) -> Result<Option<&'keys KeyRing>, Fault> {
    if header.format != FORMAT {
        return Err(Fault::FutureFormat(header.format.chars().take(40).collect()));
    }
    let Some(needed) = &header.key else { return Ok(None) };
    let ring = keys.ring().ok_or_else(|| Fault::NoKeys(needed.clone()))?;
    if !ring.ids().contains(&needed.as_str()) {
        return Err(Fault::WrongKey { needed: needed.clone(), known: ring.ids().join("、") });
    }
    Ok(Some(ring))
}

/// Whether a backup may be restored by a program that knows these migrations, with these keys, for this city.
pub fn restorable(
    manifest: &Manifest,
    known: &[&str],
    keys: &Keys,
    city: &str,
) -> Result<(), Fault> {
    if let Some(young) = manifest.migrations.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Fault::FutureSchema(young.chars().take(40).collect()));
    }
    if manifest.city != city {
        let backup = manifest.city.chars().take(20).collect();
        return Err(Fault::OtherCity { backup, here: city.to_owned() });
    }
    let at_hand = keys.ring().map(KeyRing::ids).unwrap_or_default();
    let missing: Vec<&str> = manifest
        .keys
        .iter()
        .map(String::as_str)
        .filter(|needed| !at_hand.contains(needed))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Fault::SealedUnder(missing.join("、"))) }
}

/// Whether a database with this standing may be filled.
pub fn fillable(target: &Target, replace: bool) -> Result<(), Fault> {
    match target {
        Target::Foreign(tables) => Err(Fault::Foreign(tables.join("、"))),
        Target::Filled if !replace => Err(Fault::Filled),
        Target::Filled | Target::Empty => Ok(()),
    }
}

const HOUR_MS: i64 = 3_600_000;

/// How long after a failure the next try is made.
const RETRY_MS: i64 = 600_000;

/// Whether a backup is due: so many hours after the latest good one began, but not at once after a failure.
pub fn is_due(standing: &Standing, hours: u32, now: Moment) -> bool {
    let since = |moment: Moment| now.millis() - moment.millis();
    if standing.failed.as_ref().is_some_and(|(at, _)| since(*at) < RETRY_MS) {
        return false;
    }
    standing.good_at.is_none_or(|at| since(at) >= i64::from(hours) * HOUR_MS)
}

/// How long ago something was.
pub fn age(at: Moment, now: Moment) -> String {
    match (now.millis() - at.millis()) / 60_000 {
        minutes @ ..120 => format!("{} 分钟前", minutes.max(0)),
        minutes @ ..2_880 => format!("{} 小时前", minutes / 60),
        minutes => format!("{} 天前", minutes / 1_440),
    }
}

/// What is wrong with the backups, as the administrator must hear it; nothing if all is well. One that is half its interval
/// late is missing.
pub fn worry(standing: &Standing, hours: Option<u32>, now: Moment) -> Option<String> {
    if let Some((at, fault)) = &standing.failed {
        return Some(format!("{at} 的备份没有成功：{fault}"));
    }
    let Some(hours) = hours else {
        return Some("没有设置定时备份，请在配置中设置 backup_dir".to_owned());
    };
    match standing.good_at {
        None => Some("还没有备份".to_owned()),
        Some(at) => {
            let age = now.millis() - at.millis();
            (age * 2 > i64::from(hours) * HOUR_MS * 3)
                .then(|| format!("最近一次备份在 {at}，已超过 {} 小时", age / HOUR_MS))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(key: Option<String>) -> Header {
        Header {
            format: FORMAT.to_owned(),
            made_at: Moment::from_millis(0),
            program: "0".to_owned(),
            key,
            salt: String::new(),
        }
    }

    fn manifest() -> Manifest {
        Manifest {
            city: "4403".to_owned(),
            engine: "sqlite".to_owned(),
            migrations: vec!["m0001_audit".to_owned()],
            tables: Vec::new(),
            audit_head: String::new(),
            keys: Vec::new(),
        }
    }

    #[test]
    fn a_sealed_backup_needs_its_own_key() {
        let ring = KeyRing::random().unwrap();
        let sealed = header(Some(ring.current_id().to_owned()));
        assert!(matches!(legible(&sealed, &Keys::none()), Err(Fault::NoKeys(_))));
        let other = Keys::from(KeyRing::random().unwrap());
        assert!(matches!(legible(&sealed, &other), Err(Fault::WrongKey { .. })));
        let rotated = Keys::from(ring.rotated().unwrap());
        assert!(legible(&sealed, &rotated).unwrap().is_some(), "an older key still opens");
        assert_eq!(legible(&header(None), &Keys::none()), Ok(None));
    }

    #[test]
    fn values_sealed_inside_need_their_keys_though_the_file_is_not_sealed() {
        let ring = KeyRing::random().unwrap();
        let inside = Manifest { keys: vec![ring.current_id().to_owned()], ..manifest() };
        let may = |keys: &Keys| restorable(&inside, &["m0001_audit"], keys, "4403");
        assert!(matches!(may(&Keys::none()), Err(Fault::SealedUnder(_))));
        assert!(matches!(may(&Keys::from(KeyRing::random().unwrap())), Err(Fault::SealedUnder(_))));
        assert_eq!(may(&Keys::from(ring)), Ok(()));
    }

    #[test]
    fn what_is_younger_or_of_another_city_is_refused() {
        let young = Header { format: "gongzhi-backup-2".to_owned(), ..header(None) };
        assert!(matches!(legible(&young, &Keys::none()), Err(Fault::FutureFormat(_))));
        let may = |known: &[&str], city: &str| restorable(&manifest(), known, &Keys::none(), city);
        assert!(matches!(may(&["m0000"], "4403"), Err(Fault::FutureSchema(_))));
        assert!(matches!(may(&["m0001_audit"], "4401"), Err(Fault::OtherCity { .. })));
        assert_eq!(may(&["m0001_audit", "m0002_places"], "4403"), Ok(()));
    }

    #[test]
    fn records_are_replaced_only_when_told_and_foreign_tables_never() {
        assert_eq!(fillable(&Target::Empty, false), Ok(()));
        assert_eq!(fillable(&Target::Filled, false), Err(Fault::Filled));
        assert_eq!(fillable(&Target::Filled, true), Ok(()));
        let foreign = Target::Foreign(vec!["payroll".to_owned()]);
        assert!(matches!(fillable(&foreign, true), Err(Fault::Foreign(_))));
    }

    #[test]
    fn a_backup_is_due_by_the_clock_and_a_failed_one_is_tried_again_soon() {
        let at = |hours: i64| Moment::from_millis(hours * HOUR_MS);
        let good = Standing { good_at: Some(at(0)), failed: None };
        assert!(is_due(&Standing::default(), 24, at(0)));
        assert!(!is_due(&good, 24, at(23)) && is_due(&good, 24, at(24)));
        let failed = Standing { failed: Some((at(24), "磁盘已满".to_owned())), ..good };
        assert!(!is_due(&failed, 24, at(24)) && is_due(&failed, 24, at(25)));
    }

    #[test]
    fn what_is_late_missing_or_failed_is_said() {
        let at = |hours: i64| Moment::from_millis(hours * HOUR_MS);
        let good = Standing { good_at: Some(at(0)), failed: None };
        assert_eq!(worry(&good, Some(24), at(36)), None);
        assert!(worry(&good, Some(24), at(37)).unwrap().contains("37 小时"));
        assert!(worry(&good, None, at(1)).unwrap().contains("backup_dir"));
        assert!(worry(&Standing::default(), Some(24), at(1)).is_some());
        let failed = Standing { failed: Some((at(1), "磁盘已满".to_owned())), ..good };
        assert!(worry(&failed, Some(24), at(1)).unwrap().contains("磁盘已满"));
    }
}
