//! Previews that take a while, watched by whoever began them and by nobody else.

use askama::Template;
use kernel::{Failure, Permission};
use web::{Desk, Page, Path, Routes, Shell, answer};

use super::super::jobs::{Previews, Run, State};

/// Whoever began a run may watch it: what may be uploaded was asked when it was.
pub(super) fn routes(previews: &Previews) -> Routes {
    let (runs, fragments) = (previews.clone(), previews.clone());
    Routes::default()
        .page(
            "/imports/runs/{run}",
            Permission::Workbench,
            move |desk: Desk, Path(run): Path<String>| {
                let runs = runs.clone();
                async move { watch(&runs, &desk, run) }
            },
        )
        .page(
            "/imports/runs/{run}/progress",
            Permission::Workbench,
            move |desk: Desk, Path(run): Path<String>| {
                let runs = fragments.clone();
                async move { progress(&runs, &desk, &run) }
            },
        )
}

#[derive(Template)]
#[template(path = "imports/pages/run.html")]
struct RunView {
    shell: Shell,
    run: String,
    state: StateView,
}

#[derive(Template)]
#[template(path = "imports/pages/_progress.html")]
struct ProgressView {
    state: StateView,
}

/// How a run stands, in words.
struct StateView {
    go: Option<String>,
    refused: Option<String>,
    done: usize,
    all: usize,
    /// The form on which it began.
    back: (&'static str, &'static str),
}

impl StateView {
    fn of(run: Run) -> Self {
        let (go, refused) = match run.state {
            State::Running => (None, None),
            State::Previewed(there) => (Some(there), None),
            State::Refused(why) => (None, Some(why)),
        };
        let (done, all) = run.progress;
        Self { go, refused, done, all, back: run.page }
    }
}

fn watch(previews: &Previews, desk: &Desk, run: String) -> Page {
    let found = previews.look(&run, desk.caller.person).ok_or(Failure::NotFound)?;
    let state = StateView::of(found);
    if let Some(there) = &state.go {
        return answer::see(there);
    }
    desk.page(&RunView { shell: desk.shell("正在预览"), run, state })
}

fn progress(previews: &Previews, desk: &Desk, run: &str) -> Page {
    let found = previews.look(run, desk.caller.person).ok_or(Failure::NotFound)?;
    desk.page(&ProgressView { state: StateView::of(found) })
}
