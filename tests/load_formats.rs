//! Every format that can be read, with planted pixels: what is read equals what was written.

use std::path::{Path, PathBuf};

use geotiff_writer::{CogBuilder, Compression, ExtraSample, GeoTiffBuilder, NumericSample, PlanarConfiguration};
use geotiff_writer::{GeoTransform, PhotometricInterpretation, Predictor, RasterType, Resampling, TiffVariant};
use ndarray::{Array2, Array3, s};
use proptest::prelude::*;
use sitedelta::load::{LoadOptions, load_scene};
use sitedelta::raster::Raster;
use sitedelta::raster::point::PixelPoint;
use sitedelta::raster::resample::reduce_by_mean;
use sitedelta::raster::units::Meters;
use sitedelta::raster::window::{GridSize, Window};
use sitedelta::scene::{SampleType, Scene};

const HEIGHT: usize = 70;
const WIDTH: usize = 90;

fn load(path: &Path) -> Scene {
    load_scene(path, &LoadOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn whole(scene: &Scene) -> Raster {
    scene.read(scene.size().window(), 1).expect("readable")
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/load").join(name)
}

/// Values 0 to 120 that differ from pixel to pixel and band to band.
fn planted(bands: usize) -> Array3<f32> {
    Array3::from_shape_fn((HEIGHT, WIDTH, bands), |(row, col, band)| ((row * 7 + col * 3 + band * 11) % 121) as f32)
}

fn placed(bands: usize) -> GeoTiffBuilder {
    GeoTiffBuilder::new(WIDTH as u32, HEIGHT as u32)
        .bands(bands as u32)
        .epsg(32629)
        .pixel_scale(0.5, 0.5)
        .origin(614_000.0, 1_386_000.0)
}

/// Writes planted values in a sample type; reads them back, whole and by windows.
fn assert_round_trip<T: NumericSample>(
    builder: &GeoTiffBuilder,
    bands: usize,
    to: impl Fn(f32) -> T,
    kind: SampleType,
) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("planted.tif");
    let values = planted(bands);
    builder.write_3d(&path, values.mapv(to).view()).expect("written");
    let scene = load(&path);
    assert_eq!((scene.bands(), scene.description().sample_type), (bands, kind));
    let read = whole(&scene);
    assert_eq!(read.samples(), values.permuted_axes([2, 0, 1]));
    assert!(read.valid().iter().all(|&valid| valid));
    for window in [Window::from_tlhw(0, 0, 1, 1), Window::from_tlhw(13, 17, 40, 55), Window::from_tlhw(69, 0, 1, 90)] {
        let (rows, cols) = window.slice();
        let part = scene.read(window, 1).expect("readable");
        assert_eq!(part.samples(), read.samples().slice(s![.., rows, cols]));
    }
}

#[test]
fn every_sample_type_in_strips() {
    let plain = |bands| placed(bands).photometric(PhotometricInterpretation::MinIsBlack);
    assert_round_trip(&plain(3), 3, |v| v as u8, SampleType::U8);
    assert_round_trip(&plain(2), 2, |v| v as i8, SampleType::I8);
    assert_round_trip(&plain(8), 8, |v| v as u16, SampleType::U16);
    assert_round_trip(&plain(1), 1, |v| v as i16, SampleType::I16);
    assert_round_trip(&plain(1), 1, |v| v as u32, SampleType::U32);
    assert_round_trip(&plain(1), 1, |v| v as i32, SampleType::I32);
    assert_round_trip(&plain(4), 4, |v| v, SampleType::F32);
    assert_round_trip(&plain(1), 1, f64::from, SampleType::F64);
}

#[test]
fn every_compression_and_layout() {
    let tiled = || placed(3).tile_size(32, 32);
    let planar = PlanarConfiguration::Planar;
    for compression in [Compression::None, Compression::Lzw, Compression::Deflate, Compression::Zstd, Compression::Lerc]
    {
        assert_round_trip(&tiled().compression(compression), 3, |v| v as u8, SampleType::U8);
        let apart = placed(3).planar_configuration(planar).compression(compression);
        assert_round_trip(&apart, 3, |v| v as u16, SampleType::U16);
    }
    let differences = tiled().compression(Compression::Deflate).predictor(Predictor::Horizontal);
    assert_round_trip(&differences, 3, |v| v as u16, SampleType::U16);
    let floats = tiled().compression(Compression::Lzw).predictor(Predictor::FloatingPoint);
    assert_round_trip(&floats, 3, |v| v, SampleType::F32);
    assert_round_trip(&tiled().tiff_variant(TiffVariant::BigTiff), 3, |v| v as u8, SampleType::U8);
}

#[test]
fn a_large_uncompressed_strip_is_read_by_rows() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("strip.tif");
    let (height, width) = (1500, 1600);
    let values = Array3::from_shape_fn((height, width, 2), |(r, c, b)| ((r * 31 + c * 7 + b) % 60_000) as u16);
    // The writer has no strips; a tile as large as the image is one block all the same, the strip is made by hand.
    std::fs::write(&path, single_strip(&values)).expect("written");
    let scene = load(&path);
    let window = Window::from_tlhw(1201, 333, 57, 801);
    let (rows, cols) = window.slice();
    let expected = values.slice(s![rows, cols, ..]).mapv(f32::from).permuted_axes([2, 0, 1]);
    assert_eq!(scene.read(window, 1).expect("readable").samples(), expected);
}

