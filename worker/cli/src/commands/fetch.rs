//! `whimbrel fetch`: past tickets and articles of the helpdesk become files, which `learn` and `knowledge add` read.

use crate::args::fetch::{FetchArticlesArgs, FetchCommand, FetchTicketsArgs};
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::vendors;
use anyhow::Context;
use runtime::ports::archive::{Archive, Article, Markup};
use runtime::ports::helpdesk::HelpdeskError;
use serde_json::json;
use std::collections::BTreeSet;
use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

/// A call that the vendor puts off is made again so often.
pub const TRIES_MAX: u32 = 6;
/// And waits so long when the vendor does not say, in milliseconds.
pub const WAIT_MS: u64 = 10_000;
/// After so many tickets the progress is shown.
const SHOWN_EVERY: usize = 100;

/// Fetches.
pub async fn run(config: &Config, command: &FetchCommand, screen: &Screen) -> anyhow::Result<ExitCode> {
    let archive = vendors::archive(config)?;
    match command {
        FetchCommand::Tickets(args) => tickets(archive.as_ref(), args, screen).await?,
        FetchCommand::Articles(args) => articles(archive.as_ref(), args, screen).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn tickets(archive: &dyn Archive, args: &FetchTicketsArgs, screen: &Screen) -> anyhow::Result<()> {
    let ids = patiently(|| archive.past_tickets(args.since)).await?;
    screen.line(format!("{} conversations since {}", ids.len(), args.since));
    let (mut lines, mut count) = (String::new(), 0_usize);
    for (done, id) in ids.iter().enumerate() {
        if let Some(ticket) = patiently(|| archive.past_ticket(id)).await? {
            lines.push_str(&serde_json::to_string(&ticket)?);
            lines.push('\n');
            count += 1;
        }
        if (done + 1) % SHOWN_EVERY == 0 {
            screen.line(format!("{} of {} read", done + 1, ids.len()));
        }
    }
    Home::replace(&args.file, lines.as_bytes())?;
    screen.line(format!("{count} tickets that a person answered are in {}", args.file.display()));
    screen.json(&json!({ "conversations": ids.len(), "tickets": count, "file": args.file }))
}

async fn articles(archive: &dyn Archive, args: &FetchArticlesArgs, screen: &Screen) -> anyhow::Result<()> {
    let articles = patiently(|| archive.articles()).await?;
    std::fs::create_dir_all(&args.folder).with_context(|| format!("cannot make {}", args.folder.display()))?;
    let mut written = BTreeSet::new();
    for article in &articles {
        let name = format!("{}.{}", name(&article.id), ending(article.markup));
        Home::replace(&args.folder.join(&name), page(article).as_bytes())?;
        written.insert(name);
    }
    let gone = remove_gone(args, &written)?;
    screen.line(format!("{} articles are in {}, {gone} that are gone were removed", written.len(), args.folder.display()));
    screen.json(&json!({ "articles": written.len(), "gone": gone, "folder": args.folder }))
}

/// Articles that the helpdesk no longer has must not answer: their files go, and the next `knowledge sync` forgets them.
fn remove_gone(args: &FetchArticlesArgs, written: &BTreeSet<String>) -> anyhow::Result<usize> {
    let mut gone = 0;
    for entry in std::fs::read_dir(&args.folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let id = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'));
        let is_ours = id.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
        if is_ours && !written.contains(&name) {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// The helpdesk's id without anything that could lead out of the folder.
fn name(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// What files of articles end with.
const ENDINGS: [&str; 2] = ["html", "md"];

fn ending(markup: Markup) -> &'static str {
    match markup {
        Markup::Html => "html",
        Markup::Markdown => "md",
    }
}

/// The article as a document that says where people read it: an agent finds it by that link in a draft.
fn page(article: &Article) -> String {
    match article.markup {
        Markup::Html => html_page(article),
        Markup::Markdown => {
            let title: String = article.title.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("---\ntitle: {title}\nlink: {}\n---\n\n# {title}\n\n{}\n", article.url, article.body)
        }
    }
}

fn html_page(article: &Article) -> String {
    let title = adapters::helpdesk::html::escaped(&article.title);
    let link = adapters::helpdesk::html::escaped(&article.url);
    format!(
        "<html><head><title>{title}</title><link rel=\"canonical\" href=\"{link}\"></head><body><h1>{title}</h1>\n{}\n</body></html>\n",
        article.body
    )
}

/// Waits when the vendor asks to, and goes on.
async fn patiently<T, F: Future<Output = Result<T, HelpdeskError>>>(call: impl Fn() -> F) -> anyhow::Result<T> {
    for _ in 1..TRIES_MAX {
        match call().await {
            Err(HelpdeskError::Again { retry_after_ms, .. }) => {
                let wait_ms = retry_after_ms.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(WAIT_MS);
                tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            }
            other => return Ok(other?),
        }
    }
    Ok(call().await?)
}
