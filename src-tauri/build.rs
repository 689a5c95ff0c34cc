//! Declares the commands to Tauri's access list and generates its context.

macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)+) => {
        const COMMANDS: &[&str] = &[$(stringify!($name)),+];
    };
}

include!("src/command_list.rs");

fn main() {
    for source in ["src-tauri/src/command_list.rs", "ui/dist"] {
        println!("cargo::rerun-if-changed={source}");
    }
    if let Err(error) = page_exists() {
        println!("cargo::error=ui/dist cannot be made: {error}");
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}

/// The page is embedded at compile time; checks of the Rust code alone need no built page.
fn page_exists() -> std::io::Result<()> {
    let page = std::path::Path::new("ui/dist/index.html");
    if page.exists() {
        return Ok(());
    }
    std::fs::create_dir_all("ui/dist")?;
    std::fs::write(
        page,
        "<!doctype html><title>RediSeal</title><p>The page is not built: run `cargo xtask run`.\n",
    )
}
