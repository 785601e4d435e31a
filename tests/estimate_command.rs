//! `sitedelta estimate` and `sitedelta profiles`, the real program in scratch folders.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, starts_with};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

fn in_folder(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("sitedelta").unwrap();
    command.current_dir(folder);
    command
}

/// A rectangle on the ground near Bamako, metres east and north of (7.95 W, 12.53 N); a degree of longitude is 108,690 m
/// and one of latitude 110,640 m there.
fn rectangle(east: f64, north: f64, length: f64, width: f64) -> Value {
    let corner = |x: f64, y: f64| json!([-7.95 + (east + x) / 108_690.0, 12.53 + (north + y) / 110_640.0]);
    let ring = [corner(0.0, 0.0), corner(length, 0.0), corner(length, width), corner(0.0, width), corner(0.0, 0.0)];
    json!({"type": "Polygon", "coordinates": [ring]})
}

fn feature(geometry: Value, properties: Value) -> Value {
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

fn collection(features: Vec<Value>) -> Value {
    json!({"type": "FeatureCollection", "features": features})
}

/// Five long buildings in a row and a hall, as somebody would draw them.
fn base() -> Value {
    let mut features: Vec<Value> =
        (0..5).map(|i| feature(rectangle(0.0, 30.0 * f64::from(i), 65.0, 12.0), json!({"note": "row"}))).collect();
    features.push(feature(rectangle(200.0, 0.0, 60.0, 30.0), json!({"kind": "warehouse"})));
    collection(features)
}

fn scratch(layer: &Value) -> TempDir {
    let folder = tempdir().unwrap();
    write(folder.path(), "drawn.geojson", layer);
    folder
}

fn write(folder: &Path, name: &str, layer: &Value) {
    fs::write(folder.join(name), layer.to_string()).unwrap();
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What `estimate FILE … --json` prints, and its exit code.
fn estimate(folder: &Path, more: &[&str]) -> (Value, i32) {
    let output = in_folder(folder).args(["estimate", "drawn.geojson", "--json"]).args(more).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (value, output.status.code().unwrap())
}

fn p(value: &Value, quantile: &str) -> f64 {
    value[quantile].as_f64().unwrap_or_else(|| panic!("no {quantile} in {value}"))
}

#[test]
fn a_drawn_base_has_a_capacity_with_its_grounds() {
    let scratch = scratch(&base());
    let printed = in_folder(scratch.path()).args(["estimate", "drawn.geojson", "--gsd", "0.5"]).output().unwrap();
    assert_eq!(printed.status.code(), Some(0), "{printed:?}");
    let text = String::from_utf8(printed.stdout).unwrap();
    for part in [
        "drawn\n",
        "structures    6 counted, 5 of them may be housing",
        "capacity      ",
        "confidence low",
        "if housing    ",
        "why so wide   ",
        "to narrow it  ",
        "deployed_barracks",
        "5 barracks ",
        "ids 1-5",
        "outlines follow the roofs",
        "seed 1",
        "Not for choosing targets",
    ] {
        assert!(text.contains(part), "{part:?} is not told:\n{text}");
    }
    assert_eq!(String::from_utf8(printed.stderr).unwrap(), "");
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1, "nothing is written unasked");
    const LIKELIHOOD: [&str; 4] = ["likely", "probable", "chance", "certain"];
    for line in text.lines().flat_map(|line| line.split(". ")) {
        let mixed = line.contains("confidence") && LIKELIHOOD.iter().any(|word| line.contains(word));
        assert!(!mixed, "confidence and likelihood in one sentence: {line}");
    }
}

#[test]
fn json_begins_with_the_interval_of_the_site() {
    let scratch = scratch(&base());
    let output =
        in_folder(scratch.path()).args(["estimate", "drawn.geojson", "--gsd", "0.5", "--json"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let start: String = text.chars().filter(|c| !c.is_whitespace()).take(20).collect();
    assert!(start.starts_with("{\"capacity\":{\"p5\":"), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let ends = ["p5", "p25", "p50", "p75", "p95"].map(|quantile| p(&document["capacity"], quantile));
    assert!(ends.windows(2).all(|pair| pair[0] <= pair[1]) && ends[4] > 100.0, "{ends:?}");
    assert!(p(&document["if_all_housing"], "p5") > 0.0);
    let mut inputs: Vec<_> = document["drivers"].as_array().unwrap().iter().map(|own| own["input"].as_str()).collect();
    inputs.sort();
    let known = ["area", "existence", "net_ratio", "p_housing", "profile", "storeys"];
    assert_eq!(inputs, known.map(Some));
    assert!(document["drivers"][0]["share"].as_f64().unwrap() > 0.1, "{}", document["drivers"]);
    assert_eq!(document["structures"][0]["capacity_method"], "area");
    assert!((document["structures"][0]["length_m"].as_f64().unwrap() - 65.0).abs() < 0.1);
    assert!((document["structures"][0]["area_m2"].as_f64().unwrap() - 780.0).abs() < 2.0);
    assert_eq!(document["structures"][0]["center_x_px"], Value::Null);
    assert_eq!(document["caveats"].as_array().unwrap().len(), 7);
    assert_eq!(estimate(scratch.path(), &["--gsd", "0.5"]).0, document, "the same seed gives the same");
    assert_ne!(estimate(scratch.path(), &["--gsd", "0.5", "--seed", "2"]).0["capacity"], document["capacity"]);
}

#[test]
fn outputs_can_be_read_back_and_a_rejected_structure_leaves_the_total() {
    let scratch = scratch(&base());
    let folder = scratch.path();
    let first = ["estimate", "drawn.geojson", "--gsd", "0.5", "--out", "first", "--site", "North camp"];
    in_folder(folder).args(first).assert().code(0).stdout(contains("outputs       first"));
    let names = ["estimate.json", "structures.csv", "structures.geojson", "summary.csv"];
    let mut found: Vec<_> =
        fs::read_dir(folder.join("first")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, names);
    let text = |name: &str| fs::read_to_string(folder.join("first").join(name)).unwrap();
    assert!(text("summary.csv").starts_with("site,before_date,after_date,gsd_m,new_structures,new_structures_p5,"));
    assert!(text("summary.csv").contains("\nNorth camp,,,0.500,6,6,6,0,"), "{}", text("summary.csv"));
    assert!(text("summary.csv").contains("Capacity is not presence"));
    assert!(text("structures.csv").starts_with("site,id,status,kind,kind_probability,"));
    in_folder(folder).args(first).assert().code(2).stderr(contains("--overwrite"));
    in_folder(folder).args(first).arg("--overwrite").assert().code(0);

    let whole = read(&folder.join("first/estimate.json"));
    let mut layer = read(&folder.join("first/structures.geojson"));
    write(folder, "drawn.geojson", &layer);
    let (again, code) = estimate(folder, &[]);
    assert_eq!((code, &again["site"]), (0, &json!("North camp")));
    for quantile in ["p5", "p25", "p50", "p75", "p95"] {
        let (then, now) = (p(&whole["capacity"], quantile), p(&again["capacity"], quantile));
        assert!((now / then - 1.0).abs() < 1e-9 || then == now, "{quantile}: {then} {now}");
    }
    assert_eq!(again["confidence"], "low");

    // An analyst goes over it: one is rejected, the others are confirmed.
    layer["features"][4]["properties"]["rejected"] = json!(true);
    write(folder, "drawn.geojson", &layer);
    let (without, _) = estimate(folder, &[]);
    assert_eq!(without["rejected"], json!([5]));
    let share = p(&without["if_all_housing"], "p50") / p(&whole["if_all_housing"], "p50");
    assert!((share - 0.8).abs() < 0.01, "four of five are left: {share}");
    for index in 0..4 {
        let own = &mut layer["features"][index]["properties"];
        (own["kind"], own["storeys"], own["p_housing"]) = (json!("barracks"), json!(2), json!(1));
        (own["accepted"], own["confirmed_by"]) = (json!(true), json!("plans"));
    }
    write(folder, "drawn.geojson", &layer);
    let (confirmed, _) = estimate(folder, &["--profile", "conscript_barracks"]);
    assert_eq!(confirmed["confidence"], "high", "{}", confirmed["structures"][0]);
    assert_eq!(confirmed["capacity"], confirmed["if_all_housing"]);
    assert_eq!(confirmed["drivers"][0]["input"], "profile");
}

#[test]
fn a_comparison_is_reproduced_from_its_layer() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/bamako");
    let scratch = tempdir().unwrap();
    let folder = scratch.path();
    let mut compare = in_folder(folder);
    compare.arg("compare").arg(samples.join("before.tif")).arg(samples.join("after.tif")).args(["--out", "out"]);
    compare
        .args(["--seed", "3", "--draws", "3000"])
        .assert()
        .code(0)
        .stdout(contains("why so wide").and(contains("caveat")));
    let analysis = read(&folder.join("out/analysis.json"));
    fs::copy(folder.join("out/structures.geojson"), folder.join("drawn.geojson")).unwrap();
    let (again, code) = estimate(folder, &["--config", "out/options.toml"]);
    assert_eq!(code, 0);
    for quantile in ["p5", "p25", "p50", "p75", "p95"] {
        let (then, now) = (p(&analysis["capacity"]["people"], quantile), p(&again["capacity"], quantile));
        assert!((then - now).abs() <= 1e-6 * then, "{quantile}: {then} {now}");
    }
    assert_eq!(analysis["totals"]["new_structures_interval"], again["new_structures_interval"]);
    assert_eq!(analysis["capacity"]["drivers"][0]["input"], again["drivers"][0]["input"]);
}

#[test]
fn pixels_need_a_ground_sampling_distance() {
    let ring = json!([[0, 0], [130, 0], [130, 24], [0, 24], [0, 0]]);
    let mut layer = collection(vec![feature(json!({"type": "Polygon", "coordinates": [ring]}), json!({}))]);
    layer["sitedelta:coordinates"] = json!("pixel");
    let scratch = scratch(&layer);
    let folder = scratch.path();
    in_folder(folder)
        .args(["estimate", "drawn.geojson", "--out", "out"])
        .assert()
        .code(5)
        .stdout(contains("capacity      withheld: ").and(contains("--gsd")))
        .stderr(starts_with("warning: capacity withheld"));
    let (unknown, code) = estimate(folder, &[]);
    assert_eq!((code, &unknown["capacity"], &unknown["withheld"]["reason"]), (5, &Value::Null, &json!("unknown_gsd")));
    assert_eq!(fs::read_dir(folder.join("out")).unwrap().count(), 4, "the files are written all the same");
    let (known, code) = estimate(folder, &["--gsd", "0.5"]);
    assert_eq!((code, &known["structures"][0]["length_m"]), (0, &json!(65.0)));
    assert_eq!(estimate(folder, &["--gsd", "6"]).0["withheld"]["reason"], "coarse_gsd");
    assert_eq!(estimate(folder, &["--gsd", "0.5", "--kind", "shed"]).0["withheld"]["reason"], "no_likely_housing");
}

#[test]
fn degrees_without_a_ground_sampling_distance_are_warned_of() {
    let scratch = scratch(&base());
    in_folder(scratch.path())
        .args(["estimate", "drawn.geojson"])
        .assert()
        .code(0)
        .stderr(contains("1.00 m a pixel").and(contains("--gsd METERS")));
}

#[test]
fn nothing_drawn_holds_nobody() {
    let scratch = scratch(&collection(Vec::new()));
    let (nothing, code) = estimate(scratch.path(), &[]);
    assert_eq!((code, p(&nothing["capacity"], "p95")), (0, 0.0));
}

#[test]
fn tents_marked_by_points_are_counted() {
    let dot = |i: u32| json!({"type": "Point", "coordinates": [-7.95 + 1e-4 * f64::from(i), 12.53]});
    let scratch = scratch(&collection((0..100).map(|i| feature(dot(i), json!({"kind": "tent"}))).collect()));
    let folder = scratch.path();
    let (camp, code) = estimate(folder, &["--profile", "unhcr_tent"]);
    // 100 tents, 45-90 % lived in, 4.0-5.0-6.0 people each.
    assert_eq!(code, 0);
    assert!(p(&camp["capacity"], "p5") > 200.0 && p(&camp["capacity"], "p95") < 520.0, "{}", camp["capacity"]);
    assert_eq!((&camp["structures"][0]["capacity_method"], &camp["gsd_m"]), (&json!("count"), &Value::Null));
    in_folder(folder)
        .args(["estimate", "drawn.geojson", "--out", "out"])
        .assert()
        .code(0)
        .stdout(contains("counted, not measured"));
    assert_eq!(read(&folder.join("out/structures.geojson"))["features"][0]["geometry"]["type"], "Point");
    let profile = ["estimate", "drawn.geojson", "--profile", "deployed_barracks"];
    in_folder(folder).args(profile).assert().code(3).stderr(contains("people_per_structure"));
    let unknown = collection(vec![feature(dot(1), json!({}))]);
    write(folder, "unknown.geojson", &unknown);
    in_folder(folder).args(["estimate", "unknown.geojson"]).assert().code(3).stderr(contains("--kind tent"));
    in_folder(folder).args(["estimate", "unknown.geojson", "--kind", "tent"]).assert().code(0);
}

#[test]
fn a_claim_is_set_against_every_profile() {
    let tents: Vec<Value> = (0..260)
        .map(|i| {
            feature(rectangle(20.0 * f64::from(i % 20), 20.0 * f64::from(i / 20), 10.97, 4.88), json!({"kind": "tent"}))
        })
        .collect();
    let scratch = scratch(&collection(tents));
    let claim = ["estimate", "drawn.geojson", "--gsd", "0.3", "--outlines", "wall-to-wall", "--claim", "30,000"];
    in_folder(scratch.path()).args(claim).assert().code(0).stdout(
        contains("claim         30000 people in 260")
            .and(contains("verdict       implausible: too crowded under all 14 profiles"))
            .and(contains("claim leaves 0.4")),
    );
    let (document, _) = estimate(scratch.path(), &["--gsd", "0.3", "--claim", "3000-5000"]);
    let claim = &document["claim"];
    assert!((claim["people_per_building_high"].as_f64().unwrap() - 5000.0 / 260.0).abs() < 1e-9);
    let row = claim["profiles"].as_array().unwrap().iter().find(|row| row["profile"] == "military_tent").unwrap();
    assert_eq!(row["verdict"], "plausible");
    in_folder(scratch.path()).args(["estimate", "drawn.geojson", "--claim", "many"]).assert().code(2);
}

#[test]
fn what_cannot_be_read_or_meant_is_said() {
    let scratch = scratch(&base());
    let folder = scratch.path();
    let mut bad = base();
    bad["features"][2]["properties"] = json!({"kind": "castle"});
    write(folder, "castle.geojson", &bad);
    bad["features"][2]["properties"] = json!({"profile": "palace"});
    write(folder, "palace.geojson", &bad);
    fs::write(folder.join("text.geojson"), "a letter").unwrap();
    for (file, told) in [
        ("absent.geojson", "absent.geojson"),
        ("text.geojson", "export the footprints"),
        ("castle.geojson", "feature 3: kind"),
        ("palace.geojson", "structure 3"),
    ] {
        in_folder(folder)
            .args(["estimate", file])
            .assert()
            .code(3)
            .stdout("")
            .stderr(starts_with("error: ").and(contains(told)));
    }
    for (more, told) in [
        (&["--profile", "palace"][..], "deployed_barracks"),
        (&["--profiles", "absent.toml"], "absent.toml"),
        (&["--gsd", "0"], "more than 0"),
        (&["--draws", "0"], "draws"),
        (&["--kind", "castle"], "barracks"),
        (&["--by", "guess"], "count"),
        (&["--out", "drawn.geojson"], "not a folder"),
    ] {
        in_folder(folder)
            .args(["estimate", "drawn.geojson"])
            .args(more)
            .assert()
            .code(2)
            .stdout("")
            .stderr(contains(told));
    }
}

#[test]
fn profiles_are_listed_with_their_sources_and_a_file_adds_its_own() {
    let scratch = scratch(&base());
    let folder = scratch.path();
    in_folder(folder).arg("profiles").assert().code(0).stdout(
        contains("conscript_barracks").and(contains("arhivinfo.ru/1-21200")).and(contains("net/gross 0.42-0.55-0.7")),
    );
    let own =
        "[[profile]]\nname = \"ward\"\nbasis = \"internal\"\narea_per_person = [6, 8, 12]\nsource = \"ward plan\"\n";
    fs::write(folder.join("own.toml"), own).unwrap();
    let listed = in_folder(folder).args(["profiles", "--profiles", "own.toml", "--json"]).output().unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let ward = listed["profiles"].as_array().unwrap().iter().find(|own| own["name"] == "ward").unwrap();
    assert_eq!((&ward["basis"], &ward["area_per_person"]["mode"]), (&json!("internal"), &json!(8.0)));
    let (used, code) = estimate(folder, &["--gsd", "0.5", "--profiles", "own.toml", "--profile", "ward"]);
    assert_eq!((code, &used["profiles"][0]["profile"]), (0, &json!("ward")));
    assert_eq!(used["profiles"][0]["source"], "ward plan");
    fs::write(folder.join("own.toml"), own.replace("ward plan", "")).unwrap();
    in_folder(folder).args(["profiles", "--profiles", "own.toml"]).assert().code(2).stderr(contains("source is empty"));
}
