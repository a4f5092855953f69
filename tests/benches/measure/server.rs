//! Processor time of a server beside the program.

use std::path::Path;

/// User and system seconds of a process, of its children, and of those of its children that have ended (fields 14 to 17 of
/// `/proc/PID/stat`).
pub(crate) fn cpu_s(pid: &str) -> f64 {
    let mut ticks = 0.0;
    for entry in std::fs::read_dir("/proc").unwrap() {
        let Ok(stat) = std::fs::read_to_string(entry.unwrap().path().join("stat")) else { continue };
        let Some((head, tail)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = tail.split_whitespace().collect();
        let is_server = head.split(' ').next() == Some(pid);
        if is_server || fields.get(1) == Some(&pid) {
            let until = if is_server { 15 } else { 13 };
            ticks += fields[11..until].iter().filter_map(|field| field.parse::<f64>().ok()).sum::<f64>();
        }
    }
    ticks / super::TICKS_PER_S
}

/// The process of a PostgreSQL in this folder.
pub(crate) fn postgres(folder: &Path) -> String {
    let file = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    file.lines().next().unwrap().trim().to_owned()
}
