//! Values as they are typed.

use std::str::FromStr;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;
use sitedelta::capacity::Claim;

/// Parses a finite number above 0.
pub fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| "not a number".to_owned())?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("must be more than 0".to_owned()) }
}

/// Parses `0.5`, or a range such as `0.3-0.6`.
pub fn range_of_numbers(text: &str) -> Result<(f64, f64), String> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (positive(low)?, positive(high)?);
    if low <= high { Ok((low, high)) } else { Err("the range begins above its end".to_owned()) }
}

/// Parses a number of people as it is published: `500`, `400-500`, `30,000`.
pub fn claim(text: &str) -> Result<Claim, String> {
    let plain = text.replace([',', '_', ' '], "").replace('\u{2013}', "-");
    let (low, high) = range_of_numbers(&plain)?;
    Ok(Claim { low, high })
}

/// Parses three band numbers such as `5,3,2`.
pub fn three_bands(text: &str) -> Result<[usize; 3], String> {
    numbers(text)?.try_into().map_err(|_| "must be three band numbers such as 5,3,2".to_owned())
}

/// Parses latitude and longitude such as `12.53,-7.95`.
pub fn two_degrees(text: &str) -> Result<[f64; 2], String> {
    numbers(text)?.try_into().map_err(|_| "must be latitude and longitude such as 12.53,-7.95".to_owned())
}

/// Parses the name that a value has in files.
pub fn named<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    T::deserialize(text.into_deserializer()).map_err(|error: Error| error.to_string())
}

fn numbers<T: FromStr>(text: &str) -> Result<Vec<T>, String> {
    text.split(',').map(|part| part.trim().parse().map_err(|_| format!("{part:?} is not a number"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sitedelta::structure::Kind;

    #[test]
    fn ranges_rise() {
        assert_eq!(range_of_numbers("0.5"), Ok((0.5, 0.5)));
        assert_eq!(range_of_numbers("0.3-0.6"), Ok((0.3, 0.6)));
        for text in ["0.6-0.3", "-0.5", "0", "a-b", ""] {
            assert!(range_of_numbers(text).is_err(), "{text}");
        }
    }

    #[test]
    fn claims_are_read_as_they_are_published() {
        assert_eq!(claim("400-500"), Ok(Claim { low: 400.0, high: 500.0 }));
        assert_eq!(claim("400\u{2013}500"), claim("400 - 500"));
        assert_eq!(claim("30,000"), Ok(Claim { low: 30_000.0, high: 30_000.0 }));
        assert!(claim("many").is_err() && claim("0").is_err() && claim("500-400").is_err());
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        assert_eq!(named::<Kind>("hangar"), Ok(Kind::Hangar));
        let message = named::<Kind>("castle").unwrap_err();
        assert!(message.contains("castle") && message.contains("barracks"), "{message}");
    }
}
