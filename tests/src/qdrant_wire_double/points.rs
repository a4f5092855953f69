//! The service of points.

use super::engine::{normed, query, selected};
use super::filter::matches;
use super::server::QdrantWireDouble;
use super::world::{Collection, Point, id, key};
use qdrant_client::qdrant::facet_value::Variant;
use qdrant_client::qdrant::points_server::Points;
use qdrant_client::qdrant::value::Kind;
use qdrant_client::qdrant::vector::Vector as Stored;
use qdrant_client::qdrant::vectors::VectorsOptions;
use qdrant_client::qdrant::{
    BatchResult, ClearPayloadPoints, CountPoints, CountResponse, CreateFieldIndexCollection, CreateVectorNameRequest,
    DeleteFieldIndexCollection, DeletePayloadPoints, DeletePointVectors, DeletePoints, DeleteVectorNameRequest, DiscoverBatchPoints,
    DiscoverBatchResponse, DiscoverPoints, DiscoverResponse, FacetCounts, FacetHit, FacetResponse, FacetValue, GetPoints, GetResponse,
    PointStruct, PointsOperationResponse, QueryBatchPoints, QueryBatchResponse, QueryGroupsResponse, QueryPointGroups, QueryPoints,
    QueryResponse, RecommendBatchPoints, RecommendBatchResponse, RecommendGroupsResponse, RecommendPointGroups, RecommendPoints,
    RecommendResponse, RetrievedPoint, ScrollPoints, ScrollResponse, SearchBatchPoints, SearchBatchResponse, SearchGroupsResponse,
    SearchMatrixOffsetsResponse, SearchMatrixPairsResponse, SearchMatrixPoints, SearchPointGroups, SearchPoints, SearchResponse,
    SetPayloadPoints, UpdateBatchPoints, UpdateBatchResponse, UpdateMode, UpdatePointVectors, UpdateResult, UpsertPoints,
};
use std::collections::BTreeMap;
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

/// The methods that answer, and names of those that refuse.
macro_rules! points_service {
    ({ $($answering:item)* } $($name:ident($asked:ty) -> $answer:ty;)*) => {
        #[tonic::async_trait]
        impl Points for QdrantWireDouble {
            $($answering)*
            $(async fn $name(&self, _: Request<$asked>) -> Answer<$answer> {
                Err(Status::unimplemented(concat!("the double does not know ", stringify!($name))))
            })*
        }
    };
}

points_service! {
    {
        async fn upsert(&self, request: Request<UpsertPoints>) -> Answer<PointsOperationResponse> {
            self.enter("upsert", &request).await?;
            let asked = request.into_inner();
            let mut world = self.world();
            put(world.collection(&asked.collection_name)?, asked)?;
            Ok(Response::new(done()))
        }
        async fn get(&self, request: Request<GetPoints>) -> Answer<GetResponse> {
            self.enter("get", &request).await?;
            let asked = request.into_inner();
            let mut world = self.world();
            let collection = world.collection(&asked.collection_name)?;
            let mut result = Vec::new();
            for wanted in &asked.ids {
                if let Some(point) = collection.points.get(&key(Some(wanted))?) {
                    let payload = selected(asked.with_payload.as_ref(), point.payload.clone());
                    result.push(RetrievedPoint { id: Some(wanted.clone()), payload, ..RetrievedPoint::default() });
                }
            }
            Ok(Response::new(GetResponse { result, ..GetResponse::default() }))
        }
        async fn create_field_index(&self, request: Request<CreateFieldIndexCollection>) -> Answer<PointsOperationResponse> {
            self.enter("create_field_index", &request).await?;
            let asked = request.into_inner();
            self.world().collection(&asked.collection_name)?.indexed.insert(asked.field_name);
            Ok(Response::new(done()))
        }
        async fn query(&self, request: Request<QueryPoints>) -> Answer<QueryResponse> {
            self.enter("query", &request).await?;
            let asked = request.into_inner();
            let result = query(self.world().collection(&asked.collection_name)?, &asked)?;
            Ok(Response::new(QueryResponse { result, ..QueryResponse::default() }))
        }
        async fn query_batch(&self, request: Request<QueryBatchPoints>) -> Answer<QueryBatchResponse> {
            self.enter("query_batch", &request).await?;
            let asked = request.into_inner();
            let mut world = self.world();
            let collection = world.collection(&asked.collection_name)?;
            let answered = asked.query_points.iter().map(|one| Ok(BatchResult { result: query(collection, one)? }));
            let result = answered.collect::<Result<_, Status>>()?;
            Ok(Response::new(QueryBatchResponse { result, ..QueryBatchResponse::default() }))
        }
        async fn facet(&self, request: Request<FacetCounts>) -> Answer<FacetResponse> {
            self.enter("facet", &request).await?;
            let asked = request.into_inner();
            let mut world = self.world();
            let hits = facet(world.collection(&asked.collection_name)?, &asked)?;
            Ok(Response::new(FacetResponse { hits, ..FacetResponse::default() }))
        }
    }
    delete(DeletePoints) -> PointsOperationResponse;
    update_vectors(UpdatePointVectors) -> PointsOperationResponse;
    delete_vectors(DeletePointVectors) -> PointsOperationResponse;
    set_payload(SetPayloadPoints) -> PointsOperationResponse;
    overwrite_payload(SetPayloadPoints) -> PointsOperationResponse;
    delete_payload(DeletePayloadPoints) -> PointsOperationResponse;
    clear_payload(ClearPayloadPoints) -> PointsOperationResponse;
    delete_field_index(DeleteFieldIndexCollection) -> PointsOperationResponse;
    create_vector_name(CreateVectorNameRequest) -> PointsOperationResponse;
    delete_vector_name(DeleteVectorNameRequest) -> PointsOperationResponse;
    search(SearchPoints) -> SearchResponse;
    search_batch(SearchBatchPoints) -> SearchBatchResponse;
    search_groups(SearchPointGroups) -> SearchGroupsResponse;
    scroll(ScrollPoints) -> ScrollResponse;
    recommend(RecommendPoints) -> RecommendResponse;
    recommend_batch(RecommendBatchPoints) -> RecommendBatchResponse;
    recommend_groups(RecommendPointGroups) -> RecommendGroupsResponse;
    discover(DiscoverPoints) -> DiscoverResponse;
    discover_batch(DiscoverBatchPoints) -> DiscoverBatchResponse;
    count(CountPoints) -> CountResponse;
    update_batch(UpdateBatchPoints) -> UpdateBatchResponse;
    query_groups(QueryPointGroups) -> QueryGroupsResponse;
    search_matrix_pairs(SearchMatrixPoints) -> SearchMatrixPairsResponse;
    search_matrix_offsets(SearchMatrixPoints) -> SearchMatrixOffsetsResponse;
}

