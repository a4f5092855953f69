//! Passages that come back. A passage id is a hash of the text and its place, so a document that returns to an earlier
//! wording brings ids that are already taken by a closed period. Each period keeps its own passage, so that neither the
//! old nor the new one loses its dates.

/// The name of the `n`th period of a passage, counted from 1: the first one keeps the name that the chunker gave.
pub fn passage_name(base: &str, period: u64) -> String {
    match period {
        0 | 1 => base.to_owned(),
        later => format!("{base}~{later}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_period_has_its_own_name_and_the_first_keeps_the_plain_one() {
        assert_eq!(passage_name("abc", 1), "abc");
        assert_eq!(passage_name("abc", 2), "abc~2");
        assert_eq!(passage_name("abc", 3), "abc~3");
    }
}
