//! Conditions on payloads.

use super::world::{Collection, Point};
use qdrant_client::qdrant::condition::ConditionOneOf;
use qdrant_client::qdrant::r#match::MatchValue;
use qdrant_client::qdrant::value::Kind;
use qdrant_client::qdrant::{Condition, FieldCondition, Filter, Range, Value};
use tonic::Status;

/// Whether a point may be found.
pub fn matches(collection: &Collection, filter: &Filter, id: &str, point: &Point) -> Result<bool, Status> {
    let hold = |conditions: &[Condition]| -> Result<Vec<bool>, Status> {
        conditions.iter().map(|condition| holds(collection, condition, id, point)).collect()
    };
    let should = hold(&filter.should)?;
    Ok(hold(&filter.must)?.iter().all(|holds| *holds)
        && !hold(&filter.must_not)?.iter().any(|holds| *holds)
        && (should.is_empty() || should.iter().any(|holds| *holds)))
}

fn holds(collection: &Collection, condition: &Condition, id: &str, point: &Point) -> Result<bool, Status> {
    match &condition.condition_one_of {
        Some(ConditionOneOf::Field(field)) => of_field(collection, field, point),
        Some(ConditionOneOf::HasId(ids)) => {
            Ok(ids.has_id.iter().any(|other| super::world::key(Some(other)).is_ok_and(|other| other == id)))
        }
        Some(ConditionOneOf::Filter(filter)) => matches(collection, filter, id, point),
        _ => Err(Status::unimplemented("the double does not know this condition")),
    }
}

fn of_field(collection: &Collection, field: &FieldCondition, point: &Point) -> Result<bool, Status> {
    let key = &field.key;
    if !collection.indexed.contains(key) {
        return Err(Status::invalid_argument(format!("Bad request: Index required but not found for \"{key}\"")));
    }
    let value = point.payload.get(key).and_then(|value: &Value| value.kind.as_ref());
    if let Some(range) = &field.range {
        return Ok(match value {
            Some(Kind::IntegerValue(number)) => in_range(range, *number as f64),
            Some(Kind::DoubleValue(number)) => in_range(range, *number),
            _ => false,
        });
    }
    let Some(wanted) = field.r#match.as_ref().and_then(|wanted| wanted.match_value.as_ref()) else {
        return Err(Status::unimplemented("the double does not know this condition on a field"));
    };
    match (wanted, value) {
        (MatchValue::Keyword(wanted), Some(Kind::StringValue(is))) => Ok(wanted == is),
        (MatchValue::Keywords(wanted), Some(Kind::StringValue(is))) => Ok(wanted.strings.contains(is)),
        (MatchValue::Boolean(wanted), Some(Kind::BoolValue(is))) => Ok(wanted == is),
        (MatchValue::Integer(wanted), Some(Kind::IntegerValue(is))) => Ok(wanted == is),
        (MatchValue::Keyword(_) | MatchValue::Keywords(_) | MatchValue::Boolean(_) | MatchValue::Integer(_), _) => Ok(false),
        _ => Err(Status::unimplemented("the double does not know this kind of match")),
    }
}

/// The server compares as doubles.
fn in_range(range: &Range, value: f64) -> bool {
    range.lt.is_none_or(|max| value < max)
        && range.lte.is_none_or(|max| value <= max)
        && range.gt.is_none_or(|min| value > min)
        && range.gte.is_none_or(|min| value >= min)
}
