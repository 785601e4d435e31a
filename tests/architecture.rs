//! The house rules that the compiler cannot check: who may import whom, and who may make a promise.

use std::fs;
use std::path::{Path, PathBuf};

const STAGES: [&str; 8] = ["load", "register", "normalize", "detect", "extract", "measure", "estimate", "report"];
const GROUND_AND_NOUNS: [&str; 10] =
    ["raster", "scene", "pair", "region", "change", "structure", "footprint", "capacity", "observer", "pair.rs"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the source folder can be read") {
        let path = entry.expect("the source folder can be listed").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Every source file: its path below `src`, its room, and its text without tests.
fn files() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&root)
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            let room = name.split('/').next().unwrap_or(&name).trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).expect("a source file can be read");
            let code = text.split("#[cfg(test)]").next().unwrap_or(&text).to_owned();
            (name, room, code)
        })
        .collect()
}

/// Rooms of this crate that a text imports.
fn imported_rooms(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .map(|(at, prefix)| {
            let rest = &code[at + prefix.len()..];
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        })
        .collect()
}

#[test]
fn no_stage_imports_another_stage() {
    let mut checked = 0;
    for (name, room, code) in files().iter().filter(|(_, room, _)| STAGES.contains(&room.as_str())) {
        checked += 1;
        for imported in imported_rooms(code) {
            let another = STAGES.contains(&imported.as_str()) && imported != *room;
            assert!(!another, "{name} imports the stage {imported}");
            assert!(imported != "cli", "{name} imports the program");
        }
    }
    assert!(checked >= STAGES.len(), "only {checked} stage files were found");
}

#[test]
fn ground_and_nouns_import_nothing_above_them() {
    for (name, room, code) in files().iter().filter(|(_, room, _)| GROUND_AND_NOUNS.contains(&room.as_str())) {
        for imported in imported_rooms(code) {
            assert!(GROUND_AND_NOUNS.contains(&imported.as_str()), "{name} imports {imported}");
            assert!(room != "raster" || imported == "raster", "{name}, of the ground, imports {imported}");
        }
    }
}

#[test]
fn only_register_and_normalize_make_their_promises() {
    for (name, room, code) in files() {
        let defines = room == "pair";
        assert!(
            !code.contains("from_registration(") || defines || room == "register",
            "{name} makes a registered pair"
        );
        assert!(
            !code.contains("from_normalization(") || defines || room == "normalize",
            "{name} makes a normalized pair"
        );
    }
}

#[test]
fn the_library_neither_prints_nor_exits_nor_knows_the_command_line() {
    const FORBIDDEN: [&str; 6] = ["println!", "eprintln!", "process::exit", "env::var", "clap::", "dbg!"];
    for (name, room, code) in files().iter().filter(|(_, room, _)| !["cli", "main"].contains(&room.as_str())) {
        let said = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in said {
            let found = FORBIDDEN.iter().find(|word| line.contains(**word));
            assert!(found.is_none(), "{name} ({room}) uses {found:?}: {line}");
        }
    }
}

#[test]
fn file_names_say_what_is_inside() {
    for (name, ..) in files() {
        let stem = name.rsplit('/').next().unwrap_or(&name).trim_end_matches(".rs");
        assert!(!["utils", "util", "common", "helpers", "misc"].contains(&stem), "{name} says nothing");
    }
}
