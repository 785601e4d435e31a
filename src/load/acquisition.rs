//! When an image was taken, from EXIF and TIFF tags.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use crate::scene::Acquisition;

/// The date and time in an EXIF block.
///
/// `DateTimeOriginal` alone counts as the day of acquisition; `DateTime`, when the picture was last changed, is used
/// in its absence, with a warning. EXIF times are local: the time is kept only where an offset to UTC is given.
pub(super) fn acquisition_from_exif(exif: Vec<u8>, warnings: &mut Vec<String>) -> Acquisition {
    let Ok(fields) = exif::Reader::new().read_raw(exif) else { return Acquisition::default() };
    let text = |tag: exif::Tag| {
        let value = &fields.get_field(tag, exif::In::PRIMARY)?.value;
        let exif::Value::Ascii(parts) = value else { return None };
        Some(String::from_utf8_lossy(parts.first()?).into_owned())
    };
    if let Some(taken) = text(exif::Tag::DateTimeOriginal) {
        return acquisition_from_exif_text(&taken, text(exif::Tag::OffsetTimeOriginal).as_deref());
    }
    text(exif::Tag::DateTime).map(|changed| acquisition_from_file_date(&changed, warnings)).unwrap_or_default()
}

/// The date, and with an offset to UTC the time, of EXIF's `2024:05:01 10:20:30` and `+02:00`.
pub(super) fn acquisition_from_exif_text(text: &str, offset: Option<&str>) -> Acquisition {
    let Some(local) = parse_date_time(text) else { return Acquisition::default() };
    match offset.and_then(parse_offset).and_then(|offset| local.to_zoned(TimeZone::fixed(offset)).ok()) {
        Some(zoned) => {
            let utc = zoned.with_time_zone(TimeZone::UTC).datetime();
            Acquisition { date: Some(utc.date()), time: Some(utc.time()), ..Default::default() }
        }
        None => Acquisition { date: Some(local.date()), ..Default::default() },
    }
}

/// The date of a TIFF `DateTime` tag, with a warning that it may be the day the file was written.
pub(super) fn acquisition_from_file_date(text: &str, warnings: &mut Vec<String>) -> Acquisition {
    let Some(date) = parse_date_time(text).map(|local| local.date()).or_else(|| parse_date(text)) else {
        return Acquisition::default();
    };
    warnings.push(format!(
        "the date {date} is the file's DateTime tag, which may be the day it was written rather than the day the image \
         was taken; `--before-date` and `--after-date` overrule it"
    ));
    Acquisition { date: Some(date), ..Default::default() }
}

/// Names under which vendors state the time of acquisition, lower case: Planet, Maxar, Airbus, USGS, ESA.
const VENDOR_NAMES: [&str; 8] = [
    "acquired",
    "acquisitiondatetime",
    "acquisition_date",
    "acquisitiondate",
    "date_acquired",
    "firstlinetime",
    "imaging_date",
    "product_start_time",
];

/// The time of acquisition stated in vendor metadata (XML or JSON): a known name followed by an ISO 8601 date.
pub(super) fn acquisition_from_vendor_text(text: &str) -> Option<Acquisition> {
    let lower = text.to_ascii_lowercase();
    VENDOR_NAMES.iter().find_map(|name| {
        let after = lower.find(name)? + name.len();
        // Between name and value stand at most quotes, brackets, an attribute or a colon.
        let near = text.get(after..)?.chars().take(80).collect::<String>();
        let start = near.find(|c: char| c.is_ascii_digit())?;
        let value = &near[start..];
        let date = parse_date(value.get(..10)?)?;
        let utc = value.get(10..19).filter(|t| t.starts_with('T') || t.starts_with(' '));
        let fraction = |c: char| c == '.' || c.is_ascii_digit();
        let is_utc = value.get(19..).is_some_and(|rest| rest.trim_start_matches(fraction).starts_with('Z'));
        let time = utc.filter(|_| is_utc).and_then(|t| parse_time(&t[1..]));
        Some(Acquisition { date: Some(date), time, ..Default::default() })
    })
}

fn parse_date_time(text: &str) -> Option<DateTime> {
    let text = text.trim_matches(['\0', ' ']);
    Some(parse_date(text.get(..10)?)?.to_datetime(parse_time(text.get(11..19)?)?))
}

/// `2024:05:01` or `2024-05-01`, between 1900 and 2200; EXIF writes zeros where it knows nothing.
fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.trim().splitn(3, [':', '-', '/']);
    let year: i16 = parts.next()?.parse().ok()?;
    let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.get(..2)?.parse().ok()?);
    (1900..2200).contains(&year).then(|| Date::new(year, month, day).ok())?
}

fn parse_time(text: &str) -> Option<Time> {
    let mut parts = text.splitn(3, ':').map(|part| part.parse::<i8>().ok());
    Time::new(parts.next()??, parts.next()??, parts.next()??, 0).ok()
}

fn parse_offset(text: &str) -> Option<Offset> {
    let text = text.trim_matches(['\0', ' ']);
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.trim_start_matches(['+', '-']).split_once(':')?;
    Offset::from_seconds(sign * (hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn exif_times_need_an_offset() {
        let local = acquisition_from_exif_text("2024:05:01 23:20:30", None);
        assert_eq!((local.date, local.time), (Some(date(2024, 5, 1)), None));
        let zoned = acquisition_from_exif_text("2024:05:01 23:20:30", Some("-02:00"));
        assert_eq!((zoned.date, zoned.time), (Some(date(2024, 5, 2)), Some(time(1, 20, 30, 0))));
    }

    #[test]
    fn zeros_and_nonsense_are_no_dates() {
        for text in ["0000:00:00 00:00:00", "    :  :     :  :  ", "", "2024:13:01 00:00:00", "é024:05:01 10:20:30"] {
            assert_eq!(acquisition_from_exif_text(text, None), Acquisition::default(), "{text}");
        }
    }

    #[test]
    fn vendor_metadata_tell_the_moment() {
        let planet = r#"{"properties": {"acquired": "2019-06-02T08:15:11.123Z", "gsd": 3.7}}"#;
        let found = acquisition_from_vendor_text(planet).expect("invariant: a known name");
        assert_eq!((found.date, found.time), (Some(date(2019, 6, 2)), Some(time(8, 15, 11, 0))));
        let gdal = r#"<Item name="ACQUISITIONDATETIME" domain="IMAGERY">2020-11-30 10:00:00</Item>"#;
        let found = acquisition_from_vendor_text(gdal).expect("invariant: a known name");
        assert_eq!((found.date, found.time), (Some(date(2020, 11, 30)), None));
        assert!(acquisition_from_vendor_text("acquired by someone").is_none());
    }

    #[test]
    fn a_file_date_comes_with_a_warning() {
        let mut warnings = Vec::new();
        let found = acquisition_from_file_date("2021:03:04 05:06:07", &mut warnings);
        assert_eq!((found.date, found.time, warnings.len()), (Some(date(2021, 3, 4)), None, 1));
    }
}
