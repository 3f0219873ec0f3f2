use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use kernel::{Failure, Moment};
use storage::Db;

use crate::acts::{Made, make};
use crate::types::{Cause, Schedule};
use crate::{rules, store};

/// Between two looks at the clock.
const PAUSE: Duration = Duration::from_secs(30);

/// How long other nodes wait for the one that makes a backup; after a crash the next one is this late at most.
const LEASE_MS: i64 = 3_600_000;

/// Makes backups by the clock until `shutdown`, which gives up one that is being made. What fails is recorded, shown, logged
/// and tried again.
pub async fn run(db: Db, schedule: Schedule, shutdown: impl Future<Output = ()>) {
    let holder = db.mint::<kernel::kind::Person>().uuid().to_string();
    let mut shutdown = pin!(shutdown);
    loop {
        let made = tokio::select! {
            () = &mut shutdown => break,
            made = turn(&db, &schedule, &holder) => made,
        };
        match made {
            Ok(Some(made)) => tracing::info!(path = %made.path.display(), "backup made"),
            Ok(None) => {}
            Err(failure) => tracing::error!(%failure, "no backup was made"),
        }
        tokio::select! {
            () = &mut shutdown => break,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
    if let Err(failure) = store::release_lease(&db, &holder).await {
        tracing::warn!(%failure, "the lease for backups could not be given up; it expires by itself");
    }
}

/// Makes a backup if one is due and no other node is at it; then throws away what is older than the files to keep.
pub(crate) async fn turn(
    db: &Db,
    schedule: &Schedule,
    holder: &str,
) -> Result<Option<Made>, Failure> {
    let is_due = async || {
        let standing = store::standing(&db.reading(db.program("gongzhi backup"))).await?;
        Ok::<_, Failure>(rules::is_due(&standing, schedule.hours, db.now()))
    };
    if !is_due().await? || !store::take_lease(db, holder, LEASE_MS).await? {
        return Ok(None);
    }
    // Asked again: the node that had the lease may just have made one.
    let made = if is_due().await? {
        let city = db.city().codes().next().unwrap_or_default().to_owned();
        let path = schedule.folder.join(file_name(&city, db.now()));
        make(db, &path, Cause::Scheduled).await.map(Some)
    } else {
        Ok(None)
    };
    store::release_lease(db, holder).await?;
    if let Ok(Some(made)) = &made {
        thin_out(&made.path, schedule.keep);
    }
    made
}

/// `gongzhi-4403-20260203-090000.backup`, by Beijing time: names sort by age.
pub fn file_name(city: &str, now: Moment) -> String {
    format!("gongzhi-{city}-{}.backup", now.beijing().format("%Y%m%d-%H%M%S"))
}

/// Throws away the oldest of the files that bear such names, except so many.
fn thin_out(latest: &Path, keep: u32) {
    let Some(folder) = latest.parent() else { return };
    let Ok(listing) = fs::read_dir(folder) else { return };
    let name_of = |path: &Path| {
        path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let latest = name_of(latest);
    // Everything up to the date.
    let Some(family) = latest.len().checked_sub("20260203-090000.backup".len()) else { return };
    let mut kin: Vec<(String, PathBuf)> = listing
        .filter_map(Result::ok)
        .map(|entry| (name_of(&entry.path()), entry.path()))
        .filter(|(name, _)| {
            name.len() == latest.len()
                && name.get(..family) == latest.get(..family)
                && name.ends_with(".backup")
        })
        .collect();
    kin.sort();
    let surplus = kin.len().saturating_sub(keep.max(1) as usize);
    for (_, path) in kin.into_iter().take(surplus) {
        if let Err(fault) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %fault, "an old backup could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_of_our_own_files_go_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("gongzhi-thin-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let days = ["20260131", "20260201", "20260202", "20260203"];
        let named = |day: &str| folder.join(format!("gongzhi-4403-{day}-090000.backup"));
        for path in days.map(named) {
            fs::write(path, "").unwrap();
        }
        let others = [
            "gongzhi-4401-20250101-090000.backup",
            "notes.txt",
            "gongzhi-4403-20250101-090000.backup.part",
        ];
        for other in others {
            fs::write(folder.join(other), "").unwrap();
        }
        thin_out(&named("20260203"), 2);
        let left: Vec<bool> = days.iter().map(|day| named(day).exists()).collect();
        assert_eq!(left, [false, false, true, true]);
        assert!(others.iter().all(|other| folder.join(other).exists()));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_file_is_named_by_city_and_beijing_time() {
        let day = kernel::Date::from_ymd_opt(2026, 2, 3).unwrap();
        assert_eq!(file_name("4403", Moment::at(day, 9, 5)), "gongzhi-4403-20260203-090500.backup");
    }
}
