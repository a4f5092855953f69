//! The service of collections and aliases.

use super::server::QdrantWireDouble;
use super::world::{Collection, World};
use qdrant_client::qdrant::alias_operations::Action;
use qdrant_client::qdrant::collections_server::Collections;
use qdrant_client::qdrant::vectors_config::Config;
use qdrant_client::qdrant::{
    AliasDescription, ChangeAliases, CollectionClusterInfoRequest, CollectionClusterInfoResponse, CollectionDescription, CollectionExists,
    CollectionExistsRequest, CollectionExistsResponse, CollectionOperationResponse, CreateCollection, CreateShardKeyRequest,
    CreateShardKeyResponse, DeleteCollection, DeleteShardKeyRequest, DeleteShardKeyResponse, GetCollectionInfoRequest,
    GetCollectionInfoResponse, ListAliasesRequest, ListAliasesResponse, ListCollectionAliasesRequest, ListCollectionsRequest,
    ListCollectionsResponse, ListShardKeysRequest, ListShardKeysResponse, Modifier, UpdateCollection, UpdateCollectionClusterSetupRequest,
    UpdateCollectionClusterSetupResponse,
};
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

/// The methods that answer, and names of those that refuse.
macro_rules! collections_service {
    ({ $($answering:item)* } $($name:ident($asked:ty) -> $answer:ty;)*) => {
        #[tonic::async_trait]
        impl Collections for QdrantWireDouble {
            $($answering)*
            $(async fn $name(&self, _: Request<$asked>) -> Answer<$answer> {
                Err(Status::unimplemented(concat!("the double does not know ", stringify!($name))))
            })*
        }
    };
}

collections_service! {
    {
        async fn list(&self, request: Request<ListCollectionsRequest>) -> Answer<ListCollectionsResponse> {
            self.enter("list_collections", &request).await?;
            let collections = self.world().collections.keys().map(|name| CollectionDescription { name: name.clone() }).collect();
            Ok(Response::new(ListCollectionsResponse { collections, time: 0.0 }))
        }
        async fn create(&self, request: Request<CreateCollection>) -> Answer<CollectionOperationResponse> {
            self.enter("create_collection", &request).await?;
            let asked = request.into_inner();
            let mut world = self.world();
            if world.collections.contains_key(&asked.collection_name) {
                return Err(Status::already_exists(format!("Wrong input: Collection `{}` already exists!", asked.collection_name)));
            }
            world.collections.insert(asked.collection_name.clone(), of(asked));
            Ok(done())
        }
        async fn delete(&self, request: Request<DeleteCollection>) -> Answer<CollectionOperationResponse> {
            self.enter("delete_collection", &request).await?;
            let name = request.into_inner().collection_name;
            let mut world = self.world();
            world.collections.remove(&name);
            world.aliases.retain(|_, to| *to != name);
            Ok(done())
        }
        async fn update_aliases(&self, request: Request<ChangeAliases>) -> Answer<CollectionOperationResponse> {
            self.enter("update_aliases", &request).await?;
            change(&mut self.world(), request.into_inner())?;
            Ok(done())
        }
        async fn list_aliases(&self, request: Request<ListAliasesRequest>) -> Answer<ListAliasesResponse> {
            self.enter("list_aliases", &request).await?;
            let world = self.world();
            let line = |(alias, to): (&String, &String)| AliasDescription { alias_name: alias.clone(), collection_name: to.clone() };
            Ok(Response::new(ListAliasesResponse { aliases: world.aliases.iter().map(line).collect(), time: 0.0 }))
        }
        async fn collection_exists(&self, request: Request<CollectionExistsRequest>) -> Answer<CollectionExistsResponse> {
            self.enter("collection_exists", &request).await?;
            let exists = self.world().collections.contains_key(&request.into_inner().collection_name);
            Ok(Response::new(CollectionExistsResponse { result: Some(CollectionExists { exists }), time: 0.0 }))
        }
    }
    get(GetCollectionInfoRequest) -> GetCollectionInfoResponse;
    update(UpdateCollection) -> CollectionOperationResponse;
    list_collection_aliases(ListCollectionAliasesRequest) -> ListAliasesResponse;
    collection_cluster_info(CollectionClusterInfoRequest) -> CollectionClusterInfoResponse;
    update_collection_cluster_setup(UpdateCollectionClusterSetupRequest) -> UpdateCollectionClusterSetupResponse;
    create_shard_key(CreateShardKeyRequest) -> CreateShardKeyResponse;
    delete_shard_key(DeleteShardKeyRequest) -> DeleteShardKeyResponse;
    list_shard_keys(ListShardKeysRequest) -> ListShardKeysResponse;
}

fn done() -> Response<CollectionOperationResponse> {
    Response::new(CollectionOperationResponse { result: true, time: 0.0 })
}

fn of(asked: CreateCollection) -> Collection {
    let mut collection = Collection::default();
    if let Some(Config::ParamsMap(named)) = asked.vectors_config.and_then(|vectors| vectors.config) {
        collection.dense = named.map.into_iter().map(|(name, params)| (name, params.size)).collect();
    }
    if let Some(sparse) = asked.sparse_vectors_config {
        let has_idf = |modifier: Option<i32>| modifier == Some(Modifier::Idf as i32);
        collection.sparse = sparse.map.into_iter().map(|(name, params)| (name, has_idf(params.modifier))).collect();
    }
    collection
}

/// All actions or none.
fn change(world: &mut World, asked: ChangeAliases) -> Result<(), Status> {
    let mut aliases = world.aliases.clone();
    for action in asked.actions {
        match action.action {
            Some(Action::CreateAlias(create)) => {
                if !world.collections.contains_key(&create.collection_name) {
                    return Err(Status::not_found(format!("Not found: Collection `{}` doesn't exist!", create.collection_name)));
                }
                aliases.insert(create.alias_name, create.collection_name);
            }
            Some(Action::DeleteAlias(delete)) => drop(aliases.remove(&delete.alias_name)),
            Some(Action::RenameAlias(_)) | None => return Err(Status::unimplemented("the double renames no alias")),
        }
    }
    world.aliases = aliases;
    Ok(())
}