/// A big-endian TIFF of one uncompressed strip.
fn single_strip(values: &Array3<u16>) -> Vec<u8> {
    let (height, width, bands) = values.dim();
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
    let short = |tag: u16, value: usize| (tag, 3u16, (value as u32) << 16);
    let long = |tag: u16, value: usize| (tag, 4u16, value as u32);
    let entries = [
        long(256, width),
        long(257, height),
        // Two 16-bit counts fit into the value itself.
        (258, 3, (16 << 16) | 16),
        short(259, 1),
        short(262, 1),
        long(273, 256),
        short(277, bands),
        long(278, height),
        long(279, bytes.len()),
    ];
    let mut file = b"MM\0\x2a\0\0\0\x08".to_vec();
    file.extend((entries.len() as u16).to_be_bytes());
    for (tag, kind, value) in entries {
        let count: u32 = if tag == 258 { 2 } else { 1 };
        file.extend([&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value.to_be_bytes()].concat());
    }
    file.resize(256, 0);
    file.extend(bytes);
    file
}

#[test]
fn nodata_is_a_pixel_whose_bands_all_say_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("nodata.tif");
    let mut values = planted(3).mapv(|v| v as u8 + 1);
    values.slice_mut(s![..10, ..20, ..]).fill(0);
    values[[40, 40, 1]] = 0;
    placed(3).nodata("0").write_3d(&path, values.view()).expect("written");
    let scene = load(&path);
    assert_eq!(scene.description().nodata, Some(0.0));
    let valid = whole(&scene).valid().to_owned();
    assert_eq!(valid, Array2::from_shape_fn((HEIGHT, WIDTH), |(r, c)| r >= 10 || c >= 20));
}

#[test]
fn opacity_is_a_mask_and_near_infrared_is_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tagged = |name: &str, fourth: fn(usize, usize) -> u8| {
        let path = folder.path().join(name);
        let mut values = planted(4).mapv(|v| v as u8);
        values.slice_mut(s![.., .., 3]).indexed_iter_mut().for_each(|((row, col), v)| *v = fourth(row, col));
        let builder = placed(4).photometric(PhotometricInterpretation::Rgb);
        builder.extra_samples(vec![ExtraSample::UnassociatedAlpha]).write_3d(&path, values.view()).expect("written");
        load(&path)
    };
    let masked = tagged("mask.tif", |row, _| if row < 30 { 0 } else { 255 });
    assert_eq!(masked.bands(), 3);
    assert_eq!(whole(&masked).valid().iter().filter(|&&v| v).count(), (HEIGHT - 30) * WIDTH);
    let infrared = tagged("infrared.tif", |row, col| (row + col) as u8);
    assert_eq!(infrared.bands(), 4);
    assert!(infrared.description().warnings.iter().any(|w| w.contains("near infrared")));
    assert!(whole(&infrared).valid().iter().all(|&v| v));
}

#[test]
fn a_stored_mask_a_palette_and_ycbcr() {
    let masked = load(&data("internal_mask.tif"));
    assert_eq!(whole(&masked).valid().to_owned(), Array2::from_shape_fn((24, 32), |(row, _)| row >= 6));
    let palette = load(&data("palette_nodata7.tif"));
    let pixels = whole(&palette);
    assert_eq!((palette.bands(), pixels.samples().slice(s![.., 3, 9]).to_vec()), (3, vec![60.0, 195.0, 10.0]));
    assert_eq!(pixels.valid().to_owned(), Array2::from_shape_fn((24, 32), |(_, col)| col < 28));
    let ycbcr = load(&data("ycbcr_jpeg.tif"));
    let middle = whole(&ycbcr).samples().slice(s![.., 12, 16]).to_vec();
    for (found, written) in middle.iter().zip([104.0, 136.0, 164.0]) {
        assert!((found - written).abs() < 8.0, "{middle:?}");
    }
}

