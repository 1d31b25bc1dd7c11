//! The form in which an answer is kept.
//!
//! | bytes | hold |
//! |---|---|
//! | 5 | `FF 68 63 71 01`: no pickle, no number and no compressed data begins with FF |
//! | 8 | until when it is fresh, in microseconds of the store's clock since the Unix epoch |
//! | 2 | the number of tags |
//! | 8 each | the tags' versions from before the answer was computed |
//! | 4 | the length of what follows |
//! | | the answer as JSON |
//!
//! Integers are little-endian. Django's `pickle.loads` refuses the first byte, and what Django writes does not begin with
//! it, so that neither takes the other's values for its own, whatever their keys.

const MAGIC: [u8; 5] = *b"\xffhcq\x01";

/// An answer with what decides whether it may be given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) fresh_until: u64,
    pub(super) tags: Vec<u64>,
    pub(super) json: &'a [u8],
}

impl<'a> Frame<'a> {
    /// `None` for anything but a whole frame.
    pub(super) fn decode(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (fresh_until, rest) = rest.split_first_chunk()?;
        let (count, mut rest) = rest.split_first_chunk()?;
        let mut tags = Vec::new();
        for _ in 0..u16::from_le_bytes(*count) {
            let (tag, more) = rest.split_first_chunk()?;
            tags.push(u64::from_le_bytes(*tag));
            rest = more;
        }
        let (length, json) = rest.split_first_chunk()?;
        let whole = usize::try_from(u32::from_le_bytes(*length)).ok()? == json.len();
        whole.then_some(Self { fresh_until: u64::from_le_bytes(*fresh_until), tags, json })
    }

    /// `None` where it would not fit.
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.fresh_until.to_le_bytes());
        bytes.extend(u16::try_from(self.tags.len()).ok()?.to_le_bytes());
        for tag in &self.tags {
            bytes.extend(tag.to_le_bytes());
        }
        bytes.extend(u32::try_from(self.json.len()).ok()?.to_le_bytes());
        bytes.extend(self.json);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded_and_nothing_else() {
        let frame = Frame { fresh_until: 7, tags: vec![1, u64::MAX], json: b"[1]" };
        let bytes = frame.encode().unwrap();
        assert_eq!(Frame::decode(&bytes).unwrap(), frame);
        for length in 0..bytes.len() {
            assert_eq!(Frame::decode(&bytes[..length]), None, "cut off after {length}");
        }
        assert_eq!(Frame::decode(&[bytes.as_slice(), b" "].concat()), None, "something behind it");
        let mut newer = bytes;
        newer[4] = 2;
        assert_eq!(Frame::decode(&newer), None);
    }

    /// What the fuzzer begins with.
    #[test]
    fn the_seeds_are_frames() {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/frames");
        let tags = ["empty", "one-tag", "three-tags"].map(|name| {
            let bytes = std::fs::read(format!("{seeds}/{name}")).unwrap();
            Frame::decode(&bytes).expect(name).tags.len()
        });
        assert_eq!(tags, [0, 1, 3]);
    }

    #[test]
    fn what_django_writes_is_no_frame() {
        // Pickles of protocol 0 and 4, a raw number, zlib, Zstandard, LZ4.
        for bytes in [&b"I1\n."[..], b"\x80\x04\x88.", b"5", b"\x78\x9c\x03", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"]
        {
            assert_eq!(Frame::decode(bytes), None);
        }
    }

    /// Whatever the bytes say of their own lengths.
    #[test]
    fn no_bytes_make_it_panic() {
        let mut random = 1_u64;
        for _ in 0..20_000 {
            let mut bytes = MAGIC.to_vec();
            for _ in 0..random % 40 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                bytes.push((random >> 56) as u8 & if random & 1 == 0 { 0 } else { 0xff });
            }
            random = random.wrapping_add(1);
            if let Some(frame) = Frame::decode(&bytes) {
                assert_eq!(frame.encode().unwrap(), bytes);
            }
        }
    }
}
