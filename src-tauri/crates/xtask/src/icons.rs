//! Every icon, drawn from `icons/icon.svg` alone.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::process::program;
use crate::root;
use crate::system::{Purpose, prepare};

const PNG: &[(&str, u32)] = &[
    ("32x32.png", 32),
    ("64x64.png", 64),
    ("128x128.png", 128),
    ("128x128@2x.png", 256),
    ("icon.png", 512),
];

const ICO: &[u32] = &[16, 24, 32, 48, 64, 256];

/// Apple's types for PNG images; those of a doubled density share their pixels with another.
const ICNS: &[(&[u8; 4], u32)] = &[
    (b"icp4", 16),
    (b"icp5", 32),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
];

/// Writes all of them.
pub(crate) fn redraw() -> Result<()> {
    prepare(Purpose::Icons)?;
    let folder = root().join("icons");
    let source = folder.join("icon.svg");
    for (name, size) in PNG {
        fs::write(folder.join(name), draw(&source, *size)?)?;
    }
    fs::write(folder.join("icon.ico"), ico(&source)?)?;
    fs::write(folder.join("icon.icns"), icns(&source)?)?;
    Ok(())
}

fn draw(source: &Path, size: u32) -> Result<Vec<u8>> {
    let size = size.to_string();
    let output = program("rsvg-convert", ["--width", &size, "--height", &size])
        .arg(source)
        .output()?;
    ensure!(
        output.status.success(),
        "rsvg-convert: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}

/// A directory of 16 bytes an image, then the images, each a PNG.
fn ico(source: &Path) -> Result<Vec<u8>> {
    let images = ICO
        .iter()
        .map(|size| draw(source, *size))
        .collect::<Result<Vec<_>>>()?;
    let mut file = Vec::new();
    file.extend(0_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(u16::try_from(images.len())?.to_le_bytes());
    let mut offset = 6 + 16 * u32::try_from(images.len())?;
    for (size, image) in ICO.iter().zip(&images) {
        // 0 stands for 256.
        let side = u8::try_from(*size).unwrap_or(0);
        let length = u32::try_from(image.len())?;
        file.extend([side, side, 0, 0]);
        file.extend(1_u16.to_le_bytes());
        file.extend(32_u16.to_le_bytes());
        file.extend(length.to_le_bytes());
        file.extend(offset.to_le_bytes());
        offset += length;
    }
    file.extend(images.concat());
    Ok(file)
}

/// Type, length with these eight bytes, image; the whole has the same head.
fn icns(source: &Path) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    for (kind, size) in ICNS {
        let image = draw(source, *size)?;
        body.extend(*kind);
        body.extend(u32::try_from(image.len() + 8)?.to_be_bytes());
        body.extend(image);
    }
    let mut file = b"icns".to_vec();
    file.extend(u32::try_from(body.len() + 8)?.to_be_bytes());
    file.extend(body);
    Ok(file)
}