#[test]
fn jpeg_2000_keeps_depth_and_place() {
    let scene = load(&data("ramp_16bit.jp2"));
    assert_eq!(scene.description().sample_type, SampleType::U16);
    let expected = Array3::from_shape_fn((3, 24, 32), |(band, row, col)| (100 * row + 10 * col + band) as f32);
    assert_eq!(whole(&scene).samples(), expected);
    let georeference = scene.description().georeference.as_ref().expect("a GeoJP2 box");
    assert_eq!(georeference.crs.epsg(), Some(32629));
    assert_eq!(georeference.transform.coefficients(), [614_000.0, 0.5, 0.0, 1_386_000.0, 0.0, -0.5]);
}

#[test]
fn overviews_serve_coarse_reads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("cog.tif");
    let values = planted(1).mapv(|v| v as u8);
    // Nearest-neighbor overviews differ from block means, which shows that they are what is read.
    let cog = CogBuilder::new(placed(1).tile_size(16, 16))
        .overview_levels(vec![2, 4])
        .resampling(Resampling::NearestNeighbor);
    cog.write_3d(&path, values.view()).expect("written");
    let scene = load(&path);
    let full = whole(&scene);
    let quarter = scene.read(scene.size().window(), 4).expect("readable");
    assert_eq!(quarter.size(), GridSize { height: 18, width: 23 });
    let stored = quarter.band(0)[[5, 5]];
    let block = full.band(0).slice(s![20..24, 20..24]).to_owned();
    assert!(block.iter().any(|&v| v == stored), "{stored} is no pixel of its block");
    // An odd corner or step cannot use them.
    let odd = scene.read(Window::from_tlhw(1, 1, 60, 60), 3).expect("readable");
    let part = scene.read(Window::from_tlhw(1, 1, 60, 60), 1).expect("readable");
    assert_eq!(odd, reduce_by_mean(&part, 3));
}

#[test]
fn rotation_and_the_meaning_of_a_pixel() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("placed.tif");
    let values = planted(1).mapv(|v| v as u8);
    let turned = GeoTransform {
        origin_x: 614_000.0,
        pixel_width: 0.4,
        skew_x: 0.3,
        origin_y: 1_386_000.0,
        skew_y: 0.3,
        pixel_height: -0.4,
    };
    let builder = GeoTiffBuilder::new(WIDTH as u32, HEIGHT as u32).epsg(32629).transform(turned);
    builder.write_3d(&path, values.view()).expect("written");
    let transform = load(&path).description().georeference.clone().expect("georeferenced").transform;
    assert_eq!(transform.coefficients(), [614_000.0, 0.4, 0.3, 1_386_000.0, 0.3, -0.4]);
    // A tie point at a pixel's centre: the corner lies half a pixel up and left.
    let builder = GeoTiffBuilder::new(WIDTH as u32, HEIGHT as u32).epsg(32629).raster_type(RasterType::PixelIsPoint);
    let builder = builder.pixel_scale(0.5, 0.5).tiepoint([0.0, 0.0, 0.0, 614_000.25, 1_385_999.75, 0.0]);
    builder.write_3d(&path, values.view()).expect("written");
    let corner = load(&path).description().georeference.clone().expect("georeferenced").transform;
    let corner = corner.to_map(PixelPoint::from_xy(0.0, 0.0));
    assert_eq!((corner.x, corner.y), (614_000.0, 1_386_000.0));
}

#[test]
fn whole_decoded_formats() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let color =
        image::RgbaImage::from_fn(20, 10, |x, y| image::Rgba([x as u8, y as u8, 9, if x < 5 { 0 } else { 255 }]));
    let deep = image::ImageBuffer::from_fn(20, 10, |x, y| image::Luma([(x * 1000 + y) as u16]));
    for name in ["color.png", "color.webp"] {
        color.save(folder.path().join(name)).expect("written");
        let scene = load(&folder.path().join(name));
        assert_eq!((scene.bands(), scene.description().sample_type), (3, SampleType::U8));
        let pixels = whole(&scene);
        assert_eq!(pixels.samples().slice(s![.., 7, 12]).to_vec(), [12.0, 7.0, 9.0], "{name}");
        assert_eq!(pixels.valid().iter().filter(|&&v| v).count(), 150, "{name}");
        assert_eq!(scene.description().stretch.high, [255.0; 3]);
    }
    deep.save(folder.path().join("deep.png")).expect("written");
    let scene = load(&folder.path().join("deep.png"));
    assert_eq!((scene.bands(), scene.is_gray(), whole(&scene).band(0)[[7, 12]]), (1, true, 12_007.0));
    let stretch = &scene.description().stretch;
    assert!(stretch.low[0] < 1000.0 && stretch.high[0] > 18_000.0, "{stretch:?}");
}

