//! Looks for everything that is wrong with a configuration, and says it all at once.

use std::collections::BTreeMap;
use toml::{Table, Value};

/// Names that no default has and values of another type than the default's, each with what to do.
pub fn faults(given: &Table, defaults: &Table) -> Vec<String> {
    let (given, defaults) = (flatten(given), flatten(defaults));
    let mut faults = Vec::new();
    for (name, value) in &given {
        match defaults.get(name) {
            None => faults.push(unknown(name, defaults.keys().map(String::as_str))),
            Some(default) if !has_type_of(value, default) => faults.push(other_type(name, value, default)),
            Some(_) => {}
        }
    }
    faults
}

/// A whole number stands for a number.
fn has_type_of(value: &Value, default: &Value) -> bool {
    value.type_str() == default.type_str() || (default.is_float() && value.is_integer())
}

/// Dotted names of all leaves.
fn flatten(table: &Table) -> BTreeMap<String, Value> {
    let mut leaves = BTreeMap::new();
    for (key, value) in table {
        match value.as_table() {
            Some(inner) => leaves.extend(flatten(inner).into_iter().map(|(name, value)| (format!("{key}.{name}"), value))),
            None => {
                leaves.insert(key.clone(), value.clone());
            }
        }
    }
    leaves
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|other| (distance(name, other), other)).min();
    match nearest {
        Some((distance, other)) if distance <= 3 => format!("{name} is not a key: did you mean {other}?"),
        Some(_) | None => format!("{name} is not a key: `whimbrel config` prints all of them"),
    }
}

/// A value of another type. Where text is expected the value is not shown: it may be a secret of digits alone, which an environment
/// variable gives as a number.
fn other_type(name: &str, value: &Value, default: &Value) -> String {
    let (is, wanted) = (article(value.type_str()), article(default.type_str()));
    match default {
        Value::String(_) => {
            format!("{name} is {is}: write {wanted}, in double quotes (inside an environment variable's value too), such as {default}")
        }
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            format!("{name} is {} ({}): write {wanted} such as {default}", shown(value), value.type_str())
        }
    }
}

fn shown(value: &Value) -> String {
    value.to_string().chars().take(40).collect()
}

fn article(kind: &str) -> String {
    if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {kind}") } else { format!("a {kind}") }
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(x != *y)).min(above + 1).min(left + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn every_fault_is_named_at_once_with_a_hint() {
        let defaults = table("data_dir = 'x'\n[worker]\nlease_ms = 60000\npoll_ms = 250");
        let given = table("data_dir = 5\n[worker]\nleas_ms = 1\npoll_ms = 'soon'\nsomething_else_entirely = true");
        let faults = faults(&given, &defaults);
        assert_eq!(faults.len(), 4, "{faults:?}");
        assert!(faults.iter().any(|f| f.contains("worker.leas_ms") && f.contains("did you mean worker.lease_ms?")));
        assert!(faults.iter().any(|f| f.contains("worker.poll_ms") && f.contains("an integer such as 250")));
        assert!(faults.iter().any(|f| f.contains("data_dir is an integer: write a string, in double quotes")));
    }

    #[test]
    fn a_value_that_may_be_a_secret_is_not_shown() {
        let faults = faults(&table("[gateway.twilio]\nauth_token = 12345"), &table("[gateway.twilio]\nauth_token = ''"));
        assert!(faults.len() == 1 && !faults.iter().any(|fault| fault.contains("12345")), "{faults:?}");
    }

    #[test]
    fn distances_are_counted_in_letters() {
        for (a, b, expected) in [("", "abc", 3), ("lease", "leas", 1), ("kitten", "sitting", 3), ("same", "same", 0)] {
            assert_eq!(distance(a, b), expected);
        }
    }
}
