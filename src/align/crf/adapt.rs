//! Adaptation to a pair of articles: how often its beads have each shape, and how often it has gaps.
//!
//! Some translators merge sentences all the time, others never. Some versions differ in one place,
//! others in every paragraph. In some texts the given segments are never merged, in others all the
//! time. The weights know the mean over the texts that they were learnt from. Some steps of
//! expectation-maximisation (Dempster et al. 1977) adapt it: expected counts, with pseudo-counts of the
//! learnt shares, give the shares of this pair, and the scores change by the logarithm of the ratio.

use crate::align::band::Band;
use crate::align::crf::lattice::Lattice;
use crate::align::crf::posterior::constraint::{Constraint, Unconstrained};
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::posteriors::GapStep;
use crate::align::crf::potentials::Potentials;
use crate::align::crf::weights::Shares;
use crate::align::features::shape::ShapeClass;

/// The learnt shares count as this number of beads. On the development sets 10 to 60 do equally well;
/// without adaptation, merged segments of manuals lose 0.007 of strict F1, and replaced sentences 0.001
/// and 2 % of their nulls.
const PRIOR_BEADS: f64 = 30.0;

/// Before a pair is seen: of the places between two sentences of one side of a bead, the share at
/// which a segment ends. Set, not learnt: learnt from texts of which some are split into sentences it
/// is 0.44. From 0.03 to 0.1 the strict F1 of the development sets changes by 0.004 at most, that of
/// real translations by 0.04.
const INSIDE_BOUNDARY_SHARE: f64 = 0.05;

/// This share counts as this number of places. With 5, dropped segments of manuals lose 0.01 of strict
/// F1; with 20 to 40, merged segments of manuals gain 0.015 over no adaptation of this share, and real
/// translations 0.04 to 0.12.
const PRIOR_PLACES: f64 = 40.0;

/// The largest number of steps, and the change of an offset in nats after which no further step is
/// made. Set by hand; how many steps are made was not counted. With one step, under an earlier prior,
/// two of three real translations lost 0.007 and 0.011 of strict F1.
const MAX_STEPS: usize = 5;
const SMALL_CHANGE: f32 = 0.3;

/// Adapts the potentials of beads and the scores of gaps to a pair.
pub(in crate::align) fn adapt(
    lattice: &mut Lattice<'_>,
    band: &Band,
    potentials: &mut Potentials,
    shares: &Shares,
    temperature: f32,
) {
    let mut known = Offsets::default();
    for _ in 0..MAX_STEPS {
        let paths = ForwardBackward::new(lattice, band, potentials, Unconstrained, temperature);
        let counts = Counts::expected(&paths);
        let offsets = Offsets::new(&counts, shares);
        let change = offsets.largest_change(&known);
        offsets.apply(&known, lattice, potentials);
        known = offsets;
        if change < SMALL_CHANGE {
            break;
        }
    }
}

/// What adaptation adds to the scores, in nats: the logarithm of each share in this pair over the
/// learnt one.
#[derive(Clone, Copy, Default)]
struct Offsets {
    classes: [f32; ShapeClass::COUNT],
    one_sided_gaps: f32,
    two_sided_gaps: f32,
    /// For each place inside a bead at which a segment ends, and at which none ends.
    boundary: f32,
    no_boundary: f32,
}

impl Offsets {
    fn new(counts: &Counts, shares: &Shares) -> Offsets {
        let beads = counts.beads();
        let offset = |count: f64, share: f32| {
            let share = f64::from(share);
            libm::log((count + PRIOR_BEADS * share) / (beads + PRIOR_BEADS) / share) as f32
        };
        let of_class = |class: ShapeClass| {
            let known = offset(counts.classes[class.index()], shares.classes[class.index()]);
            // Or a few large beads, in which everything fits, would breed more of them.
            if class == ShapeClass::Larger { known.min(0.0) } else { known }
        };
        let learnt = INSIDE_BOUNDARY_SHARE;
        let boundary = (counts.boundaries + PRIOR_PLACES * learnt) / (counts.places + PRIOR_PLACES);
        Offsets {
            classes: ShapeClass::ALL.map(of_class),
            one_sided_gaps: offset(counts.one_sided_gaps, shares.one_sided_gaps),
            two_sided_gaps: offset(counts.two_sided_gaps, shares.two_sided_gaps),
            boundary: libm::log(boundary / learnt) as f32,
            no_boundary: libm::log((1.0 - boundary) / (1.0 - learnt)) as f32,
        }
    }

