package dev.longshore.kinds.access;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Reads the values in DER one after the other, as strictly as Go's `encoding/asn1` and with its complaints. Not
/// thread-safe.
final class DerReader {

    static final int SEQUENCE = 16;
    static final int SET = 17;

    private static final int UNIVERSAL = 0;
    private static final int CONTEXT = 2;
    private static final int LONG_TAG = 0x1f;
    private static final int LONGEST = 1 << 23;
    private static final String OPTIONS = "{optional:false explicit:false application:false private:false"
            + " defaultValue:<nil> tag:%s stringType:0 timeType:0 set:false omitEmpty:false}";

    private final byte[] bytes;
    private int at;

    DerReader(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /// @param compound whether it holds others
    record Header(int kind, int tag, int length, boolean compound) {

        boolean is(int wanted, boolean isCompound) {
            return kind == UNIVERSAL && tag == wanted && compound == isCompound;
        }

        String shown() {
            return "{class:%d tag:%d length:%d isCompound:%b}".formatted(kind, tag, length, compound);
        }
    }

    /// One value.
    ///
    /// @param inside what is in it
    /// @param whole its header as well
    record Value(Header header, byte[] inside, byte[] whole) {}

    /// True if nothing is left.
    boolean isAtEnd() {
        return at == bytes.length;
    }

    /// The next value, of the universal type `tag`, for a field whose Go type has the name `type`.
    Value read(int tag, boolean isCompound, String type) throws MalformedDer {
        int from = start();
        Header header = header();
        if (!header.is(tag, isCompound)) {
            throw mismatch(tag, header, "<nil>", type);
        }
        return value(from, header, "data truncated");
    }

    /// The next value, which has the tag 0 of its context instead of a universal one.
    Value readTaggedZero() throws MalformedDer {
        int from = start();
        Header header = header();
        if (header.kind() != CONTEXT || header.tag() != 0 || !header.compound()) {
            // Go prints where the tag lies in memory.
            throw mismatch(0, header, "0x0", "");
        }
        return value(from, header, "data truncated");
    }

    /// The next value, whatever it is.
    Value readAny() throws MalformedDer {
        int from = start();
        return value(from, header(), "data truncated");
    }

    /// The header of the next value, which is next again afterwards.
    Header peek() throws MalformedDer {
        int from = start();
        try {
            return header();
        } finally {
            at = from;
        }
    }

    /// All that is left, each of the universal type `tag` if one is given.
    List<Value> readAll(OptionalInt tag) throws MalformedDer {
        var all = new ArrayList<Value>();
        while (!isAtEnd()) {
            int from = at;
            Header header = header();
            if (tag.isPresent() && !header.is(tag.getAsInt(), true)) {
                throw MalformedDer.structure("sequence tag mismatch");
            }
            all.add(value(from, header, "truncated sequence"));
        }
        return List.copyOf(all);
    }

    private int start() throws MalformedDer {
        if (isAtEnd()) {
            throw MalformedDer.syntax("sequence truncated");
        }
        return at;
    }

    private Value value(int from, Header header, String whenShort) throws MalformedDer {
        if (header.length() > bytes.length - at) {
            throw MalformedDer.syntax(whenShort);
        }
        int inside = at;
        at += header.length();
        return new Value(header, cut(inside), cut(from));
    }

    private byte[] cut(int from) {
        byte[] part = new byte[at - from];
        System.arraycopy(bytes, from, part, 0, part.length);
        return part;
    }

    private MalformedDer mismatch(int wanted, Header header, String tag, String type) {
        return MalformedDer.structure("tags don't match (%d vs %s) %s %s @%d"
                .formatted(wanted, header.shown(), OPTIONS.formatted(tag), type, at));
    }

    private int next(String whenMissing) throws MalformedDer {
        if (isAtEnd()) {
            throw MalformedDer.syntax(whenMissing);
        }
        return bytes[at++] & 0xff;
    }

    private Header header() throws MalformedDer {
        int first = next("truncated tag or length");
        int tag = first & LONG_TAG;
        if (tag == LONG_TAG) {
            tag = longTag();
        }
        return new Header(first >> 6, tag, length(), (first & 0x20) != 0);
    }

    private int longTag() throws MalformedDer {
        long tag = base128();
        if (tag < LONG_TAG) {
            throw MalformedDer.syntax("non-minimal tag");
        }
        return (int) tag;
    }

    /// The next number in groups of seven bits, as in tags and in object identifiers.
    long base128() throws MalformedDer {
        long number = 0;
        for (int i = 0; ; i++) {
            if (i == 5 && !isAtEnd()) {
                throw MalformedDer.structure("base 128 integer too large");
            }
            int part = next("truncated base 128 integer");
            if (i == 0 && part == 0x80) {
                throw MalformedDer.syntax("integer is not minimally encoded");
            }
            number = number << 7 | part & 0x7f;
            if ((part & 0x80) == 0) {
                break;
            }
        }
        if (number > Integer.MAX_VALUE) {
            throw MalformedDer.structure("base 128 integer too large");
        }
        return number;
    }

    private int length() throws MalformedDer {
        int first = next("truncated tag or length");
        if ((first & 0x80) == 0) {
            return first;
        }
        int count = first & 0x7f;
        if (count == 0) {
            throw MalformedDer.syntax("indefinite length found (not DER)");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            int part = next("truncated tag or length");
            if (length >= LONGEST) {
                throw MalformedDer.structure("length too large");
            }
            length = length << 8 | part;
            if (length == 0) {
                throw MalformedDer.structure("superfluous leading zeros in length");
            }
        }
        if (length < 0x80) {
            throw MalformedDer.structure("non-minimal length");
        }
        return length;
    }
}
