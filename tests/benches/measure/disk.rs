//! The disk below: how fast it syncs, and a library that makes it slow.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How often a second the disk makes 4 KiB durable.
pub(crate) fn fdatasync_rate(folder: &Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("probe")).unwrap();
    file.write_all(&[0; 4096]).unwrap();
    file.sync_all().unwrap();
    let (start, mut count) = (Instant::now(), 0u32);
    while start.elapsed() < Duration::from_secs(2) {
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(&[1; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// A C file beside the benchmarks as a library that can be preloaded; none without a C compiler.
pub(crate) fn compiled(source: &str) -> Option<PathBuf> {
    let library = super::target().join(source).with_extension("so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(source);
    let built = Command::new("cc").args(["-O2", "-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
    built.is_ok_and(|status| status.success()).then_some(library)
}
