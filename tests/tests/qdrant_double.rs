//! The double of Qdrant's wire answers as Qdrant's documentation says, asked by the real client.
#![allow(clippy::unwrap_used)]

use qdrant_client::qdrant::{
    Condition, CreateCollectionBuilder, CreateFieldIndexCollectionBuilder, Distance, FieldType, Filter, Fusion, Modifier, NamedVectors,
    PointStruct, PrefetchQueryBuilder, Query, QueryPointsBuilder, RrfBuilder, ScoredPoint, SparseVectorParamsBuilder,
    SparseVectorsConfigBuilder, UpdateMode, UpsertPointsBuilder, Value, Vector, VectorParamsBuilder, VectorsConfigBuilder,
};
use qdrant_client::{Qdrant, QdrantError};
use std::collections::HashMap;
use tests::qdrant_wire_double::server::{QdrantWireDouble, Serving};

const WORD: u32 = 5;

/// Twenty points, nearer to the first axis the lower their number; the word stands in those from 10 on, the more often the higher.
async fn house() -> (Serving, Qdrant) {
    let server = QdrantWireDouble::default().serve().await.unwrap();
    let client = Qdrant::from_url(&server.url).skip_compatibility_check().build().unwrap();
    let mut dense = VectorsConfigBuilder::default();
    dense.add_named_vector_params("dense", VectorParamsBuilder::new(2, Distance::Cosine));
    let mut words = SparseVectorsConfigBuilder::default();
    words.add_named_vector_params("words", SparseVectorParamsBuilder::default().modifier(Modifier::Idf));
    let collection = CreateCollectionBuilder::new("c").vectors_config(dense).sparse_vectors_config(words);
    client.create_collection(collection).await.unwrap();
    client.create_field_index(CreateFieldIndexCollectionBuilder::new("c", "parity", FieldType::Keyword)).await.unwrap();
    client.create_field_index(CreateFieldIndexCollectionBuilder::new("c", "number", FieldType::Integer)).await.unwrap();
    let points: Vec<PointStruct> = (0..20_u64).map(point).collect();
    client.upsert_points(UpsertPointsBuilder::new("c", points).wait(true)).await.unwrap();
    (server, client)
}

fn point(number: u64) -> PointStruct {
    let mut vectors = NamedVectors::default().add_vector("dense", Vector::new_dense(vec![20.0 - number as f32, number as f32]));
    if number >= 10 {
        vectors = vectors.add_vector("words", Vector::new_sparse(vec![WORD], vec![number as f32]));
    }
    let parity = if number.is_multiple_of(2) { "even" } else { "odd" };
    let payload = HashMap::from([("parity".to_owned(), Value::from(parity)), ("number".to_owned(), Value::from(number as i64))]);
    PointStruct::new(number, vectors, payload)
}

fn near() -> Query {
    vec![1.0, 0.0].into()
}

fn word() -> Query {
    vec![(WORD, 1.0)].into()
}

fn numbers(points: &[ScoredPoint]) -> Vec<i64> {
    points.iter().filter_map(|point| point.payload.get("number")?.as_integer()).collect()
}

fn problem(error: QdrantError) -> (tonic::Code, String) {
    let QdrantError::ResponseError { status } = error else { unreachable!("{error}") };
    (status.code(), status.message().to_owned())
}

