//! The real program in scratch folders: what it writes, what it says, and how it ends.

#![allow(clippy::unwrap_used)]

mod scratch_pair;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, starts_with};
use tempfile::{TempDir, tempdir};

use crate::scratch_pair::{draw_pair, draw_scene, write_placed};

/// Files that `compare` promises.
const CONTRACT_FILES: [&str; 10] = [
    "new_structures.png",
    "removed_structures.png",
    "probability.tif",
    "options.toml",
    "annotated.png",
    "before_after.png",
    "structures.csv",
    "summary.csv",
    "structures.geojson",
    "analysis.json",
];

/// How `structures.csv` begins.
const STRUCTURES_HEADER: &str = "site,id,status,kind,kind_probability,center_x_px,center_y_px,lon,lat,length_m,width_m,\
    orientation_deg,area_m2,area_m2_p5,area_m2_p95,length_px,width_px,area_px,height_m,height_sd_m,storeys,p_housing,\
    capacity_p5,capacity_p50,capacity_p95,score,note";

/// How `summary.csv` begins.
const SUMMARY_HEADER: &str = "site,before_date,after_date,gsd_m,new_structures,new_structures_p5,new_structures_p95,\
    removed_structures,new_area_m2,barracks,warehouses,capacity_p5,capacity_p25,capacity_p50,capacity_p75,capacity_p95,\
    confidence,registration,residual_px,warnings";

fn sitedelta() -> Command {
    Command::cargo_bin("sitedelta").unwrap()
}

/// A scratch folder with `before.png`, `after.png` of a drawn pair.
fn scratch() -> TempDir {
    let folder = tempdir().unwrap();
    draw_pair(folder.path());
    folder
}

