package dev.longshore.kinds.access;

import java.util.Optional;

/// Why bytes are no request for a certificate, as far as Go's reader of ASN.1 says it of the outer shape: the whole,
/// and the first of what is in it. Flaws deeper inside are told in the words of another reader.
final class OuterDer {

    private static final int SEQUENCE = 16;
    private static final int LONG_TAG = 0x1f;
    private static final int LONGEST = 1 << 23;
    private static final String NO_OPTIONS = "{optional:false explicit:false application:false private:false"
            + " defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}";

    private final byte[] bytes;
    private int at;

    private OuterDer(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /// A complaint; it ends the reading.
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /// @param compound whether it holds others
    private record Header(int kind, int tag, int length, boolean compound) {
        String shown() {
            return "{class:%d tag:%d length:%d isCompound:%b}".formatted(kind, tag, length, compound);
        }
    }

    /// What is wrong with `bytes` outside, if anything is.
    static Optional<String> requestFault(byte[] bytes) {
        try {
            var whole = new OuterDer(bytes);
            byte[] inside = whole.sequence("certificateRequest");
            if (whole.at < bytes.length) {
                throw syntax("trailing data");
            }
            new OuterDer(inside).sequence("tbsCertificateRequest");
            return Optional.empty();
        } catch (Malformed malformed) {
            return Optional.of(malformed.getMessage());
        }
    }

    private static Malformed syntax(String why) {
        return new Malformed("asn1: syntax error: " + why);
    }

    private static Malformed structure(String why) {
        return new Malformed("asn1: structure error: " + why);
    }

    private byte[] sequence(String type) throws Malformed {
        if (bytes.length == 0) {
            throw syntax("sequence truncated");
        }
        Header header = header();
        if (header.kind() != 0 || header.tag() != SEQUENCE || !header.compound()) {
            throw structure(
                    "tags don't match (%d vs %s) %s %s @%d".formatted(SEQUENCE, header.shown(), NO_OPTIONS, type, at));
        }
        if (header.length() > bytes.length - at) {
            throw syntax("data truncated");
        }
        byte[] inside = new byte[header.length()];
        System.arraycopy(bytes, at, inside, 0, inside.length);
        at += inside.length;
        return inside;
    }

    private int next(String whenMissing) throws Malformed {
        if (at >= bytes.length) {
            throw syntax(whenMissing);
        }
        return bytes[at++] & 0xff;
    }

    private Header header() throws Malformed {
        int first = next("truncated tag or length");
        int tag = first & LONG_TAG;
        if (tag == LONG_TAG) {
            tag = longTag();
        }
        return new Header(first >> 6, tag, length(), (first & 0x20) != 0);
    }

    private int longTag() throws Malformed {
        long tag = 0;
        for (int i = 0; ; i++) {
            int part = next("truncated base 128 integer");
            if (i == 0 && part == 0x80) {
                throw syntax("integer is not minimally encoded");
            }
            tag = tag << 7 | part & 0x7f;
            if (i == 4 || tag > Integer.MAX_VALUE) {
                throw structure("base 128 integer too large");
            }
            if ((part & 0x80) == 0) {
                break;
            }
        }
        if (tag < LONG_TAG) {
            throw syntax("non-minimal tag");
        }
        return (int) tag;
    }

    private int length() throws Malformed {
        int first = next("truncated tag or length");
        if ((first & 0x80) == 0) {
            return first;
        }
        int count = first & 0x7f;
        if (count == 0) {
            throw syntax("indefinite length found (not DER)");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            int part = next("truncated tag or length");
            if (length >= LONGEST) {
                throw structure("length too large");
            }
            length = length << 8 | part;
            if (length == 0) {
                throw structure("superfluous leading zeros in length");
            }
        }
        if (length < 0x80) {
            throw structure("non-minimal length");
        }
        return length;
    }
}