#[tokio::test]
async fn ten_points_come_where_no_limit_is_given() {
    let (_server, client) = house().await;
    let asked = QueryPointsBuilder::new("c").query(near()).using("dense").with_payload(true);
    assert_eq!(numbers(&client.query(asked).await.unwrap().result), (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn ranks_are_fused_by_the_documented_formula_under_the_outer_filter() {
    let (_server, client) = house().await;
    let even = Filter::must([Condition::matches("parity", "even".to_owned())]);
    let prefetch = |query: Query, using: &str| PrefetchQueryBuilder::default().query(query).using(using).limit(4_u64);
    let asked = |query: Query| {
        let both = QueryPointsBuilder::new("c").add_prefetch(prefetch(near(), "dense")).add_prefetch(prefetch(word(), "words"));
        both.query(query).filter(even.clone()).limit(20).with_payload(true)
    };
    for (query, k) in [(Query::new_fusion(Fusion::Rrf), 2.0), (Query::new_rrf(RrfBuilder::new().k(60)), 60.0)] {
        let found = client.query(asked(query)).await.unwrap().result;
        let mut found_numbers = numbers(&found);
        found_numbers.sort_unstable();
        assert_eq!(found_numbers, [0, 2, 4, 6, 12, 14, 16, 18], "the filter took no place from what it lets through");
        let of = |number: i64| found.iter().find(|point| numbers(std::slice::from_ref(*point)) == [number]).unwrap().score;
        for (number, position) in [(0, 0.0), (2, 1.0), (18, 0.0), (16, 1.0), (12, 3.0)] {
            let expected: f32 = 1.0 / (position + 1.0 + k - 1.0);
            assert!((of(number) - expected).abs() < 1e-6, "{number}: {} is not {expected}", of(number));
        }
    }
}

#[tokio::test]
async fn words_are_weighed_by_their_rarity_among_the_points_that_have_words() {
    let (_server, client) = house().await;
    let found = client.query(QueryPointsBuilder::new("c").query(word()).using("words").limit(1).with_payload(true)).await.unwrap().result;
    let rarity = (1.0_f32 + (10.0 - 10.0 + 0.5) / (10.0 + 0.5)).ln();
    assert_eq!(numbers(&found), [19]);
    assert!((found[0].score - 19.0 * rarity).abs() < 1e-5, "{}", found[0].score);
}

#[tokio::test]
async fn what_is_unknown_or_has_no_index_is_refused() {
    let (_server, client) = house().await;
    let nowhere = client.query(QueryPointsBuilder::new("nowhere").query(near()).using("dense")).await.unwrap_err();
    assert_eq!(problem(nowhere).0, tonic::Code::NotFound);
    let filter = Filter::must([Condition::matches("colour", "red".to_owned())]);
    let unindexed = client.query(QueryPointsBuilder::new("c").query(near()).using("dense").filter(filter)).await.unwrap_err();
    let (code, message) = problem(unindexed);
    assert!(code == tonic::Code::InvalidArgument && message.contains("Index required but not found"), "{message}");
    let longer: Query = vec![1.0, 0.0, 0.0].into();
    let other_length = client.query(QueryPointsBuilder::new("c").query(longer).using("dense")).await.unwrap_err();
    assert!(problem(other_length).1.contains("expected dim: 2, got 3"));
}

#[tokio::test]
async fn a_filter_on_an_upsert_holds_for_what_is_there_and_a_mode_for_what_is_not() {
    let (_server, client) = house().await;
    let low = Filter::must([Condition::range("number", qdrant_client::qdrant::Range { lt: Some(5.0), ..Default::default() })]);
    let marked = |number: u64| {
        let payload = HashMap::from([("number".to_owned(), Value::from(-(number as i64) - 1))]);
        PointStruct::new(number, NamedVectors::default().add_vector("dense", Vector::new_dense(vec![1.0, 0.0])), payload)
    };
    let asked = |points: Vec<PointStruct>| UpsertPointsBuilder::new("c", points).wait(true).update_filter(low.clone());
    client.upsert_points(asked(vec![marked(3), marked(7), marked(30)])).await.unwrap();
    client.upsert_points(asked(vec![marked(2), marked(31)]).update_mode(UpdateMode::UpdateOnly)).await.unwrap();
    client.upsert_points(asked(vec![marked(1), marked(32)]).update_mode(UpdateMode::InsertOnly)).await.unwrap();
    let all = QueryPointsBuilder::new("c").query(near()).using("dense").limit(100).with_payload(true);
    let mut changed = numbers(&client.query(all).await.unwrap().result);
    changed.retain(|number| *number < 0);
    changed.sort_unstable();
    assert_eq!(changed, [-33, -31, -4, -3]);
}
