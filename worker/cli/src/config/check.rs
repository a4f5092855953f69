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
