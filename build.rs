//! Tells Cargo what the binary is made of besides its source, and names the version.

use std::path::Path;

fn main() {
    for folder in ["migrations", "templates", "src/web/assets"] {
        watch(Path::new(folder));
    }
    let newest = newest_migration().unwrap_or_else(|| "none".to_owned());
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    println!("cargo::rustc-env=BUILT_SCHEMA={newest}");
    println!("cargo::rustc-env=BUILT_VERSION={version} (schema {newest})");
}

/// Rebuilds when any file below `folder` changes, appears or goes.
fn watch(folder: &Path) {
    if !folder.exists() {
        return;
    }
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            watch(&path);
        } else {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
}

/// The name of the newest migration; the names are dated, so the last one is the newest.
fn newest_migration() -> Option<String> {
    let entries = std::fs::read_dir("migrations/sqlite").ok()?;
    entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).max()
}
