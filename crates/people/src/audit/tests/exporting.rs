use kernel::Failure;
use storage::Actor;

use super::stage::{Stage, auditor, check, note, stages};
use crate::audit::{Export, Fault, seal, verify};

/// A trail longer than one chunk and one batch of seals.
async fn long_trail(stage: &Stage) {
    for part in 0..3 {
        let mut tx = stage.db.begin(stage.db.program("test")).await.unwrap();
        for turn in 0..700 {
            tx.note(note(&format!("kg_{part}_{turn}")));
        }
        tx.commit(note("kg_last")).await.unwrap();
        assert_eq!(seal(&stage.db).await.unwrap(), if part == 0 { 702 } else { 701 });
    }
}

#[tokio::test]
async fn an_honest_export_of_a_long_trail_passes_and_stands_in_the_trail_itself() {
    for stage in stages("honest").await {
        long_trail(&stage).await;
        let text = stage.export().await;
        let verdict = check(&text);
        assert!(verdict.passed, "{verdict:?}");
        assert_eq!((verdict.entries, verdict.seals, verdict.unsealed_tail), (2_105, 3, 1));
        assert_eq!(verdict.city, "4403/");
        assert_eq!(text.lines().count(), 2_105 + 3 + 2);
        assert!(text.contains("audit.exported"));
        let lines = || text.lines().map(|line| Ok::<_, String>(line.to_owned()));
        assert_eq!(verify(lines(), Some(&verdict.head)).earlier_seal, Some(3));
        assert_eq!(verify(lines(), Some("abc")).faults, [Fault::HeadUnknown]);
    }
}

#[tokio::test]
async fn an_entry_altered_in_the_database_is_named() {
    for stage in stages("altered").await {
        long_trail(&stage).await;
        stage.tamper("UPDATE audit_entry SET summary = '什么也没有发生' WHERE id = 1234").await;
        assert_eq!(check(&stage.export().await).faults, [Fault::Altered { entry: 1234, seal: 2 }]);
    }
}

#[tokio::test]
async fn an_entry_removed_from_the_database_is_named() {
    for stage in stages("removed").await {
        long_trail(&stage).await;
        stage.tamper("DELETE FROM audit_entry WHERE id = 77").await;
        assert_eq!(check(&stage.export().await).faults, [Fault::Missing { entry: 77, seal: 1 }]);
    }
}

#[tokio::test]
async fn an_export_edited_in_a_text_editor_is_found_out() {
    for stage in stages("edited").await {
        long_trail(&stage).await;
        let text = stage.export().await;
        assert_eq!(
            check(&text.replacen("更正青禾幼儿园 kg_1_5\"", "更正青禾幼儿园 kg_1_6\"", 1))
                .first_bad_entry,
            Some(708)
        );
        let lines: Vec<&str> = text.lines().collect();
        assert!(check(&lines[..lines.len() - 1].join("\n")).faults.contains(&Fault::CutOff));
        let without = |gone: usize| {
            let kept: Vec<&str> = lines
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != gone)
                .map(|(_, line)| *line)
                .collect();
            check(&kept.join("\n"))
        };
        assert_eq!(without(500).first_bad_entry, Some(500));
        assert!(!without(lines.len() - 3).passed, "a seal is gone");
    }
}

#[tokio::test]
async fn a_district_auditor_can_not_take_the_whole_trail() {
    for stage in stages("whole").await {
        let caller = auditor(&stage, Some("440305"));
        let before = stage.number("SELECT count(*) FROM audit_entry").await;
        let failure = Export::begin(&stage.db, Actor::from(&caller)).await.unwrap_err();
        assert!(matches!(failure, Failure::Refused(_)), "{failure}");
        assert_eq!(stage.number("SELECT count(*) FROM audit_entry").await, before);
    }
}