#[test]
fn a_jpeg_is_turned_and_dated_by_its_exif() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("photo.jpg");
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(32, 16, |x, _| image::Rgb(if x < 16 { [250; 3] } else { [5; 3] }));
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("in memory");
    let bytes = bytes.into_inner();
    // Orientation 6: the stored left side is the top of the picture.
    let file = [&bytes[..2], &exif_segment(6, "2024:05:01 10:20:30"), &bytes[2..]].concat();
    std::fs::write(&path, file).expect("written");
    let scene = load(&path);
    assert_eq!(scene.size(), GridSize { height: 32, width: 16 });
    let pixels = whole(&scene);
    assert!(pixels.band(0)[[2, 8]] > 240.0 && pixels.band(0)[[29, 8]] < 15.0);
    assert_eq!(scene.description().acquisition.date, Some(jiff::civil::date(2024, 5, 1)));
    assert!(scene.description().warnings[0].contains("EXIF orientation"), "{:?}", scene.description().warnings);
}

/// An APP1 segment with orientation and original date.
fn exif_segment(orientation: u16, date: &str) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value.to_be_bytes()].concat()
    };
    // First directory at 8 with two entries (30 bytes), the EXIF directory at 38 with one (18 bytes), the date at 56.
    tiff.extend(2u16.to_be_bytes());
    tiff.extend(entry(0x0112, 3, 1, u32::from(orientation) << 16));
    tiff.extend(entry(0x8769, 4, 1, 38));
    tiff.extend([0; 4]);
    tiff.extend(1u16.to_be_bytes());
    tiff.extend(entry(0x9003, 2, 20, 56));
    tiff.extend([0; 4]);
    tiff.extend(date.as_bytes());
    tiff.push(0);
    let length = (tiff.len() + 8) as u16;
    [b"\xff\xe1", &length.to_be_bytes()[..], b"Exif\0\0", &tiff].concat()
}

#[test]
fn a_world_file_needs_a_prj_to_count() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("shot.png");
    image::RgbImage::from_pixel(40, 30, image::Rgb([1, 2, 3])).save(&path).expect("written");
    std::fs::write(folder.path().join("shot.pgw"), "0.5\n0\n0\n-0.5\n614000.25\n1385999.75\n").expect("written");
    let options = LoadOptions { gsd: Some(Meters(0.6)), ..LoadOptions::default() };
    let bare = load_scene(&path, &options).expect("a picture");
    assert!(bare.description().georeference.is_none() && bare.description().gsd == Some(Meters(0.6)));
    assert!(bare.description().warnings[0].contains("put a .prj file"), "{:?}", bare.description().warnings);
    std::fs::write(folder.path().join("shot.prj"), r#"PROJCS["WGS_1984_UTM_Zone_29N",GEOGCS["GCS_WGS_1984"]]"#)
        .expect("written");
    let placed = load_scene(&path, &options).expect("a picture");
    let georeference = placed.description().georeference.as_ref().expect("both side files");
    assert_eq!(georeference.transform.coefficients(), [614_000.0, 0.5, 0.0, 1_386_000.0, 0.0, -0.5]);
    // The georeference wins over the distance given, and the difference is told.
    assert_eq!(placed.description().gsd, None);
    assert!(placed.description().warnings[0].contains("0.60 m was given"), "{:?}", placed.description().warnings);
}

#[test]
fn bands_are_chosen_counted_from_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("eight.tif");
    let builder = placed(8).photometric(PhotometricInterpretation::MinIsBlack);
    builder.write_3d(&path, planted(8).mapv(|v| v as u16).view()).expect("written");
    assert_eq!(load(&path).description().visible, [4, 2, 1]);
    let with = |bands| load_scene(&path, &LoadOptions { bands: Some(bands), ..LoadOptions::default() });
    assert_eq!(with([7, 3, 2]).expect("in range").description().visible, [6, 2, 1]);
    let message = with([9, 1, 2]).expect_err("out of range").to_string();
    assert!(message.contains("band 9 was asked for, but the image has bands 1 to 8"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_window_at_any_step_is_the_mean_of_the_whole(
        row in 0..60usize, col in 0..80usize, height in 1..70usize, width in 1..90usize, step in 1..9usize,
        is_tiled in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("planted.tif");
        let builder = if is_tiled { placed(2).tile_size(16, 32) } else { placed(2) };
        builder.nodata("5").write_3d(&path, planted(2).mapv(|v| v as i16).view()).expect("written");
        let scene = load(&path);
        let window = Window::from_tlhw(row, col, height.min(HEIGHT - row), width.min(WIDTH - col));
        let (rows, cols) = window.slice();
        let all = whole(&scene);
        let part = Raster::from_bands(
            all.samples().slice(s![.., rows.clone(), cols.clone()]).to_owned(),
            all.valid().slice(s![rows, cols]).to_owned(),
        );
        let (found, expected) = (scene.read(window, step).expect("readable"), reduce_by_mean(&part, step));
        prop_assert_eq!(found.valid(), expected.valid());
        for (a, b) in found.samples().iter().zip(expected.samples()) {
            prop_assert!((a - b).abs() < 1e-3);
        }
    }
}
