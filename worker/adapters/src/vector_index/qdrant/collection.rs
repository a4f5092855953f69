//! Collections and the alias that leads to one of them.

use super::connection::{Connection, Pace};
use super::points::{DENSE, HIDDEN, LANGUAGE, REVISION, SOURCE, TICKET, VALID_FROM, VALID_TO, WORDS};
use super::state;
use super::trouble::{Trouble, lasting};
use qdrant_client::qdrant::alias_operations::Action;
use qdrant_client::qdrant::{
    AliasOperations, ChangeAliases, CreateAlias, CreateCollectionBuilder, CreateFieldIndexCollectionBuilder, DeleteAlias, Distance,
    FieldType, Modifier, SparseVectorParamsBuilder, SparseVectorsConfigBuilder, VectorParamsBuilder, VectorsConfigBuilder,
};

/// Fields with a payload index: all that a filter or a facet names.
pub const INDEXED: [(&str, FieldType); 7] = [
    (HIDDEN, FieldType::Bool),
    (VALID_FROM, FieldType::Integer),
    (VALID_TO, FieldType::Integer),
    (SOURCE, FieldType::Keyword),
    (TICKET, FieldType::Keyword),
    (LANGUAGE, FieldType::Keyword),
    (REVISION, FieldType::Integer),
];

/// The collection that the alias leads to; none when there is no such alias.
pub async fn behind_alias(connection: &Connection) -> Result<Option<String>, Trouble> {
    let alias = &connection.settings.alias;
    let answer = connection.call(Pace::Read, "list aliases", || connection.client.list_aliases()).await?;
    Ok(answer.aliases.into_iter().find(|line| &line.alias_name == alias).map(|line| line.collection_name))
}

/// Makes the first collection and the alias, where there are none. Two workers may do it at once: both mean the same.
pub async fn make_first(connection: &Connection, average_words: f32) -> Result<String, Trouble> {
    let alias = &connection.settings.alias;
    if exists(connection, alias).await? {
        return Err(lasting(format!("{alias} is a collection and no alias: name another index.qdrant.collection")).into());
    }
    let name = format!("{alias}-1");
    make(connection, &name, average_words).await?;
    match behind_alias(connection).await? {
        Some(other) => Ok(other),
        None => {
            lead(connection, None, &name).await?;
            Ok(name)
        }
    }
}

/// Makes a collection with its payload indexes, and says what it holds. One that is there already is left as it is.
pub async fn make(connection: &Connection, name: &str, average_words: f32) -> Result<(), Trouble> {
    let mut dense = VectorsConfigBuilder::default();
    dense.add_named_vector_params(DENSE, VectorParamsBuilder::new(connection.settings.dimensions as u64, Distance::Cosine));
    let mut words = SparseVectorsConfigBuilder::default();
    words.add_named_vector_params(WORDS, SparseVectorParamsBuilder::default().modifier(Modifier::Idf));
    let request = CreateCollectionBuilder::new(name).vectors_config(dense).sparse_vectors_config(words).build();
    if !exists(connection, name).await? {
        let made = connection.call(Pace::Write, "make the collection", || connection.client.create_collection(request.clone())).await;
        // Another worker may have been faster.
        if let Err(trouble) = made
            && !exists(connection, name).await?
        {
            return Err(trouble);
        }
    }
    for (field, kind) in INDEXED {
        let request = CreateFieldIndexCollectionBuilder::new(name, field, kind).wait(true).build();
        connection.call(Pace::Write, "make a payload index", || connection.client.create_field_index(request.clone())).await?;
    }
    state::describe(connection, name, average_words).await
}

/// Has the alias lead to another collection, in one step: there is no moment without it.
pub async fn lead(connection: &Connection, from: Option<&str>, to: &str) -> Result<(), Trouble> {
    let alias_name = connection.settings.alias.clone();
    let delete = from.map(|_| Action::DeleteAlias(DeleteAlias { alias_name: alias_name.clone() }));
    let create = Action::CreateAlias(CreateAlias { collection_name: to.to_owned(), alias_name: alias_name.clone() });
    let actions = delete.into_iter().chain([create]).map(|action| AliasOperations { action: Some(action) }).collect();
    connection.change_aliases(&ChangeAliases { actions, timeout: None }).await
}

/// Removes a collection with all that it holds.
pub async fn remove(connection: &Connection, name: &str) -> Result<(), Trouble> {
    connection.call(Pace::Write, "remove the collection", || connection.client.delete_collection(name)).await.map(|_| ())
}

/// A name for the next collection: one higher than any that was made for this alias.
pub async fn next_name(connection: &Connection) -> Result<String, Trouble> {
    let alias = &connection.settings.alias;
    let answer = connection.call(Pace::Read, "list collections", || connection.client.list_collections()).await?;
    let numbers = answer.collections.iter().filter_map(|line| line.name.strip_prefix(alias)?.strip_prefix('-')?.parse::<u64>().ok());
    Ok(format!("{alias}-{}", numbers.max().unwrap_or(0) + 1))
}

async fn exists(connection: &Connection, name: &str) -> Result<bool, Trouble> {
    connection.call(Pace::Read, "look for the collection", || connection.client.collection_exists(name)).await
}
