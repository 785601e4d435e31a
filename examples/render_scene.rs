//! Renders a scene file: `cargo run --example render_scene scene.toml out`.
fn main() {
    let args: Vec<String> = std::env::args().collect();
    println!("{:?}", sitedelta::simulate::render_scene_file(args[1].as_ref(), args[2].as_ref(), true));
}
