//! The pages of appointments: who holds which post, one post with what came before and after it, and a form for each door.

mod files;
mod form;
mod list;
mod show;

use kernel::{ClusterId, KindergartenId, Permission, PostId, PostKind, PostScope};
use web::{Desk, Form, NavLine, Path, Query, Routes};

use super::types::Door;

pub use files::{import_page, import_routes};

/// The routes of the slice.
pub fn routes() -> Routes {
    use Permission as P;
    let mut routes = Routes::default()
        .page("/appointments", P::ReadPosts, list::list)
        .page("/appointments.xlsx", P::ReadPosts, list::workbook)
        .page("/appointments/{post}", P::ReadPosts, show::show)
        .entry(NavLine {
            href: "/appointments",
            label: "任职名册",
            icon: "id-badge-2",
            permission: P::ReadPosts,
            order: 27,
        });
    for (door, permission, new, give, end) in [
        (
            Door::Inspectors,
            P::AppointInspectors,
            "/clusters/{cluster}/inspectors/new",
            "/clusters/{cluster}/inspectors",
            "/inspectors/{post}/end",
        ),
        (
            Door::Leads,
            P::AppointLeads,
            "/clusters/{cluster}/leads/new",
            "/clusters/{cluster}/leads",
            "/leads/{post}/end",
        ),
        (
            Door::Trainers,
            P::AppointTrainers,
            "/clusters/{cluster}/trainers/new",
            "/clusters/{cluster}/trainers",
            "/trainers/{post}/end",
        ),
    ] {
        routes = routes
            .page(new, permission, move |desk: Desk, Path(id): Path<ClusterId>, query: Query<_>| {
                form::blank(desk, door, PostScope::Cluster(id), query.0)
            })
            .act(give, permission, move |desk: Desk, Path(id): Path<ClusterId>, form: Form<_>| {
                form::give(desk, door, PostScope::Cluster(id), form.0)
            });
        routes = ending(routes, end, permission, door);
    }
    for (door, permission, new, give, end) in [
        (
            Door::Heads,
            P::AppointHeads,
            "/kindergartens/{kindergarten}/heads/new",
            "/kindergartens/{kindergarten}/heads",
            "/heads/{post}/end",
        ),
        (
            Door::Liaisons,
            P::AppointLiaison,
            "/kindergartens/{kindergarten}/liaisons/new",
            "/kindergartens/{kindergarten}/liaisons",
            "/liaisons/{post}/end",
        ),
    ] {
        routes = routes
            .page(
                new,
                permission,
                move |desk: Desk, Path(id): Path<KindergartenId>, query: Query<_>| {
                    form::blank(desk, door, PostScope::Kindergarten(id), query.0)
                },
            )
            .act(
                give,
                permission,
                move |desk: Desk, Path(id): Path<KindergartenId>, form: Form<_>| {
                    form::give(desk, door, PostScope::Kindergarten(id), form.0)
                },
            );
        routes = ending(routes, end, permission, door);
    }
    routes
}

fn ending(routes: Routes, path: &'static str, permission: Permission, door: Door) -> Routes {
    routes.act(path, permission, move |desk: Desk, Path(id): Path<PostId>, form: Form<_>| {
        show::end(desk, door, id, form.0)
    })
}

/// The form on which a post of this kind is given in a place; the list for posts that are not given here.
pub fn new_form(kind: PostKind, scope: &PostScope) -> String {
    let Some(door) = Door::of(kind) else { return "/appointments".to_owned() };
    format!("{}/{}/new?kind={}", place_of(scope), door.folder(), kind.code())
}

/// The page of the place in which a post stands.
fn place_of(scope: &PostScope) -> String {
    match scope {
        PostScope::Cluster(id) => format!("/clusters/{id}"),
        PostScope::Kindergarten(id) => format!("/kindergartens/{id}"),
        PostScope::District(code) => format!("/districts/{code}"),
        PostScope::City => "/city".to_owned(),
    }
}