fn in_folder(folder: &Path) -> Command {
    let mut command = sitedelta();
    command.current_dir(folder);
    command
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// A failed command leaves no output folder, nor anything hidden beside it.
fn assert_nothing_left(folder: &Path, there_before: &BTreeSet<String>) {
    assert_eq!(&names(folder), there_before);
}

/// Checks that every promised file is there, whole and of the right shape.
fn assert_contract(out: &Path, size: (u32, u32)) {
    for name in CONTRACT_FILES {
        let length = fs::metadata(out.join(name)).unwrap_or_else(|error| panic!("{name}: {error}")).len();
        assert!(length > 0, "{name} is empty");
    }
    assert!(names(out).iter().all(|name| !name.starts_with('.')), "leftovers in {:?}", names(out));
    for name in ["new_structures.png", "removed_structures.png"] {
        let mask = image::open(out.join(name)).unwrap();
        assert_eq!(mask.color(), image::ColorType::L8, "{name}");
        let mask = mask.into_luma8();
        assert_eq!(mask.dimensions(), size, "{name}");
        assert!(mask.pixels().all(|pixel| matches!(pixel.0[0], 0 | 255)), "{name}");
    }
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert!(text("structures.csv").starts_with(STRUCTURES_HEADER), "{}", text("structures.csv"));
    assert!(text("summary.csv").starts_with(SUMMARY_HEADER), "{}", text("summary.csv"));
    assert_eq!(text("summary.csv").lines().count(), 2);
    for name in ["analysis.json", "structures.geojson"] {
        serde_json::from_str::<serde_json::Value>(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

// --- what is typed ---------------------------------------------------------------------------------------------------

#[test]
fn help_documents_the_exit_codes() {
    for arguments in [&["--help"][..], &["compare", "--help"], &["batch", "--help"]] {
        let mut help = sitedelta();
        help.args(arguments).assert().success().stdout(contains("Exit codes:").and(contains("5  answered, but")));
    }
    sitedelta().arg("--version").assert().success().stdout(starts_with("sitedelta "));
}

#[test]
fn what_cannot_be_meant_is_a_usage_error() {
    let scratch = scratch();
    let there_before = names(scratch.path());
    let compare = ["compare", "before.png", "after.png", "--out", "out"];
    for (more, told) in [
        (&["--gsd", "0"][..], "more than 0"),
        (&["--gsd", "half"], "not a number"),
        (&["--bands", "1,2"], "three band numbers"),
        (&["--detector", "telepathy"], "use auto, spectral or network"),
        (&["--quality", "best"], "fast"),
        (&["--threshold", "1.5"], "0 to 1"),
        (&["--after-date", "3.12.2024"], "--after-date"),
        (&["--at", "95,0"], "latitude"),
        (&["--config", "absent.toml"], "absent.toml"),
        (&["--resolution", "0.5"], "--resolution"),
    ] {
        in_folder(scratch.path()).args(compare).args(more).assert().code(2).stdout("").stderr(contains(told));
    }
    for arguments in [&[][..], &["frobnicate"], &["compare", "before.png"], &["evaluate", "."], &["completions", "x"]] {
        in_folder(scratch.path()).args(arguments).assert().code(2);
    }
    assert_nothing_left(scratch.path(), &there_before);
}

#[test]
fn a_key_that_is_no_option_is_named() {
    let scratch = scratch();
    fs::write(scratch.path().join("site.toml"), "seed = 3\nresolution = 0.5\n").unwrap();
    in_folder(scratch.path())
        .args(["compare", "before.png", "after.png", "--out", "out", "--config", "site.toml"])
        .assert()
        .code(2)
        .stderr(starts_with("error: ").and(contains("`resolution`")).and(contains("line 2")).and(contains("gsd_m")));
    assert!(!scratch.path().join("out").exists());
}

#[test]
fn completions_and_manual_pages_are_text() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        sitedelta().args(["completions", shell]).assert().success().stdout(contains("compare").and(contains("batch")));
    }
    sitedelta().arg("man").assert().success().stdout(contains(".TH sitedelta").and(contains("Exit codes")));
    let scratch = tempdir().unwrap();
    in_folder(scratch.path()).args(["man", "--out", "pages"]).assert().success();
    let pages = names(&scratch.path().join("pages"));
    assert!(pages.contains("sitedelta.1") && pages.contains("sitedelta-compare.1"), "{pages:?}");
}

// --- inputs that cannot be used --------------------------------------------------------------------------------------

/// Runs `compare` on two files and expects it to refuse them with one line that tells all of `told`.
fn assert_refused(folder: &Path, before: &str, after: &str, told: &[&str]) {
    let there_before = names(folder);
    let arguments = ["compare", before, after, "--out", "out", "--gsd", "0.5"];
    let refusal = in_folder(folder).args(arguments).assert().code(3).stdout("");
    let message = String::from_utf8(refusal.get_output().stderr.clone()).unwrap();
    assert!(message.starts_with("error: ") && !message.contains("panicked"), "{message}");
    for part in told {
        assert!(message.contains(part), "{part:?} is not told: {message}");
    }
    assert_nothing_left(folder, &there_before);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let scratch = scratch();
    assert_refused(scratch.path(), "absent.png", "after.png", &["absent.png"]);
    assert_refused(scratch.path(), "before.png", "absent.png", &["absent.png"]);
}

#[test]
fn broken_files_are_refused() {
    let scratch = scratch();
    let folder = scratch.path();
    fs::write(folder.join("empty.png"), b"").unwrap();
    fs::write(folder.join("text.png"), b"This is a letter, not a picture.\n").unwrap();
    let whole = fs::read(folder.join("after.png")).unwrap();
    fs::write(folder.join("half.png"), &whole[..whole.len() / 2]).unwrap();
    fs::create_dir(folder.join("folder.png")).unwrap();
    for name in ["empty.png", "text.png", "half.png", "folder.png"] {
        assert_refused(folder, "before.png", name, &[name]);
        assert_refused(folder, name, "after.png", &[name]);
    }
}

/// The rows of the table in `tests/bad/README.md`: a file, and words of the message that refuses it.
fn bad_files() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let text = fs::read_to_string(folder.join("README.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells = rows.map(|line| line.trim_matches(['|', ' ']).split_once(" | ").unwrap());
    cells.map(|(file, words)| (folder.join(file), words.to_owned())).collect()
}

#[test]
fn every_bad_file_is_refused_with_its_message_and_nothing_is_left() {
    let scratch = scratch();
    let rows = bad_files();
    assert!(rows.len() >= 30, "the table has {} rows", rows.len());
    for (path, words) in rows {
        let path = path.to_str().unwrap().to_owned();
        assert_refused(scratch.path(), "before.png", &path, &[&words]);
        assert_refused(scratch.path(), &path, "after.png", &[&words]);
    }
}

#[test]
fn a_pair_that_cannot_be_compared_is_refused() {
    let scratch = scratch();
    let folder = scratch.path();
    assert_refused(folder, "after.png", "after.png", &["the same image"]);
    fs::copy(folder.join("after.png"), folder.join("copy.png")).unwrap();
    assert_refused(folder, "copy.png", "after.png", &["same"]);
    write_placed(&draw_scene(1, &[]), &folder.join("here.tif"), 614_000.0, 1_386_000.0, 0.5);
    write_placed(&draw_scene(2, &[]), &folder.join("there.tif"), 634_000.0, 1_386_000.0, 0.5);
    assert_refused(folder, "here.tif", "there.tif", &["overlap"]);
    write_placed(&draw_scene(3, &[]), &folder.join("coarse.tif"), 604_000.0, 1_396_000.0, 100.0);
    assert_refused(folder, "coarse.tif", "here.tif", &["100"]);
}

// --- outputs ---------------------------------------------------------------------------------------------------------

#[test]
fn a_screenshot_pair_has_every_file_but_no_metres_until_told() {
    let scratch = scratch();
    let folder = scratch.path();
    in_folder(folder)
        .args(["compare", "before.png", "after.png", "--out", "out"])
        .assert()
        .code(5)
        .stdout(contains("out").and(contains("capacity      withheld")).and(contains("--gsd")));
    assert_contract(&folder.join("out"), (256, 256));
    let row = fs::read_to_string(folder.join("out/summary.csv")).unwrap();
    assert!(row.lines().nth(1).unwrap().starts_with("out,,,,"), "no dates, no GSD: {row}");

    // The folder is not written into twice unasked.
    let analysis = fs::read(folder.join("out/analysis.json")).unwrap();
    in_folder(folder)
        .args(["compare", "before.png", "after.png", "--out", "out", "--gsd", "0.5"])
        .assert()
        .code(2)
        .stderr(contains("--overwrite"));
    assert_eq!(fs::read(folder.join("out/analysis.json")).unwrap(), analysis);
    let again = in_folder(folder)
        .args(["compare", "before.png", "after.png", "--out", "out", "--gsd", "0.5", "--overwrite", "--json"])
        .output()
        .unwrap();
    assert!(matches!(again.status.code(), Some(0 | 5)), "{again:?}");
    assert_eq!(again.stdout, fs::read(folder.join("out/analysis.json")).unwrap());
    let row = fs::read_to_string(folder.join("out/summary.csv")).unwrap();
    assert!(row.lines().nth(1).unwrap().starts_with("out,,,0.5"), "{row}");
}

#[test]
fn options_read_back_give_the_same_result() {
    let scratch = scratch();
    let folder = scratch.path();
    let ring = "[[[10,10],[240,10],[240,240],[10,240],[10,10]]]";
    let area = format!("{{\"type\":\"Polygon\",\"coordinates\":{ring},\"sitedelta:coordinates\":\"pixel\"}}");
    fs::write(folder.join("area.geojson"), area).unwrap();
    let typed = "--gsd 0.6 --site Camp --credit Owner --before-date 2023-05-01 --after-date 2024-12-03 --after-time \
        10:52 --at 12.53,-7.95 --sun-azimuth 140 --sun-elevation 48 --min-area-m2 20 --seed 7 --draws 500 --aoi \
        area.geojson --figure-width 800";
    let first = in_folder(folder)
        .args(["compare", "before.png", "after.png", "--out", "first"])
        .args(typed.split_whitespace())
        .output()
        .unwrap();
    assert!(matches!(first.status.code(), Some(0 | 5)), "{first:?}");
    // From another folder, so that paths must hold.
    let elsewhere = tempdir().unwrap();
    let second = in_folder(elsewhere.path())
        .arg("compare")
        .args([folder.join("before.png"), folder.join("after.png")])
        .arg("--config")
        .arg(folder.join("first/options.toml"))
        .args(["--out", "second"])
        .output()
        .unwrap();
    assert_eq!(first.status.code(), second.status.code(), "{second:?}");
    let second = elsewhere.path().join("second");
    for name in CONTRACT_FILES.into_iter().filter(|name| *name != "analysis.json") {
        let same = fs::read(folder.join("first").join(name)).unwrap() == fs::read(second.join(name)).unwrap();
        assert!(same, "{name} differs");
    }
    let options = fs::read_to_string(second.join("options.toml")).unwrap();
    for line in ["gsd_m = 0.6", "site = \"Camp\"", "seed = 7", "detector = \"auto\"", "at = [12.53, -7.95]"] {
        assert!(options.contains(line), "{line} is not in {options}");
    }
}

#[test]
fn dates_in_the_wrong_order_are_warned_of() {
    let scratch = scratch();
    in_folder(scratch.path())
        .args(["compare", "before.png", "after.png", "--out", "out", "--gsd", "0.5"])
        .args(["--before-date", "2024-12-03", "--after-date", "2023-05-01"])
        .assert()
        .stderr(contains("warning: ").and(contains("2024-12-03")).and(contains("later")));
    let summary = fs::read_to_string(scratch.path().join("out/summary.csv")).unwrap();
    assert!(summary.contains("2024-12-03,2023-05-01"), "{summary}");
}

#[test]
fn a_folder_that_cannot_be_used_is_said() {
    let scratch = scratch();
    let compare = ["compare", "before.png", "after.png", "--gsd", "0.5", "--out"];
    in_folder(scratch.path()).args(compare).arg("after.png").assert().code(2).stderr(contains("not a folder"));
    if cfg!(target_os = "linux") {
        in_folder(scratch.path()).args(compare).arg("/proc/sitedelta").assert().code(1).stderr(starts_with("error: "));
    }
}

#[test]
fn a_pipe_gets_no_progress_and_verbose_gets_stages() {
    let scratch = scratch();
    let compare = ["compare", "before.png", "after.png", "--gsd", "0.5", "--overwrite", "--out", "out"];
    let quiet = in_folder(scratch.path()).args(compare).output().unwrap();
    let stderr = String::from_utf8(quiet.stderr).unwrap();
    assert!(stderr.lines().all(|line| line.starts_with("warning: ")), "{stderr}");
    in_folder(scratch.path()).args(compare).arg("-v").assert().stderr(contains("register").and(contains("seconds")));
}

#[test]
fn the_bundled_site_has_every_file() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/bamako");
    let scratch = tempdir().unwrap();
    let out = scratch.path().join("bamako");
    let (before, after) = (samples.join("before.tif"), samples.join("after.tif"));
    let output = sitedelta().arg("compare").args([&before, &after]).arg("--out").arg(&out).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 5)), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    for line in ["bamako\n", "found  ", "capacity  ", "registration  ", "outputs  "] {
        assert!(told.contains(line), "{told}");
    }
    let info = sitedelta().arg("info").arg(&after).arg("--json").output().unwrap();
    let known: serde_json::Value = serde_json::from_slice(&info.stdout).unwrap();
    assert_eq!(known["crs"], "EPSG:32629");
    let side = |key: &str| u32::try_from(known[key].as_u64().unwrap()).unwrap();
    assert_contract(&out, (side("width"), side("height")));
    let layer: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("structures.geojson")).unwrap()).unwrap();
    assert_eq!(layer["type"], "FeatureCollection");
    let rows = fs::read_to_string(out.join("structures.csv")).unwrap().lines().count() - 1;
    assert_eq!(layer["features"].as_array().unwrap().len(), rows);
}

