//! The shape of a bead: how many sentences it has on each side.

use crate::align::features::named_enum::named_enum;

/// Source and target sentences of a bead, each at least 1.
pub(in crate::align) type Shape = (usize, usize);

named_enum! {
    /// Shapes that share weights. The smaller side is named first, whichever it is.
    ShapeClass {
        OneToOne = "1-1",
        OneToTwo = "1-2",
        OneToThree = "1-3",
        TwoToTwo = "2-2",
        OneToFour = "1-4",
        TwoToThree = "2-3",
        Larger = "larger",
    }
}

impl ShapeClass {
    pub(in crate::align) const fn of((a, b): Shape) -> ShapeClass {
        let (small, large) = if a < b { (a, b) } else { (b, a) };
        match (small, large) {
            (1, 1) => ShapeClass::OneToOne,
            (1, 2) => ShapeClass::OneToTwo,
            (1, 3) => ShapeClass::OneToThree,
            (2, 2) => ShapeClass::TwoToTwo,
            (1, 4) => ShapeClass::OneToFour,
            (2, 3) => ShapeClass::TwoToThree,
            _ => ShapeClass::Larger,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_and_its_mirror_are_of_the_class_that_is_named_after_them() {
        for class in ShapeClass::ALL.into_iter().filter(|class| *class != ShapeClass::Larger) {
            let sizes: Vec<usize> =
                class.name().split('-').filter_map(|size| size.parse().ok()).collect();
            assert_eq!(ShapeClass::of((sizes[0], sizes[1])), class);
            assert_eq!(ShapeClass::of((sizes[1], sizes[0])), class);
        }
        assert_eq!(ShapeClass::of((3, 3)), ShapeClass::Larger);
        assert_eq!(ShapeClass::of((8, 1)), ShapeClass::Larger);
    }
}
