//! Adaptation of the shares of bead shapes to a pair of articles.
//!
//! Some translators merge and split sentences all the time, others never. The weights know the mean
//! over the texts that they were learnt from. A few steps of expectation-maximisation (Dempster et
//! al. 1977) adapt it: the expected number of beads of each class of shapes, with pseudo-counts of
//! the learnt shares, gives the shares of this pair, and the biases change by the logarithm of the
//! ratio.

use crate::align::band::Band;
use crate::align::crf::lattice::Lattice;
use crate::align::crf::posterior::constraint::{Constraint, Unconstrained};
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::posteriors::GapStep;
use crate::align::crf::potentials::Potentials;
use crate::align::crf::weights::Shares;
use crate::align::features::shape::ShapeClass;

/// Adapts the potentials and gap scores of a pair.
pub(in crate::align) fn adapt(
    lattice: &mut Lattice<'_>,
    band: &Band,
    potentials: &mut Potentials,
    shares: &Shares,
    temperature: f32,
) {
    let (alpha, iterations) = env();
    let mut offsets = [0.0_f32; ShapeClass::COUNT];
    let mut gap_offsets = [0.0_f32; 2];
    for _ in 0..iterations {
        let paths = ForwardBackward::new(lattice, band, potentials, Unconstrained, temperature);
        let counts = Counts::expected(&paths);
        let total = counts.beads();
        let new: [f32; ShapeClass::COUNT] = std::array::from_fn(|class| {
            let share = f64::from(shares.classes[class]);
            ((counts.classes[class] + alpha * share) / (total + alpha) / share).ln() as f32
        });
        for (at, shape) in lattice.shapes.iter().enumerate() {
            let class = ShapeClass::of(*shape).index();
            potentials.add(at, new[class] - offsets[class]);
        }
        offsets = new;
        let ratio = |count: f64, share: f64| {
            ((count + alpha * share) / (total + alpha) / share).ln() as f32
        };
        let one = ratio(counts.one_sided_gaps, f64::from(shares.one_sided_gaps));
        let both = ratio(counts.two_sided_gaps, f64::from(shares.two_sided_gaps));
        lattice.gaps.shift(one - gap_offsets[0], (both - one) - gap_offsets[1]);
        gap_offsets = [one, both - one];
    }
}

fn env() -> (f64, usize) {
    static E: std::sync::OnceLock<(f64, usize)> = std::sync::OnceLock::new();
    *E.get_or_init(|| {
        let v = std::env::var("ADAPT").unwrap_or_else(|_| "20,0".into());
        let v: Vec<f64> = v.split(',').map(|x| x.parse().unwrap()).collect();
        (v[0], v[1] as usize)
    })
}

/// Counts of beads and gaps inside of articles, expected or given.
#[derive(Clone, Copy, Default)]
pub(in crate::align) struct Counts {
    pub(in crate::align) classes: [f64; ShapeClass::COUNT],
    pub(in crate::align) one_sided_gaps: f64,
    pub(in crate::align) two_sided_gaps: f64,
}

impl Counts {
    /// The expected counts of a path.
    pub(in crate::align) fn expected<A: Constraint>(paths: &ForwardBackward<'_, A>) -> Counts {
        let mut counts = Counts::default();
        paths.each_bead(|bead, posterior| {
            counts.classes[ShapeClass::of(bead.shape).index()] += posterior;
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