// --- the other commands ----------------------------------------------------------------------------------------------

#[test]
fn one_bad_site_does_not_stop_a_batch() {
    let scratch = scratch();
    let folder = scratch.path();
    fs::write(
        folder.join("sites.csv"),
        "id,before,after,gsd_m,site,after_date\nlost,absent.png,after.png,0.5,,\ncamp,before.png,after.png,0.5,Camp,\
         2024-12-03\n",
    )
    .unwrap();
    sitedelta()
        .arg("batch")
        .arg(folder.join("sites.csv"))
        .arg("--out")
        .arg(folder.join("out"))
        .args(["--jobs", "2"])
        .assert()
        .code(4)
        .stdout(contains("camp: ").and(contains("1 site compared, 1 failed")))
        .stderr(contains("lost failed").and(contains("failures.csv")));
    let out = folder.join("out");
    let expected = ["camp", "failures.csv", "structures.csv", "summary.csv"].map(str::to_owned);
    assert_eq!(names(&out), expected.into());
    assert_contract(&out.join("camp"), (256, 256));
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert!(text("failures.csv").starts_with("id,exit_code,message\nlost,3,"), "{}", text("failures.csv"));
    assert_eq!(text("summary.csv"), fs::read_to_string(out.join("camp/summary.csv")).unwrap());
    assert!(text("summary.csv").lines().nth(1).unwrap().starts_with("Camp,,2024-12-03,0.5"));
    assert!(text("structures.csv").starts_with(STRUCTURES_HEADER));

    // Without the lost site all is well, and a withheld capacity is not a failure.
    fs::write(folder.join("sites.csv"), "id,before,after\ncamp,before.png,after.png\nb,before.png,after.png\n")
        .unwrap();
    in_folder(folder)
        .args(["batch", "sites.csv", "--out", "out", "--overwrite"])
        .assert()
        .code(0)
        .stdout(contains("withheld").and(contains("2 sites compared, 0 failed")));
    assert_eq!(text("failures.csv"), "id,exit_code,message\n");
    assert_eq!(text("summary.csv").lines().count(), 3);
}

