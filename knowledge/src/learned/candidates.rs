//! The classes whose examples are worth a look: the first ones by n-grams, by meaning and by the classes' middles.
//!
//! The examples of all other classes are too far away to be among the nearest, but for a few; leaving them out makes the vote several
//! times cheaper where there are many classes.

/// So many first classes of each mind are looked at.
pub const FIRST_CLASSES: usize = 8;
/// Up to so many examples all classes are looked at: it costs some 50 microseconds, and with few examples the minds know little.
pub const ALL_EXAMPLES_MAX: usize = 2_000;

/// The first [`FIRST_CLASSES`] classes of each list of scores, every class once, rising; all when there are few examples.
pub fn candidates(minds: &[&[f32]], examples: usize) -> Vec<usize> {
    if examples <= ALL_EXAMPLES_MAX {
        return (0..minds.iter().map(|scores| scores.len()).max().unwrap_or(0)).collect();
    }
    let mut chosen: Vec<usize> = minds.iter().flat_map(|scores| firsts(scores)).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// The places of the highest scores; of equals the earlier.
fn firsts(scores: &[f32]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..scores.len()).collect();
    if places.len() > FIRST_CLASSES {
        let score = |place: &usize| scores.get(*place).copied().unwrap_or(f32::NEG_INFINITY);
        places.select_nth_unstable_by(FIRST_CLASSES, |a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
        places.truncate(FIRST_CLASSES);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: usize = 10_000;

    #[test]
    fn few_classes_are_all_looked_at() {
        assert_eq!(candidates(&[&[0.1, 0.2, 0.3], &[0.3, 0.2, 0.1]], MANY), [0, 1, 2]);
        assert!(candidates(&[], MANY).is_empty() && candidates(&[&[]], MANY).is_empty());
        assert_eq!(candidates(&[&[0.5; 20]], ALL_EXAMPLES_MAX), (0..20).collect::<Vec<_>>(), "nor are those of few examples");
    }

    #[test]
    fn the_first_of_every_mind_are_looked_at_once() {
        let rising: Vec<f32> = (0..40u8).map(f32::from).collect();
        let falling: Vec<f32> = rising.iter().map(|score| -score).collect();
        let expected: Vec<usize> = (0..FIRST_CLASSES).chain(40 - FIRST_CLASSES..40).collect();
        assert_eq!(candidates(&[&rising, &falling, &rising], MANY), expected);
    }

    #[test]
    fn of_equals_the_earlier_classes_are_taken() {
        assert_eq!(candidates(&[&[0.5; 20]], MANY), (0..FIRST_CLASSES).collect::<Vec<_>>());
    }
}
