//! Tells a file's format from its first bytes, never from its name.

/// What the first bytes of a file say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileType {
    Png,
    Jpeg,
    WebP,
    Tiff,
    Jpeg2000,
    /// A format that is not read; the words complete "this file is …".
    Other(&'static str),
}

/// Bytes needed to tell.
pub(super) const HEAD_BYTES: usize = 512;

/// First bytes of formats that people confuse with images, and what they are.
const OTHERS: [(&[u8], &str); 26] = [
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an Office, KMZ or shapefile package)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"8BPS", "a Photoshop document"),
    (b"SQLite format 3\0", "a SQLite database (GeoPackage or MBTiles)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 or NetCDF-4 file"),
    (b"CDF\x01", "a NetCDF file"),
    (b"CDF\x02", "a NetCDF file"),
    (b"NITF", "a NITF image"),
    (b"EHFA_HEADER_TAG", "an ERDAS Imagine image"),
    (b"\xff\x4f\xff\x4f", "a damaged JPEG 2000 codestream"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL image"),
    (b"qoif", "a QOI image"),
    (b"\x00\x00\x01\x00", "a Windows icon"),
    (b"\x00\x00\x27\x0a", "a shapefile"),
    (b"FORM", "an IFF or DjVu file"),
    (b"msid", "a MrSID image"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"ERMapper", "an ECW header"),
    (b"II\xbc", "a JPEG XR image"),
];

/// Words in text files that people confuse with images, and what they are.
const TEXTS: [(&str, &str); 9] = [
    ("<!doctype html", "an HTML page"),
    ("<html", "an HTML page"),
    ("<svg", "an SVG drawing"),
    ("<kml", "a KML file"),
    ("<vrtdataset", "a GDAL virtual raster (convert it with gdal_translate)"),
    ("<?xml", "an XML file"),
    ("version https://git-lfs", "a Git LFS pointer, not the image itself"),
    ("ncols", "an ASCII grid"),
    ("{", "a JSON file"),
];

/// Tells the format from the first bytes of a file.
pub(super) fn sniff_file_type(head: &[u8]) -> FileType {
    let tiff = [b"II\x2a\0".as_slice(), b"MM\0\x2a", b"II\x2b\0", b"MM\0\x2b"];
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        FileType::Png
    } else if head.starts_with(b"\xff\xd8\xff") {
        FileType::Jpeg
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        FileType::WebP
    } else if tiff.iter().any(|magic| head.starts_with(magic)) {
        FileType::Tiff
    } else if head.starts_with(b"\x00\x00\x00\x0cjP  \r\n\x87\n") || head.starts_with(b"\xff\x4f\xff\x51") {
        FileType::Jpeg2000
    } else {
        FileType::Other(name_other(head))
    }
}

fn name_other(head: &[u8]) -> &'static str {
    if head.get(4..8) == Some(b"ftyp") {
        return match head.get(8..12) {
            Some(b"avif") => "an AVIF image",
            Some(b"heic" | b"heix" | b"mif1" | b"msf1") => "a HEIC image",
            _ => "a video",
        };
    }
    if let Some((_, name)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return name;
    }
    if head.iter().all(|&byte| byte == 0) {
        return "a file of zeros";
    }
    let is_text = head.iter().all(|&byte| byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r'));
    let text = String::from_utf8_lossy(head).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    match TEXTS.iter().find(|(start, _)| text.starts_with(start)) {
        Some((_, name)) => name,
        None if is_text => "a text file",
        None => "a file of unknown type",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_from_content() {
        assert_eq!(sniff_file_type(b"\x89PNG\r\n\x1a\n...."), FileType::Png);
        assert_eq!(sniff_file_type(b"MM\0\x2b\0\x08"), FileType::Tiff);
        assert_eq!(sniff_file_type(b"RIFF\x10\0\0\0WEBPVP8 "), FileType::WebP);
        assert_eq!(sniff_file_type(b"\xff\x4f\xff\x51\0"), FileType::Jpeg2000);
    }

    #[test]
    fn strangers_are_named() {
        let name = |head: &[u8]| match sniff_file_type(head) {
            FileType::Other(name) => name,
            known => panic!("taken for {known:?}"),
        };
        assert_eq!(name(b"%PDF-1.7"), "a PDF document");
        assert_eq!(name(b"\n  <!DOCTYPE html><html>"), "an HTML page");
        assert_eq!(name(b"GIF89a"), "a GIF image");
        assert_eq!(name(b"\0\0\0\x20ftypheic"), "a HEIC image");
        assert_eq!(name(b"hello"), "a text file");
        assert_eq!(name(&[0x13, 0x00, 0x88, 0x99]), "a file of unknown type");
    }
}