#[test]
fn a_manifest_that_cannot_be_used_starts_nothing() {
    let scratch = scratch();
    let folder = scratch.path();
    let batch = |manifest: &str| {
        fs::write(folder.join("sites.csv"), manifest).unwrap();
        in_folder(folder).args(["batch", "sites.csv", "--out", "out"]).assert()
    };
    for (manifest, told) in [
        ("id,before,after,gsd\na,before.png,after.png,1\n", "\"gsd\""),
        ("id,before\na,before.png\n", "\"after\""),
        ("id,before,after\na,before.png,after.png\na,before.png,after.png\n", "unique"),
        ("id,before,after\n../a,before.png,after.png\n", "folder names"),
        ("id,before,after,gsd_m\na,before.png,after.png,-1\n", "line 2"),
        ("id,before,after\n", "no site"),
    ] {
        batch(manifest).code(2).stderr(starts_with("error: manifest sites.csv").and(contains(told)));
    }
    assert!(!folder.join("out").exists());
    in_folder(folder).args(["batch", "absent.csv", "--out", "out"]).assert().code(3).stderr(contains("absent.csv"));
}

#[test]
fn info_tells_what_is_known() {
    let scratch = scratch();
    in_folder(scratch.path())
        .args(["info", "after.png"])
        .assert()
        .success()
        .stdout(contains("PNG").and(contains("256 x 256 px")).and(contains("gsd           unknown")));
    let output = in_folder(scratch.path()).args(["info", "after.png", "--json", "--gsd", "0.5"]).output().unwrap();
    let known: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&known["width"], &known["bands"]), (&256.into(), &3.into()));
    assert_eq!((&known["gsd_x_m"], &known["sample_type"]), (&0.5.into(), &"u8".into()));
    assert_eq!(known["sha256"].as_str().unwrap().len(), 64);
    in_folder(scratch.path()).args(["info", "absent.png"]).assert().code(3).stderr(contains("absent.png"));
}

