//! The folder of a run: what lies where.

use crate::home::Home;
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use simulations::guard::LeakAudit;
use simulations::line::Line;
use simulations::report::data::{Report, Setup};
use simulations::report::sources::Contradicting;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Name of the folder of all runs in the data folder.
const RUNS: &str = "simulations";

/// What a run knows beside its lines.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// What was run.
    pub setup: Setup,
    /// The first block of the slice on which dials are tried.
    pub second_from_block: usize,
    /// All documents, as `SOURCE/DOCUMENT`.
    pub documents: Vec<String>,
    /// Passages that say different things.
    pub contradicting: Vec<Contradicting>,
    /// The leak audit.
    pub audit: LeakAudit,
    /// The run that this one was compared with.
    pub compared_with: Option<PathBuf>,
}

/// The folder of a run.
#[derive(Clone, Debug)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// A folder at a path.
    pub fn at(path: &Path) -> Self {
        RunFolder(path.to_path_buf())
    }

    /// The folder of a new run.
    pub fn new(home: &Home, out: Option<&str>, run: &str) -> Self {
        RunFolder(out.map_or_else(|| home.root().join(RUNS).join(run), PathBuf::from))
    }

    /// The folder of a run that is there: by its path, by its name, or the newest.
    pub fn find(home: &Home, named: Option<&str>) -> anyhow::Result<Self> {
        let runs = home.root().join(RUNS);
        let Some(name) = named else {
            let folders = std::fs::read_dir(&runs).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
            let finished = folders.filter_map(|path| Some((std::fs::metadata(path.join("report.json")).ok()?.modified().ok()?, path)));
            let newest = finished.max().map(|(_, path)| path);
            return newest.map(RunFolder).context("no run is there yet: `whimbrel simulate TICKETS` makes one");
        };
        let found = [PathBuf::from(name), runs.join(name)].into_iter().find(|path| path.join("report.json").is_file());
        found
            .map(RunFolder)
            .with_context(|| format!("there is no finished run `{name}`: name its folder, or one of those in {}", runs.display()))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The lines of one block, before they are joined.
    pub fn block(&self, block: usize) -> PathBuf {
        self.work().join(format!("block-{block}.jsonl"))
    }

    /// What is thrown away when the run is finished.
    pub fn work(&self) -> PathBuf {
        self.0.join("work")
    }

    /// Makes the folder and its working folder.
    pub fn make(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(self.work()).with_context(|| format!("cannot make {}: choose another --out", self.0.display()))
    }

    /// Every line of the run, oldest first, one in memory at a time.
    pub fn lines(&self) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Line>> + use<>> {
        read_lines(&self.file("tickets.jsonl"))
    }

    /// The report.
    pub fn report(&self) -> anyhow::Result<Report> {
        self.json("report.json")
    }

    /// What the run knows beside its lines.
    pub fn facts(&self) -> anyhow::Result<Facts> {
        self.json("facts.json")
    }

    fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> anyhow::Result<T> {
        let path = self.file(name);
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged or of another version: run the simulation again", path.display()))
    }
}

/// Lines of a file, one in memory at a time.
pub fn read_lines<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<impl Iterator<Item = anyhow::Result<T>> + use<T>> {
    let shown = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
    Ok(BufReader::new(file).lines().enumerate().map(move |(n, line)| {
        let line = line.with_context(|| format!("cannot read {shown}"))?;
        serde_json::from_str(&line).with_context(|| format!("{shown} line {} is damaged: run the simulation again", n + 1))
    }))
}

/// Writes lines one after the other, so that the file is there whole or not at all.
pub struct LineWriter {
    path: PathBuf,
    temporary: PathBuf,
    file: BufWriter<File>,
}

impl LineWriter {
    /// Begins a file.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let temporary = path.with_extension("new");
        let file = File::create(&temporary).with_context(|| unwritten(path))?;
        Ok(LineWriter { path: path.to_path_buf(), temporary, file: BufWriter::new(file) })
    }

    /// The next line.
    pub fn write(&mut self, line: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.file, line).with_context(|| unwritten(&self.path))?;
        self.file.write_all(b"\n").with_context(|| unwritten(&self.path))
    }

    /// All of another file, byte by byte.
    pub fn append(&mut self, other: &Path) -> anyhow::Result<()> {
        let mut file = File::open(other).with_context(|| format!("cannot open {}", other.display()))?;
        std::io::copy(&mut file, &mut self.file).with_context(|| unwritten(&self.path))?;
        Ok(())
    }

    /// The file is whole.
    pub fn finish(self) -> anyhow::Result<()> {
        self.file.into_inner().map_err(|error| error.into_error()).with_context(|| unwritten(&self.path))?;
        std::fs::rename(&self.temporary, &self.path).with_context(|| unwritten(&self.path))
    }
}

fn unwritten(path: &Path) -> String {
    format!("cannot write {}: is the disk full?", path.display())
}

/// Writes all lines of a file.
pub fn write_lines<T: Serialize>(path: &Path, lines: impl IntoIterator<Item = T>) -> anyhow::Result<()> {
    let mut writer = LineWriter::create(path)?;
    lines.into_iter().try_for_each(|line| writer.write(&line))?;
    writer.finish()
}

/// Refuses to write a run into a folder that holds something else.
pub fn check_empty(folder: &RunFolder) -> anyhow::Result<()> {
    let is_ours = folder.file("facts.json").exists() || folder.work().exists();
    let is_taken = std::fs::read_dir(folder.path()).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken && !is_ours {
        bail!("{} holds something else: choose an empty folder with --out", folder.path().display());
    }
    Ok(())
}
