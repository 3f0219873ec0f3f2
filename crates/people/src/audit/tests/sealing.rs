use std::time::Duration;

use storage::Sql;

use super::stage::{check, morning, note, postgres, stages};
use crate::audit::{LEASE_MS, Sealer, run, seal};

#[tokio::test]
async fn an_entry_is_sealed_within_two_seconds() {
    for stage in stages("loop").await {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let sealing = tokio::spawn(run(stage.db.clone(), async move { drop(stopped.await) }));
        tokio::time::sleep(Duration::from_millis(1_300)).await;
        stage.record("kg_1").await;
        let written = stage.number("SELECT max(id) FROM audit_entry").await;
        let mut waited = 0;
        while stage.number("SELECT max(last_id) FROM audit_seal").await < written {
            tokio::time::sleep(Duration::from_millis(50)).await;
            waited += 50;
            assert!(waited <= 2_000, "not sealed after {waited} ms");
        }
        stage.record("kg_2").await;
        stop.send(()).unwrap();
        sealing.await.unwrap();
        let written = stage.number("SELECT max(id) FROM audit_entry").await;
        assert_eq!(
            stage.number("SELECT max(last_id) FROM audit_seal").await,
            written,
            "shutdown seals what waits"
        );
        assert_eq!(seal(&stage.db).await.unwrap(), 0, "the lease was given up, and nothing waits");
        assert!(check(&stage.export().await).passed);
    }
}

#[tokio::test]
async fn of_two_sealers_only_one_writes_until_its_lease_runs_out() {
    for stage in stages("lease").await {
        let (mut first, mut second) =
            (Sealer::new(&stage.db).unwrap(), Sealer::new(&stage.db).unwrap());
        assert!(first.turn().await.unwrap().is_some());
        stage.record("kg_1").await;
        assert!(second.turn().await.unwrap().is_none());
        assert_eq!(first.turn().await.unwrap().unwrap().entries, 1);
        stage.clock.set(morning().plus_millis(LEASE_MS / 2));
        stage.record("kg_2").await;
        assert!(first.turn().await.unwrap().is_some(), "renews its lease");
        stage.clock.set(morning().plus_millis(LEASE_MS + 1));
        stage.record("kg_3").await;
        assert!(second.turn().await.unwrap().is_none(), "the lease was renewed");
        stage.clock.set(morning().plus_millis(2 * LEASE_MS + 2));
        assert_eq!(second.turn().await.unwrap().unwrap().entries, 1);
        stage.record("kg_4").await;
        assert!(first.turn().await.unwrap().is_none(), "the lease has gone to another");
        second.release().await.unwrap();
        assert!(first.turn().await.unwrap().is_some());
        let verdict = check(&stage.export().await);
        assert!(verdict.passed && verdict.seals == 5, "{verdict:?}");
    }
}

#[tokio::test]
async fn a_sealer_that_lost_its_lease_unawares_writes_nothing() {
    for stage in stages("unawares").await {
        let mut sealer = Sealer::new(&stage.db).unwrap();
        assert!(sealer.turn().await.unwrap().is_some());
        stage.record("kg_1").await;
        // Between looking at the lease and writing, another node takes it over.
        let reading = stage.db.reading(stage.db.program("test"));
        let last = crate::audit::store::last_seal(&reading).await.unwrap();
        let seen = crate::audit::store::entries_after(
            &reading,
            last.as_ref().unwrap().last_id,
            i64::MAX,
            10,
        )
        .await
        .unwrap();
        let seal = crate::audit::rules::next_seal(last.as_ref(), &seen, 0, morning()).unwrap();
        assert!(!crate::audit::store::write_seal(&stage.db, &seal, "nobody").await.unwrap());
        let holder = Sql::new("UPDATE lease SET holder = 'nobody'");
        stage.db.bookkeeping(holder).await.unwrap();
        assert!(crate::audit::store::write_seal(&stage.db, &seal, "nobody").await.unwrap());
        assert!(
            !crate::audit::store::write_seal(&stage.db, &seal, "nobody").await.unwrap(),
            "a number is given once"
        );
    }
}

const ENTRY: &str = "INSERT INTO audit_entry (at, person, post, address, request, event, subject, summary, outcome) \
                     VALUES (1, 'x', '', '', '', 'test.noted', 'x', '迟到的记录', 'done')";