    fn numbers(&self) -> impl Iterator<Item = f32> {
        let others = [self.one_sided_gaps, self.two_sided_gaps, self.boundary, self.no_boundary];
        self.classes.into_iter().chain(others)
    }

    fn largest_change(&self, before: &Offsets) -> f32 {
        self.numbers()
            .zip(before.numbers())
            .map(|(now, before)| (now - before).abs())
            .fold(0.0, f32::max)
    }

    /// Adds the difference to the offsets that were added before.
    fn apply(&self, before: &Offsets, lattice: &mut Lattice<'_>, potentials: &mut Potentials) {
        let has_segments = lattice.scorer.features.has_segments;
        for (at, shape) in lattice.shapes.iter().enumerate() {
            let class = ShapeClass::of(*shape).index();
            potentials.add(at, self.classes[class] - before.classes[class]);
            if has_segments && *shape != (1, 1) {
                let boundary = self.boundary - before.boundary;
                let none = self.no_boundary - before.no_boundary;
                let places = (shape.0 + shape.1 - 2) as f32;
                potentials.add_each(at, |i, j| {
                    let inside = lattice.scorer.features.boundaries_inside(i, *shape, j);
                    boundary * inside + none * (places - inside)
                });
            }
        }
        let one_sided = self.one_sided_gaps - before.one_sided_gaps;
        let two_sided = self.two_sided_gaps - before.two_sided_gaps;
        lattice.gaps.shift(one_sided, two_sided - one_sided);
    }
}

/// Counts of beads and gaps inside of articles, expected or given.
#[derive(Clone, Copy, Default)]
pub(in crate::align) struct Counts {
    pub(in crate::align) classes: [f64; ShapeClass::COUNT],
    pub(in crate::align) one_sided_gaps: f64,
    pub(in crate::align) two_sided_gaps: f64,
    /// Places between two sentences of one side of a bead, and those of them at which a segment ends;
    /// 0 without segments.
    pub(in crate::align) places: f64,
    pub(in crate::align) boundaries: f64,
}

impl Counts {
    /// The expected counts of a path.
    pub(in crate::align) fn expected<A: Constraint>(paths: &ForwardBackward<'_, A>) -> Counts {
        let mut counts = Counts::default();
        let features = paths.lattice.scorer.features;
        paths.each_bead(|bead, posterior| {
            counts.classes[ShapeClass::of(bead.shape).index()] += posterior;
            if features.has_segments {
                let inside = features.boundaries_inside(bead.i, bead.shape, bead.j);
                counts.places += posterior * (bead.shape.0 + bead.shape.1 - 2) as f64;
                counts.boundaries += posterior * f64::from(inside);
            }
        });
        let n = paths.lattice.n;
        let (mut opens, mut turns) = (0.0, 0.0);
        paths.each_gap(|(i, j), step, posterior| match step {
            GapStep::Source { opens: true } if i + j > 0 => opens += posterior,
            GapStep::Target { opens: true, .. } if i + j > 0 => opens += posterior,
            GapStep::Target { turns: true, .. } if j > 0 && i < n => turns += posterior,
            _ => (),
        });
        counts.one_sided_gaps = f64::max(opens - turns, 0.0);
        counts.two_sided_gaps = turns;
        counts
    }

    pub(in crate::align) fn add(&mut self, other: &Counts) {
        self.classes.iter_mut().zip(other.classes).for_each(|(sum, count)| *sum += count);
        self.one_sided_gaps += other.one_sided_gaps;
        self.two_sided_gaps += other.two_sided_gaps;
        self.places += other.places;
        self.boundaries += other.boundaries;
    }

    /// Number of beads.
    pub(in crate::align) fn beads(&self) -> f64 {
        self.classes.iter().sum()
    }

    /// The shares, of which none is 0.
    pub(in crate::align) fn shares(&self) -> Shares {
        let share = |count: f64| ((count + 0.5) / (self.beads() + 1.0)) as f32;
        Shares {
            classes: self.classes.map(share),
            one_sided_gaps: share(self.one_sided_gaps),
            two_sided_gaps: share(self.two_sided_gaps),
        }
    }
}
