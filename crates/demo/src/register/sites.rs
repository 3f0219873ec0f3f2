//! Invented ground: where in a district its streets lie, where their neighbourhoods, and where kindergartens stand.
//!
//! The outlines of streets do not ship with the program, so the demo lays its streets out itself: each takes the part
//! of the district that is nearer to its middle than to any other's.

use std::collections::HashMap;

use geography::{Outline, Plane, Point};
use rand::{Rng, RngExt};

/// Metres that normally lie between two kindergartens; in a crowded street less.
const APART_M: f64 = 150.0;
/// Standard deviation of a kindergarten's distance from the middle of its neighbourhood, in metres.
const SPREAD_M: f64 = 280.0;
/// The drawn border is coarse: neighbourhoods keep this far from it, so that they lie within the real district too.
const CLEAR_OF_BORDER_M: f64 = 300.0;

/// A district's ground and what already stands on it.
pub(super) struct Ground<'a> {
    outline: &'a Outline,
    plane: Plane,
    streets: Vec<StreetGround>,
    taken: HashMap<(i64, i64), Vec<(f64, f64)>>,
}

struct StreetGround {
    middle: (f64, f64),
    neighbourhoods: Vec<(f64, f64)>,
    weights: Vec<f64>,
}

impl<'a> Ground<'a> {
    /// Lays out as many streets as `sizes` has, each with so many neighbourhoods (at least one).
    pub(super) fn laid_out(
        outline: &'a Outline,
        sizes: &[usize],
        rng: &mut impl Rng,
    ) -> Ground<'a> {
        let bounds = outline.bbox();
        let corners = [
            Point { lon: bounds.west, lat: bounds.south },
            Point { lon: bounds.east, lat: bounds.north },
        ];
        let plane = Plane::around(&corners);
        let mut ground = Ground { outline, plane, streets: Vec::new(), taken: HashMap::new() };
        let samples = ground.samples(sizes.len() * 40, corners, rng);
        let bare =
            |middle| StreetGround { middle, neighbourhoods: Vec::new(), weights: Vec::new() };
        ground.streets = middles(&samples, sizes.len()).into_iter().map(bare).collect();
        for (at, &size) in sizes.iter().enumerate().take(ground.streets.len()) {
            let middle = ground.streets[at].middle;
            let own: Vec<f64> = samples
                .iter()
                .filter(|&&p| ground.street_of(p) == at)
                .map(|&p| squared(p, middle))
                .collect();
            let reach_m = (own.iter().sum::<f64>() / own.len().max(1) as f64).sqrt();
            for _ in 0..size.max(1) {
                let place = (0..60)
                    .map(|_| scattered(middle, reach_m * 0.6, rng))
                    .find(|&p| ground.street_of(p) == at && ground.is_clear_of_border(p))
                    .unwrap_or(middle);
                ground.streets[at].neighbourhoods.push(place);
                ground.streets[at].weights.push((0.5 * gauss(rng)).exp());
            }
        }
        ground
    }

    /// A new site in a street: the number of its neighbourhood there, and the point. It keeps its distance from the
    /// sites before; where the ground is full it goes further out and closer together.
    pub(super) fn site(&mut self, street: usize, rng: &mut impl Rng) -> (usize, Point) {
        let mut apart_m = APART_M;
        let mut spread_m = SPREAD_M;
        for attempt in 1..=4_000 {
            let own = &self.streets[street];
            let neighbourhood = pick(&own.weights, rng);
            let p = scattered(own.neighbourhoods[neighbourhood], spread_m, rng);
            if self.is_inside(p) && self.street_of(p) == street && self.is_free(p, apart_m) {
                return self.take(neighbourhood, p);
            }
            if attempt % 100 == 0 {
                apart_m *= 0.9;
                spread_m *= 1.05;
            }
        }
        self.take(0, self.streets[street].middle)
    }

    fn take(&mut self, neighbourhood: usize, p: (f64, f64)) -> (usize, Point) {
        self.taken.entry(square(p)).or_default().push(p);
        (neighbourhood, self.plane.point(p.0, p.1))
    }

    fn is_inside(&self, (x, y): (f64, f64)) -> bool {
        self.outline.contains(self.plane.point(x, y))
    }

    fn is_clear_of_border(&self, (x, y): (f64, f64)) -> bool {
        let around = [
            (0.0, 1.0),
            (1.0, 0.0),
            (0.0, -1.0),
            (-1.0, 0.0),
            (0.7, 0.7),
            (0.7, -0.7),
            (-0.7, 0.7),
            (-0.7, -0.7),
        ];
        around.iter().all(|(east, north)| {
            self.is_inside((x + east * CLEAR_OF_BORDER_M, y + north * CLEAR_OF_BORDER_M))
        })
    }

    fn is_free(&self, p: (f64, f64), apart_m: f64) -> bool {
        let (column, row) = square(p);
        let near = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (column + dx, row + dy)));
        let mut neighbours = near.filter_map(|square| self.taken.get(&square)).flatten();
        neighbours.all(|&other| squared(p, other) >= apart_m * apart_m)
    }

    /// The street whose middle is nearest.
    fn street_of(&self, p: (f64, f64)) -> usize {
        nearest(p, self.streets.iter().map(|street| street.middle))
    }

    /// Points spread evenly over the district, clear of its border.
    fn samples(&self, count: usize, corners: [Point; 2], rng: &mut impl Rng) -> Vec<(f64, f64)> {
        let [low, high] = corners.map(|corner| self.plane.xy_m(corner));
        (0..count * 200)
            .map(|_| (rng.random_range(low.0..=high.0), rng.random_range(low.1..=high.1)))
            .filter(|&p| self.is_clear_of_border(p))
            .take(count)
            .collect()
    }
}