fn done() -> PointsOperationResponse {
    PointsOperationResponse { result: Some(UpdateResult { operation_id: Some(0), status: 2 }), ..PointsOperationResponse::default() }
}

/// What is there is replaced when the filter matches it; what is not there is put in.
fn put(collection: &mut Collection, asked: UpsertPoints) -> Result<(), Status> {
    let mode = asked.update_mode();
    for incoming in asked.points {
        let name = key(incoming.id.as_ref())?;
        let may = match collection.points.get(&name) {
            None => mode != UpdateMode::UpdateOnly,
            Some(_) if mode == UpdateMode::InsertOnly => false,
            Some(present) => match &asked.update_filter {
                Some(filter) => matches(collection, filter, &name, present)?,
                None => true,
            },
        };
        let point = read(collection, incoming)?;
        if may {
            collection.points.insert(name, point);
        }
    }
    Ok(())
}

fn read(collection: &Collection, incoming: PointStruct) -> Result<Point, Status> {
    let mut point = Point { payload: incoming.payload, ..Point::default() };
    let Some(VectorsOptions::Vectors(named)) = incoming.vectors.and_then(|vectors| vectors.vectors_options) else {
        return Ok(point);
    };
    for (name, vector) in named.vectors {
        match vector.vector {
            Some(Stored::Dense(dense)) if collection.dense.get(&name) == Some(&(dense.data.len() as u64)) => {
                point.dense.insert(name, normed(&dense.data));
            }
            Some(Stored::Sparse(sparse)) if collection.sparse.contains_key(&name) => {
                let count = sparse.indices.len();
                let values: BTreeMap<u32, f32> = sparse.indices.into_iter().zip(sparse.values).collect();
                if values.len() != count {
                    return Err(Status::invalid_argument("Validation error: indices must be unique"));
                }
                point.sparse.insert(name, values);
            }
            _ => return Err(Status::invalid_argument(format!("Wrong input: the vector {name} is unknown or of another length"))),
        }
    }
    Ok(point)
}

fn facet(collection: &Collection, asked: &FacetCounts) -> Result<Vec<FacetHit>, Status> {
    if !collection.indexed.contains(&asked.key) {
        return Err(Status::invalid_argument(format!("Bad request: Index required but not found for \"{}\"", asked.key)));
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, point) in &collection.points {
        let may = asked.filter.as_ref().map_or(Ok(true), |filter| matches(collection, filter, name, point))?;
        if may && let Some(Kind::StringValue(value)) = point.payload.get(&asked.key).and_then(|value| value.kind.as_ref()) {
            *counts.entry(value.as_str()).or_default() += 1;
        }
    }
    let limit = usize::try_from(asked.limit.unwrap_or(super::engine::LIMIT_DEFAULT)).unwrap_or(usize::MAX);
    let value = |text: &str| Some(FacetValue { variant: Some(Variant::StringValue(text.to_owned())) });
    Ok(counts.into_iter().take(limit).map(|(text, count)| FacetHit { value: value(text), count }).collect())
}

/// Ids of the points of a collection that have this payload value, for tests that look behind the port.
pub fn ids_with(collection: &Collection, field: &str, value: &str) -> Vec<String> {
    let has = |point: &Point| point.payload.get(field).and_then(|value| value.as_str()).is_some_and(|text| text == value);
    collection.points.iter().filter(|(_, point)| has(point)).map(|(name, _)| key(Some(&id(name))).unwrap_or_default()).collect()
}
