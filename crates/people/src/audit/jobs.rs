use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use kernel::{Failure, Moment};
use storage::{Db, Reading};
use tokio::time::Instant;

use super::rules;
use super::store::{self, Lease};
use super::types::{Ids, Seal};

/// How long a lease holds without being renewed, in milliseconds. A node that finds it expired, or sees it unrenewed for
/// as long by its own watch, takes it over.
pub const LEASE_MS: i64 = 10_000;

/// Most entries of one seal.
const BATCH: usize = 5_000;

/// Between two turns, so that an entry is sealed within two seconds.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a number that nobody has seen may still come, in milliseconds: no transaction of ours stays open for an hour.
const VOID_AFTER_MS: i64 = 3_600_000;

/// One node's sealer.
#[derive(Debug)]
pub struct Sealer {
    db: Db,
    holder: String,
    /// The lease as last seen, and since when it has stood like that by this node's own watch: clocks of two nodes may
    /// differ, and the clock of a demo city stands still.
    seen: Option<(Lease, Instant)>,
}

impl Sealer {
    /// A sealer with a mark of its own.
    pub fn new(db: &Db) -> Result<Self, Failure> {
        let mut mark = [0_u8; 8];
        getrandom::fill(&mut mark).map_err(|error| Failure::broken(error.to_string()))?;
        Ok(Self {
            db: db.clone(),
            holder: format!("{:016x}", u64::from_be_bytes(mark)),
            seen: None,
        })
    }

    /// Seals one batch, if the lease is ours or can be had and there is something to seal.
    pub async fn turn(&mut self) -> Result<Option<Seal>, Failure> {
        if !self.has_lease().await? {
            return Ok(None);
        }
        let Some(seal) = self.next_seal().await? else { return Ok(None) };
        Ok(store::write_seal(&self.db, &seal, &self.holder).await?.then_some(seal))
    }

    /// Gives the lease up, so that the next node need not wait for it to expire.
    pub async fn release(&mut self) -> Result<(), Failure> {
        if let Some((lease, _)) = self.seen.take().filter(|(lease, _)| lease.holder == self.holder)
        {
            let free = Lease { holder: String::new(), until: 0 };
            store::replace_lease(&self.db, Some(&lease), &free).await?;
        }
        Ok(())
    }

    fn reading(&self) -> Reading<'_> {
        self.db.reading(self.db.program("audit-sealer"))
    }

    async fn has_lease(&mut self) -> Result<bool, Failure> {
        let found = store::lease(&self.reading()).await?;
        let since = match (&found, &self.seen) {
            (Some(found), Some((seen, since))) if found == seen => *since,
            _ => Instant::now(),
        };
        self.seen = found.clone().map(|lease| (lease, since));
        let now = self.db.now().millis();
        let standing = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
        let is_ours = found.as_ref().is_some_and(|lease| lease.holder == self.holder);
        let (is_fresh, is_held) = found.as_ref().map_or((false, false), |lease| {
            (
                lease.until - now > LEASE_MS / 2 && standing < LEASE_MS / 2,
                lease.until > now && standing < LEASE_MS,
            )
        });
        if is_ours && is_fresh {
            return Ok(true);
        }
        if !is_ours && is_held {
            return Ok(false);
        }
        // `until` grows even when the clock stands still, so that others see that it was renewed.
        let until =
            found.as_ref().map_or(0, |lease| lease.until.saturating_add(1)).max(now + LEASE_MS);
        let lease = Lease { holder: self.holder.clone(), until };
        let is_taken = store::replace_lease(&self.db, found.as_ref(), &lease).await?;
        if is_taken {
            self.seen = Some((lease, Instant::now()));
        }
        Ok(is_taken)
    }

    async fn next_seal(&self) -> Result<Option<Seal>, Failure> {
        let reading = self.reading();
        let last = store::last_seal(&reading).await?;
        let pending = last.as_ref().map_or_else(Ids::none, |last| last.pending.clone());
        let mut seen = store::entries_among(&reading, &pending, BATCH).await?;
        // Numbers that were not asked for must not be given up.
        let void_up_to = if pending.is_empty() || seen.len() >= BATCH {
            0
        } else {
            store::accounted_at(&reading, self.db.now().plus_millis(-VOID_AFTER_MS)).await?
        };
        if seen.len() < BATCH {
            let after = last.as_ref().map_or(0, |last| last.last_id);
            seen.extend(store::entries_after(&reading, after, i64::MAX, BATCH - seen.len()).await?);
        }
        let now: Moment = self.db.now();
        Ok(rules::next_seal(last.as_ref(), &seen, void_up_to, now))
    }
}

/// Seals everything that waits, now, if no other node is at it; answers how many entries were sealed. For commands that
/// end before the background loop would have come round.
pub async fn seal(db: &Db) -> Result<i64, Failure> {
    let mut sealer = Sealer::new(db)?;
    let mut sealed = 0;
    while let Some(seal) = sealer.turn().await? {
        sealed += seal.entries;
    }
    sealer.release().await?;
    Ok(sealed)
}

/// Seals every second until `shutdown`, then once more, and gives the lease up. What fails is logged and tried again.
pub async fn run(db: Db, shutdown: impl Future<Output = ()>) {
    let mut sealer = match Sealer::new(&db) {
        Ok(sealer) => sealer,
        Err(failure) => {
            tracing::error!(%failure, "audit entries can't be sealed");
            return;
        }
    };
    let mut shutdown = pin!(shutdown);
    loop {
        let is_last = tokio::select! {
            () = &mut shutdown => true,
            () = tokio::time::sleep(PAUSE) => false,
        };
        while match sealer.turn().await {
            Ok(seal) => seal.is_some_and(|seal| seal.entries as usize >= BATCH),
            Err(failure) => {
                tracing::error!(%failure, "audit entries wait to be sealed");
                false
            }
        } {}
        if is_last {
            if let Err(failure) = sealer.release().await {
                tracing::warn!(%failure, "the sealer's lease could not be given up; it expires by itself");
            }
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::stage::stages;
    use super::*;

    #[tokio::test]
    async fn a_dead_holders_lease_is_taken_over_though_the_clock_stands_still() {
        for stage in stages("dead").await {
            let mut dead = Sealer::new(&stage.db).unwrap();
            assert!(dead.turn().await.unwrap().is_some());
            stage.record("kg_1").await;
            let mut next = Sealer::new(&stage.db).unwrap();
            assert!(next.turn().await.unwrap().is_none());
            let (lease, since) = next.seen.take().unwrap();
            let waited = Duration::from_millis(LEASE_MS as u64);
            next.seen = since.checked_sub(waited).map(|since| (lease, since));
            assert!(next.turn().await.unwrap().is_some());
            let (mine, _) = next.seen.clone().unwrap();
            let (theirs, _) = dead.seen.clone().unwrap();
            assert!(mine.until > theirs.until, "others see that the lease moved");
            assert!(dead.turn().await.unwrap().is_none());
        }
    }
}