#[test]
fn register_writes_the_aligned_image_and_its_residuals() {
    let scratch = scratch();
    let folder = scratch.path();
    let register = ["register", "before.png", "after.png", "--out", "out"];
    in_folder(folder).args(register).assert().success().stdout(contains("registration  "));
    assert_eq!(names(&folder.join("out")), ["aligned.png", "registration.json"].map(str::to_owned).into());
    let aligned = image::open(folder.join("out/aligned.png")).unwrap();
    assert_eq!((aligned.width(), aligned.height()), (256, 256));
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("out/registration.json")).unwrap()).unwrap();
    assert_eq!(report["aligned"], "aligned.png");
    assert!(report["registration"]["quality"].is_string(), "{report}");
    in_folder(folder).args(register).assert().code(2).stderr(contains("--overwrite"));
    in_folder(folder).args(["register", "before.png", "absent.png", "--out", "new"]).assert().code(3);
    assert!(!folder.join("new").exists());
}

#[test]
fn evaluate_prints_figures_and_refuses_what_is_missing() {
    let scratch = tempdir().unwrap();
    let folder = scratch.path();
    let label = image::GrayImage::from_fn(40, 30, |x, y| image::Luma([if x < 10 && y < 10 { 255 } else { 0 }]));
    for name in ["labels", "predictions/a"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    label.save(folder.join("labels/a.png")).unwrap();
    let evaluate = ["evaluate", "predictions", "labels", "--prediction-name", "{id}/new_structures.png"];
    in_folder(folder).args(evaluate).assert().code(3).stderr(contains("missing prediction"));
    label.save(folder.join("predictions/a/new_structures.png")).unwrap();
    in_folder(folder).args(evaluate).assert().success().stdout(
        "pairs 1 pixel_p 1.0000 pixel_r 1.0000 pixel_f1 1.0000 pixel_iou 1.0000 object_f1_0.3 1.0000 object_p_0.3 1.0000 \
         object_r_0.3 1.0000 object_f1_0.5 1.0000 object_p_0.5 1.0000 object_r_0.5 1.0000 count_predicted 1 count_true 1 \
         count_mae_rel 0.0000\n",
    );
    // 1200 px of 1 m2: one structure on 0.0012 km2.
    let alarms = ["--false-alarms", "--gsd", "1", "--json"];
    let output =
        in_folder(folder).args(["evaluate", "predictions"]).args(&evaluate[3..]).args(alarms).output().unwrap();
    let figures: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(figures["structures"], 1);
    assert!((figures["structures_per_km2"].as_f64().unwrap() - 1.0 / 0.0012).abs() < 1e-9);
    in_folder(folder).args(["evaluate", "predictions", "--false-alarms"]).assert().code(2).stderr(contains("--gsd"));
    in_folder(folder).args(["evaluate", "predictions", "absent"]).assert().code(3).stderr(contains("absent"));
}

#[test]
fn simulate_makes_the_same_pairs_from_the_same_seed() {
    let scratch = tempdir().unwrap();
    let simulate = ["simulate", "--pairs", "2", "--size", "64", "--seed", "5", "--out"];
    for out in ["one", "two"] {
        in_folder(scratch.path()).args(simulate).arg(out).assert().success().stdout(contains("2 pairs"));
    }
    let read = |out: &str, name: &str| fs::read(scratch.path().join(out).join(name)).unwrap();
    for name in ["pairs.csv", "00001/before.png", "00002/after.png"] {
        assert_eq!(read("one", name), read("two", name), "{name}");
    }
    assert_ne!(read("one", "00001/after.png"), read("one", "00002/after.png"));
    // The list of pairs is a manifest; a site without capacity or new structure is no failure of the batch.
    in_folder(scratch.path()).args(["batch", "one/pairs.csv", "--out", "analyzed"]).assert().code(0);
    assert!(scratch.path().join("analyzed/00002/analysis.json").exists());
    in_folder(scratch.path()).args(simulate).arg("one").assert().code(2).stderr(starts_with("error: "));
    let biome = ["simulate", "--biome", "moon", "--out", "three"];
    in_folder(scratch.path()).args(biome).assert().code(2).stderr(contains("desert"));
    let scene = ["simulate", "--scene", "absent.toml", "--out", "three"];
    in_folder(scratch.path()).args(scene).assert().code(3).stderr(contains("absent.toml"));
    assert!(!scratch.path().join("three").exists());
}
