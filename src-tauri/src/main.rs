//! RediSeal.
fn main() -> tauri::Result<()> { rediseal::run() }