#[tokio::test]
async fn a_number_that_becomes_visible_late_is_covered_by_a_later_seal() {
    let Some(stage) = postgres("late").await else { return };
    // Entry 1 was written when the stage was set.
    let slow = stage.db.begin(stage.db.program("slow")).await.unwrap();
    slow.execute(Sql::new(ENTRY)).await.unwrap();
    stage.record("kg_3").await;
    let mut sealer = Sealer::new(&stage.db).unwrap();
    let first = sealer.turn().await.unwrap().unwrap();
    assert_eq!((first.covers.to_string(), first.pending.to_string()), ("1,3".into(), "2".into()));
    assert!(sealer.turn().await.unwrap().is_none(), "nothing new, nothing to say");
    let early = check(&stage.export().await);
    assert!(early.passed, "{early:?}");
    slow.commit(note("kg_5")).await.unwrap();
    let tail = check(&stage.export().await);
    assert!(tail.passed && tail.unsealed_tail == 4, "2, the two exports and 5 wait: {tail:?}");
    let second = sealer.turn().await.unwrap().unwrap();
    assert_eq!(
        (second.covers.to_string(), second.pending.to_string()),
        ("2,4-6".into(), String::new())
    );
    let verdict = check(&stage.export().await);
    assert!(verdict.passed && verdict.unsealed_tail == 1, "{verdict:?}");
}

#[tokio::test]
async fn a_number_that_was_rolled_back_is_given_up_after_an_hour() {
    let Some(stage) = postgres("void").await else { return };
    let slow = stage.db.begin(stage.db.program("slow")).await.unwrap();
    slow.execute(Sql::new(ENTRY)).await.unwrap();
    stage.record("kg_3").await;
    drop(slow);
    let mut sealer = Sealer::new(&stage.db).unwrap();
    assert_eq!(sealer.turn().await.unwrap().unwrap().pending.to_string(), "2");
    stage.clock.set(morning().plus_millis(3_599_999));
    assert!(sealer.turn().await.unwrap().is_none());
    stage.clock.set(morning().plus_millis(3_600_000));
    let seal = sealer.turn().await.unwrap().unwrap();
    assert_eq!(
        (seal.entries, seal.void.to_string(), seal.pending.to_string()),
        (0, "2".into(), String::new())
    );
    assert!(check(&stage.export().await).passed);
    // Whoever brings the number back later is found out.
    let forged = ENTRY.replacen("(at,", "(id, at,", 1).replacen(
        "VALUES (1,",
        "OVERRIDING SYSTEM VALUE VALUES (2, 1,",
        1,
    );
    stage.db.bookkeeping(Sql::new(&forged)).await.unwrap();
    let verdict = check(&stage.export().await);
    assert_eq!(verdict.first_bad_entry, Some(2), "{verdict:?}");
}

#[tokio::test]
async fn a_change_that_is_rolled_back_on_sqlite_leaves_no_gap() {
    let stage = stages("gap").await.remove(0);
    let slow = stage.db.begin(stage.db.program("slow")).await.unwrap();
    slow.execute(Sql::new(ENTRY)).await.unwrap();
    drop(slow);
    stage.record("kg_2").await;
    seal(&stage.db).await.unwrap();
    let verdict = check(&stage.export().await);
    assert!(verdict.passed && verdict.unsealed_tail == 1, "{verdict:?}");
    assert_eq!(stage.number("SELECT count(*) FROM audit_seal WHERE pending <> ''").await, 0);
}

#[tokio::test]
async fn what_32_writers_write_while_two_nodes_seal_is_all_sealed_once() {
    const WRITERS: usize = 32;
    const ENTRIES: usize = 12;
    for stage in stages("storm").await {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let db = stage.db.clone();
                tokio::spawn(async move {
                    for turn in 0..ENTRIES {
                        let subject = format!("kg_{writer}_{turn}");
                        if turn % 4 == 3 {
                            // A change that is given up after its entry was written.
                            let tx = db.begin(db.program("writer")).await.unwrap();
                            tx.execute(Sql::new(ENTRY)).await.unwrap();
                            drop(tx);
                        }
                        db.record(db.program("writer"), note(&subject)).await.unwrap();
                    }
                })
            })
            .collect();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let nodes: Vec<_> = (0..2)
            .map(|_| {
                let (db, stopped) = (stage.db.clone(), stopped.clone());
                tokio::spawn(async move {
                    let mut sealer = Sealer::new(&db).unwrap();
                    let mut seals = 0;
                    while !*stopped.borrow() {
                        seals += i64::from(sealer.turn().await.unwrap().is_some());
                        tokio::time::sleep(Duration::from_millis(3)).await;
                    }
                    sealer.release().await.unwrap();
                    seals
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        stop.send(true).unwrap();
        let mut seals = Vec::new();
        for node in nodes {
            seals.push(node.await.unwrap());
        }
        assert!(seals.iter().filter(|made| **made > 0).count() <= 1, "{seals:?}");
        seal(&stage.db).await.unwrap();
        let written = (WRITERS * ENTRIES) as i64 + 1;
        assert_eq!(stage.number("SELECT count(*) FROM audit_entry").await, written);
        assert_eq!(
            stage.number("SELECT CAST(sum(entries) AS bigint) FROM audit_seal").await,
            written
        );
        let verdict = check(&stage.export().await);
        assert!(verdict.passed && verdict.unsealed_tail == 1, "{verdict:?}");
    }
}