/// The middles of `count` parts of about the same size: k-means over the samples. A middle is itself a sample, so that
/// it lies inside however the district is shaped.
fn middles(samples: &[(f64, f64)], count: usize) -> Vec<(f64, f64)> {
    let mut middles: Vec<(f64, f64)> = samples.iter().take(count).copied().collect();
    for _ in 0..12 {
        let mut sums = vec![(0.0, 0.0, 0.0); middles.len()];
        for &p in samples {
            let sum = &mut sums[nearest(p, middles.iter().copied())];
            *sum = (sum.0 + p.0, sum.1 + p.1, sum.2 + 1.0);
        }
        for (middle, (x, y, n)) in middles.iter_mut().zip(sums) {
            if n > 0.0 {
                *middle = samples[nearest((x / n, y / n), samples.iter().copied())];
            }
        }
    }
    middles
}

fn nearest(p: (f64, f64), places: impl Iterator<Item = (f64, f64)>) -> usize {
    places
        .map(|place| squared(p, place))
        .enumerate()
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(0, |(at, _)| at)
}

fn squared(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)
}

/// The square of 200 m in which a point lies: whatever is closer than [`APART_M`] lies in it or next to it.
fn square((x, y): (f64, f64)) -> (i64, i64) {
    ((x / 200.0).floor() as i64, (y / 200.0).floor() as i64)
}

fn scattered((x, y): (f64, f64), spread_m: f64, rng: &mut impl Rng) -> (f64, f64) {
    (x + spread_m * gauss(rng), y + spread_m * gauss(rng))
}

/// A draw from the standard normal distribution (Box and Muller).
pub(super) fn gauss(rng: &mut impl Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

/// The number of one of the weights, drawn in proportion to them.
pub(super) fn pick(weights: &[f64], rng: &mut impl Rng) -> usize {
    let mut left = rng.random::<f64>() * weights.iter().sum::<f64>();
    weights
        .iter()
        .position(|weight| {
            left -= weight;
            left < 0.0
        })
        .unwrap_or(weights.len().saturating_sub(1))
}
